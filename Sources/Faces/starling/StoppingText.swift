import Language

/// Text as it is decoded, up to the first stop string, of which not even a beginning is handed out.
struct StoppingText {
    /// All text that was handed out.
    private(set) var text = ""
    /// Whether a stop string was met.
    private(set) var isStopped = false

    private var decoder: StreamingDecoder
    private let stops: [[UInt8]]
    /// Bytes that may turn out to begin a stop string.
    private var held: [UInt8] = []

    init(_ decoder: StreamingDecoder, stops: [String]) {
        self.decoder = decoder
        self.stops = stops.map { Array($0.utf8) }
    }

    /// Text that this token makes certain.
    mutating func append(_ token: Int32) -> String { release(decoder.append(token), isEnd: false) }

    /// What is left at the end.
    mutating func finish() -> String { release(decoder.finish(), isEnd: true) }

    private mutating func release(_ fresh: String, isEnd: Bool) -> String {
        guard !isStopped else { return "" }
        held += Array(fresh.utf8)
        let end = stops.compactMap(start).min()
        isStopped = end != nil
        let count = end ?? (isEnd ? held.count : held.count - waiting)
        defer { held.removeFirst(count) }
        let certain = String(decoding: held[..<count], as: UTF8.self)
        text += certain
        return certain
    }

    /// Where a stop string begins among the held bytes.
    private func start(of stop: [UInt8]) -> Int? {
        guard held.count >= stop.count else { return nil }
        return (0...(held.count - stop.count)).first { held[$0...].starts(with: stop) }
    }

    /// How many bytes at the end begin some stop string.
    private var waiting: Int {
        let longest = (stops.map(\.count).max() ?? 1) - 1
        return (1...max(1, longest)).last { count in
            count <= held.count
                && stops.contains { $0.count > count && $0.starts(with: held.suffix(count)) }
        } ?? 0
    }
}
