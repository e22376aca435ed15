import Streams
import TestSupport
import Testing

/// Feeds bytes to a machine, whole or in pieces.
extension MultistreamDialer {
    mutating func receive(_ bytes: [UInt8], _ output: inout [UInt8]) throws -> MultistreamProgress {
        try bytes.withUnsafeBytes { try receive($0, into: &output) }
    }
}

extension MultistreamListener {
    mutating func receive(_ bytes: [UInt8], _ output: inout [UInt8]) throws -> MultistreamProgress {
        try bytes.withUnsafeBytes { try receive($0, into: &output) }
    }
}

extension NoiseHandshake {
    mutating func receive(_ bytes: [UInt8], _ output: inout [UInt8]) throws -> NoiseProgress {
        try bytes.withUnsafeBytes { try receive($0, into: &output) }
    }
}

extension YamuxSession {
    mutating func receive(_ bytes: [UInt8], now: Duration = .zero) throws {
        try bytes.withUnsafeBytes { try receive($0, now: now) }
    }

    mutating func write(_ bytes: [UInt8], to id: YamuxStreamID) throws -> Int {
        try bytes.withUnsafeBytes { try write($0, to: id) }
    }

    mutating func readAll(_ id: YamuxStreamID, now: Duration = .zero) throws -> [UInt8] {
        var output: [UInt8] = []
        _ = try read(id, into: &output, now: now)
        return output
    }

    /// Everything that waits, whatever it takes.
    mutating func flushed(limit: Int = 32 << 10) -> [UInt8] {
        var output: [UInt8] = []
        while wantsFlush {
            let before = output.count
            flush(into: &output, limit: limit)
            guard output.count > before else { break }
        }
        return output
    }

    mutating func takeEvents() -> [YamuxEvent] {
        var events: [YamuxEvent] = []
        while let event = nextEvent() { events.append(event) }
        return events
    }
}

/// Cuts bytes into pieces of random sizes, mostly small ones.
func pieces(_ bytes: [UInt8], _ seed: inout Seed) -> [[UInt8]] {
    var pieces: [[UInt8]] = [], rest = bytes[...]
    while !rest.isEmpty {
        let largest = [1, 3, 20, 300, 70000].randomElement(using: &seed) ?? 1
        let piece = rest.prefix(Int.random(in: 1...largest, using: &seed))
        pieces.append(Array(piece))
        rest = rest.dropFirst(piece.count)
    }
    return pieces
}

/// A frame of yamux, written by hand.
func frame(
    _ type: UInt8, flags: UInt16 = 0, stream: UInt32, length: UInt32, data: [UInt8] = []
) -> [UInt8] {
    func big(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
    return [0, type, UInt8(flags >> 8), UInt8(flags & 0xFF)] + big(stream) + big(length) + data
}

let syn: UInt16 = 1, ack: UInt16 = 2, fin: UInt16 = 4, rst: UInt16 = 8

/// A frame of data.
func dataFrame(_ stream: UInt32, _ data: [UInt8], flags: UInt16 = 0) -> [UInt8] {
    frame(0, flags: flags, stream: stream, length: UInt32(data.count), data: data)
}
