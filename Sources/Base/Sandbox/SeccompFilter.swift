import CSandbox

/// A filter of system calls, as the kernel takes it.
struct SeccompFilter {
    /// What it lets a process do beyond computing and reading the files it can see.
    struct Abilities: OptionSet {
        let rawValue: UInt32

        static let fork = Abilities(rawValue: 1)
        static let kill = Abilities(rawValue: 2)
        static let exec = Abilities(rawValue: 4)
    }

    let bytes: [UInt8]

    init(_ abilities: Abilities) throws(SandboxError) {
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = csandbox_filter(abilities.rawValue, &bytes, bytes.count)
        guard count > 0 else { throw .unsupportedSystem }
        self.bytes = Array(bytes[..<Int(count)])
    }
}
