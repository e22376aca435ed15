import Bytes

/// multistream-select 1.0: two peers agree on a protocol by its name
/// (github.com/multiformats/multistream-select).
///
/// A line is its length as a varint, a name and a newline. Each side begins with the header; the dialer
/// proposes names until the listener repeats one. `MultistreamDialer` and `MultistreamListener` are the
/// two sides.
public enum Multistream {
    /// What either side says first.
    public static let header = "/multistream/1.0.0"
    /// What a listener answers to a name it does not know.
    public static let notAvailable = "na"
    /// Bytes of the longest line, with its newline, as in other implementations.
    public static let lineByteCountMax = 1024

    /// Appends a line.
    ///
    /// - Precondition: the name is not longer than a line may be.
    public static func append(_ name: String, to output: inout [UInt8]) {
        let byteCount = name.utf8.count + 1
        precondition(byteCount <= lineByteCountMax, "the name of a protocol has at most 1023 bytes")
        Varint.append(UInt64(byteCount), to: &output)
        output.append(contentsOf: name.utf8)
        output.append(UInt8(ascii: "\n"))
    }
}

/// How far two peers have come.
public enum MultistreamProgress: Hashable, Sendable {
    /// More bytes are needed.
    case more
    /// They agree. Of the bytes handed in last, the first `consumedCount` belonged to the negotiation;
    /// the others are the protocol's own.
    case agreed(String, consumedCount: Int)
}

/// A negotiation that failed.
public enum MultistreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The other side does not begin with the header.
    case notMultistream
    /// A line is longer than is taken.
    case lineTooLong
    /// A line has no newline at its end, or is not text.
    case badLine
    /// The listener answers with another name than the proposed one.
    case unexpectedAnswer(String)
    /// The dialer goes on proposing what the listener does not know.
    case tooManyProposals
    /// The listener knows none of the proposals.
    case nothingInCommon([String])

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .notMultistream:
            "the peer does not speak \(Multistream.header); is this the port of a libp2p node?"
        case .lineTooLong:
            "a line of the negotiation has more than \(Multistream.lineByteCountMax) bytes; use shorter names"
        case .badLine: "a line of the negotiation is not text with a newline at its end; the peer is damaged"
        case .unexpectedAnswer(let name):
            "the peer answers \(name.prefix(64).debugDescription), which was not proposed; it is damaged"
        case .tooManyProposals:
            "the peer proposed \(MultistreamListener.proposalsMax) unknown protocols; propose fewer"
        case .nothingInCommon(let names):
            "the peer speaks none of \(names.joined(separator: ", ")); update one of the two"
        }
    }
}

/// Collects lines from bytes that come in any pieces; holds one unfinished line at most.
struct MultistreamLines: Sendable {
    private var prefix: [UInt8] = []
    private var line: [UInt8] = []
    private var byteCount: Int?

    /// The next line without its newline; nil when it is not whole yet.
    ///
    /// - Parameter offset: where to begin; moved behind what was read.
    mutating func next(
        _ bytes: UnsafeRawBufferPointer, at offset: inout Int
    ) throws(MultistreamError) -> String? {
        while byteCount == nil {
            guard offset < bytes.count else { return nil }
            prefix.append(bytes[offset])
            offset += 1
            try readPrefix()
        }
        guard let byteCount else { return nil }
        let taken = min(byteCount - line.count, bytes.count - offset)
        line.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + taken]))
        offset += taken
        guard line.count == byteCount else { return nil }
        guard line.popLast() == UInt8(ascii: "\n"), let text = String(validating: line, as: UTF8.self)
        else { throw .badLine }
        self = MultistreamLines()
        return text
    }

    private mutating func readPrefix() throws(MultistreamError) {
        let decoded: Varint.Decoded
        do {
            decoded = try Varint.decode(prefix, limit: UInt64(Multistream.lineByteCountMax))
        } catch {
            switch error {
            case .tooLong, .tooLarge: throw .lineTooLong
            case .notShortest: throw .badLine
            }
        }
        guard case .value(let value, _) = decoded else { return }
        // An empty line would cost its sender one byte and say nothing.
        guard value > 0 else { throw .badLine }
        byteCount = Int(value)
    }
}
