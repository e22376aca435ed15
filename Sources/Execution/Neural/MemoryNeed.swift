/// Memory that a piece of work takes, by what it is for.
public struct MemoryNeed: Hashable, Sendable {
    /// One part.
    public struct Part: Hashable, Sendable {
        /// What it is for.
        public let name: String
        /// Its size.
        public let byteCount: Int

        /// A part.
        public init(name: String, byteCount: Int) {
            self.name = name
            self.byteCount = byteCount
        }
    }

    /// The parts, all there at the same time.
    public let parts: [Part]
    /// All parts together, scratch of kernels aside.
    public var byteCount: Int { parts.reduce(0) { $0 + $1.byteCount } }

    /// A need of these parts.
    public init(parts: [Part]) { self.parts = parts }
}
