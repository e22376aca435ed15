/// Where a configuration came from and on which line each key stands, for error messages.
struct ConfigSource: Sendable {
    let origin: String
    private let lines: [String: Int]

    init(origin: String, lines: [String: Int]) { (self.origin, self.lines) = (origin, lines) }

    /// The line of a key, or of the nearest table around it.
    func line(of path: [String]) -> Int? {
        for length in stride(from: path.count, to: 0, by: -1) {
            if let line = lines[ConfigSource.name(path.prefix(length))] { return line }
        }
        return nil
    }

    /// One name for a path; keys cannot contain the separator without being quoted oddly on purpose.
    static func name(_ path: ArraySlice<String>) -> String { path.joined(separator: "\u{0}") }
}
