import Keys

/// A short name for what defines a run, so that a checkpoint of another run is told apart.
public enum RunIdentity {
    /// The hash of texts that describe a run, in hexadecimal.
    public static func of(_ parts: [String]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = Digest(of: Array(parts.joined(separator: "\n").utf8)).bytes.prefix(16)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
