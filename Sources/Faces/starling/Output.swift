import Bytes
import Foundation

/// Standard output: results, one line each, written at once so that a reader never waits for a buffer.
enum Output {
    /// Writes a line.
    static func line(_ text: String) { write(text + "\n") }

    /// Writes a value as a line of JSON.
    static func line(_ value: JSON) { line(value.text()) }

    /// Writes text as it is, for streams.
    static func write(_ text: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            // Nobody reads any more, or the disk is full: results can go nowhere.
            Output.note("standard output cannot be written: \(error.localizedDescription)")
            exit(1)
        }
    }

    /// A line for people, on standard error.
    static func note(_ text: String) {
        do {
            try FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
        } catch {
            // Without standard error there is nobody to tell.
        }
    }
}

extension JSON {
    /// A number; null where JSON has none for it.
    static func number(_ value: Double) -> JSON { value.isFinite ? .real(value) : .null }

    /// A number with the digits that name this fp32 value and no other.
    static func number(_ value: Float) -> JSON {
        Double("\(value)").map(JSON.number) ?? .null
    }
}

/// Lines of standard input, none longer than a limit.
struct InputLines {
    private let limit: Int
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// Lines of at most `limit` bytes.
    init(limit: Int, from handle: FileHandle = .standardInput) {
        self.limit = limit
        descriptor = handle.fileDescriptor
    }

    /// The next line without its end; nil after the last.
    mutating func next() throws -> String? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return try text(buffer[start..<end])
            }
            searched = buffer.count
            guard buffer.count - start <= limit else { throw tooLong() }
            guard !isAtEnd else {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return try text(buffer[start...])
            }
            if start > 0 {
                buffer.removeFirst(start)
                searched -= start
                start = 0
            }
            try fill()
        }
    }

    /// Takes what is there, waiting only where nothing is: a partner may want its answer first.
    private mutating func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count < 0 else {
                buffer += chunk.prefix(count)
                isAtEnd = count == 0
                return
            }
            guard errno == EINTR else {
                throw Failure("the input cannot be read: \(String(cString: strerror(errno)))")
            }
        }
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws -> String {
        guard bytes.count <= limit else { throw tooLong() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("a line of standard input is not UTF-8; convert it first")
        }
        return text
    }

    private func tooLong() -> Failure {
        Failure("a line of standard input is longer than \(limit) bytes; send shorter lines")
    }
}
