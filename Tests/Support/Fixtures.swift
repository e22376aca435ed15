public import Foundation

/// Where test data lives.
///
/// Data that is not part of the repository is in a folder `shared` beside the checkout; a test that
/// needs it is enabled by `Fixtures.sharedExists` and says so when it skips.
public enum Fixtures {
    /// The root of the checkout.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file or folder of the shared fixtures, whether or not it exists.
    public static func shared(_ path: String) -> URL {
        root.deletingLastPathComponent().appendingPathComponent("shared/fixtures/\(path)")
    }

    /// Whether the shared fixtures are beside this checkout.
    public static func sharedExists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: shared(path).path)
    }
}

/// SplitMix64: small, seeded, and printed when a property fails.
public struct Seed: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the sequence of `seed`.
    public init(_ seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
