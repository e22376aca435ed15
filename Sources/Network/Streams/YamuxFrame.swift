/// A stream's number within its session; the dialer's are odd.
public typealias YamuxStreamID = UInt32

/// What a frame is (github.com/hashicorp/yamux/blob/master/spec.md).
enum YamuxFrameType: UInt8 { case data = 0, windowUpdate = 1, ping = 2, goAway = 3 }

/// What a frame says beside its type.
struct YamuxFlags: OptionSet, Sendable {
    let rawValue: UInt16

    /// The stream begins.
    static let syn = YamuxFlags(rawValue: 1)
    /// The stream's beginning is acknowledged.
    static let ack = YamuxFlags(rawValue: 2)
    /// The sender sends no more data.
    static let fin = YamuxFlags(rawValue: 4)
    /// The stream is over at once.
    static let rst = YamuxFlags(rawValue: 8)
}

/// The twelve bytes before the data of each frame, all big-endian.
struct YamuxHeader: Sendable {
    static let byteCount = 12

    let type: YamuxFrameType
    let flags: YamuxFlags
    let stream: YamuxStreamID
    /// Bytes of data, credit, a ping's value, or why the session ends.
    let length: UInt32

    init(_ type: YamuxFrameType, _ flags: YamuxFlags, _ stream: YamuxStreamID, _ length: UInt32) {
        self.type = type
        self.flags = flags
        self.stream = stream
        self.length = length
    }

    /// Reads the header at `offset`.
    ///
    /// - Precondition: twelve bytes are there.
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(YamuxError) {
        let version = bytes[offset], type = bytes[offset + 1]
        guard version == 0, let type = YamuxFrameType(rawValue: type) else {
            throw .badHeader(version: version, type: type)
        }
        self.type = type
        let flags = bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self)
        self.flags = YamuxFlags(rawValue: UInt16(bigEndian: flags))
        stream = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
        length = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self))
    }

    func append(to output: inout [UInt8]) {
        let high =
            UInt64(type.rawValue) << 48 | UInt64(flags.rawValue) << 32 | UInt64(stream)
        withUnsafeBytes(of: high.bigEndian) { output.append(contentsOf: $0) }
        withUnsafeBytes(of: length.bigEndian) { output.append(contentsOf: $0) }
    }
}

/// Why a side ends a session.
public enum YamuxGoAway: UInt32, Hashable, Sendable {
    /// It wants no more streams.
    case normal = 0
    /// The other side broke the protocol.
    case protocolError = 1
    /// It is damaged itself.
    case internalError = 2
}

/// What a peer did that ends its session, or what this side asked for in vain.
public enum YamuxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes that are no header.
    case badHeader(version: UInt8, type: UInt8)
    /// A stream that begins with a number of the wrong side, or one in use.
    case badStreamID(YamuxStreamID)
    /// More data than this side gave credit for.
    case windowExceeded(stream: YamuxStreamID)
    /// More credit than 32 bits hold.
    case windowOverflow(stream: YamuxStreamID)
    /// Data behind the end of a stream.
    case dataAfterEnd(stream: YamuxStreamID)
    /// Streams are opened and reset faster than is taken.
    case tooManyResets
    /// Pings come faster than is taken.
    case tooManyPings
    /// Frames that say nothing come faster than is taken.
    case tooManyIdleFrames
    /// The peer makes us answer, but does not read the answers.
    case peerDoesNotRead
    /// The stream does not exist, or does not any more.
    case noSuchStream(YamuxStreamID)
    /// This side said that it sends no more on the stream.
    case finished(YamuxStreamID)
    /// The peer has yet to acknowledge as many streams as may be open in advance.
    case tooManyUnacknowledged
    /// All numbers of streams are used.
    case streamsExhausted
    /// One of the sides takes no new streams.
    case goneAway

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .badHeader(let version, let type):
            "no frame has version \(version) and type \(type); does the peer speak yamux?"
        case .badStreamID(let id): "stream \(id) may not begin; the peer is damaged or hostile"
        case .windowExceeded(let id): "stream \(id) sends beyond its window; the peer is damaged or hostile"
        case .windowOverflow(let id): "stream \(id) gets too much credit; the peer is damaged or hostile"
        case .dataAfterEnd(let id): "stream \(id) sends behind its end; the peer is damaged or hostile"
        case .tooManyResets: "the peer opens and resets streams too fast; retry refused protocols more slowly"
        case .tooManyPings: "the peer pings too fast; ping less often"
        case .tooManyIdleFrames: "the peer sends too many frames that say nothing; it is damaged or hostile"
        case .peerDoesNotRead: "the peer does not read what it asked for; connect again"
        case .noSuchStream(let id): "stream \(id) is over or never was; open another"
        case .finished(let id): "stream \(id) was finished by this side; open another"
        case .tooManyUnacknowledged: "the peer is slow to acknowledge streams; open fewer at once"
        case .streamsExhausted: "the session has used all its streams; connect again"
        case .goneAway: "the session takes no new streams; connect again"
        }
    }
}

/// What happened in a session.
public enum YamuxEvent: Hashable, Sendable {
    /// The peer opened a stream.
    case opened(YamuxStreamID)
    /// There is something to read, or the end; said once until it is read.
    case received(YamuxStreamID)
    /// A stream that did not take all that was written takes more.
    case writable(YamuxStreamID)
    /// The stream is gone, with what was unread and unsent: the peer reset it, or it held too much memory.
    case reset(YamuxStreamID)
    /// The answer to a ping of ours, and how long it took.
    case pong(Duration)
    /// The peer takes no new streams, for a reason that `YamuxGoAway` may know.
    case goneAway(UInt32)
}
