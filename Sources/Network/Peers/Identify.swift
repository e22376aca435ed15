public import Bytes
import Keys
public import Multiformats

/// What a peer says of itself (`/ipfs/id/1.0.0`, github.com/libp2p/specs, identify).
public struct Identity: Sendable, Hashable {
    /// Its key, as it is written; empty where it does not say.
    public var publicKey: [UInt8] = []
    /// Where it listens.
    public var listenAddresses: [Multiaddr] = []
    /// The protocols it speaks.
    public var protocols: [String] = []
    /// Where it sees us.
    public var observedAddress: Multiaddr?
    /// The family of protocols, such as `starling/1.0.0`.
    public var protocolVersion = ""
    /// The program, such as `starling/0.1`.
    public var agent = ""
    /// A sealed record of its addresses; empty where there is none.
    public var signedPeerRecord: [UInt8] = []

    /// Says nothing yet.
    public init() {}

    /// The protocol, and the one by which a peer tells of changes.
    static let name = "/ipfs/id/1.0.0", pushName = "/ipfs/id/push/1.0.0"
    /// Bytes that are read of one peer; the specification speaks of 8 KiB, and messages may come split.
    static let bytesMax = 1 << 16
    static let addressCountMax = 128, protocolCountMax = 512, textBytesMax = 256

    /// The message, without its length.
    public var bytes: [UInt8] {
        ProtobufWriter.message { writer in
            if !publicKey.isEmpty { writer.data(1, publicKey) }
            for address in listenAddresses { writer.data(2, address.bytes) }
            for name in protocols { writer.text(3, name) }
            if let observedAddress { writer.data(4, observedAddress.bytes) }
            writer.text(5, protocolVersion)
            writer.text(6, agent)
            if !signedPeerRecord.isEmpty { writer.data(8, signedPeerRecord) }
        }
    }

    /// Reads a message that nobody vouches for; addresses that we cannot read are passed over.
    public init(parsing bytes: ArraySlice<UInt8>) throws(ProtobufError) {
        var addressCount = 0
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: publicKey = Array(try field.data(limit: PublicKey.dataByteCountMax + 16))
            case 2:
                addressCount += 1
                guard addressCount <= Self.addressCountMax else {
                    throw .tooMany(field: 2, limit: Self.addressCountMax)
                }
                let address = try field.data(limit: Multiaddr.byteCountMax)
                if let address = try? Multiaddr(bytes: address) { listenAddresses.append(address) }
            case 3:
                guard protocols.count < Self.protocolCountMax else {
                    throw .tooMany(field: 3, limit: Self.protocolCountMax)
                }
                protocols.append(try field.text(limit: Self.textBytesMax))
            case 4: observedAddress = try? Multiaddr(bytes: try field.data(limit: Multiaddr.byteCountMax))
            case 5: protocolVersion = try field.text(limit: Self.textBytesMax)
            case 6: agent = try field.text(limit: Self.textBytesMax)
            case 8: signedPeerRecord = Array(try field.data(limit: Self.bytesMax))
            default: break
            }
        }
    }
}

/// Says who we are, once.
struct IdentifyResponder: StreamResponder {
    let message: [UInt8]

    mutating func begin(now: Duration) -> StreamReply {
        StreamReply(bytes: Varint.bytes(UInt64(message.count)) + message, isEnd: true)
    }
    mutating func receive(_ bytes: [UInt8], isEnd: Bool, now: Duration) -> StreamReply { .nothing }
    mutating func failed(_ error: StreamError) {}
}

/// Hears who the other one is: messages until the end, of which later ones add to earlier ones.
struct IdentifyReader: StreamResponder {
    private let tell: @Sendable (Result<Identity, StreamError>) -> Void
    private var received: [UInt8] = []
    private var isOver = false

    init(tell: @escaping @Sendable (Result<Identity, StreamError>) -> Void) { self.tell = tell }

    mutating func begin(now: Duration) -> StreamReply { .end }

    mutating func receive(_ bytes: [UInt8], isEnd: Bool, now: Duration) -> StreamReply {
        guard !isOver else { return .nothing }
        received += bytes
        guard received.count <= Identity.bytesMax else {
            failed(.tooLong(limit: Identity.bytesMax))
            return .reset
        }
        guard isEnd else { return .nothing }
        isOver = true
        tell(Self.identity(received))
        return .nothing
    }

    mutating func failed(_ error: StreamError) {
        guard !isOver else { return }
        isOver = true
        tell(.failure(error))
    }

    private static func identity(_ bytes: [UInt8]) -> Result<Identity, StreamError> {
        // Protocol Buffers merge by writing one message behind the other.
        var merged: [UInt8] = [], rest = bytes[...]
        while !rest.isEmpty {
            guard let decoded = try? Varint.decode(rest, limit: UInt64(Identity.bytesMax)),
                case .value(let count, let byteCount) = decoded, rest.count >= byteCount + Int(count)
            else { return .failure(.truncated) }
            merged += rest.dropFirst(byteCount).prefix(Int(count))
            rest = rest.dropFirst(byteCount + Int(count))
        }
        guard !merged.isEmpty else { return .failure(.truncated) }
        do throws(ProtobufError) { return .success(try Identity(parsing: merged[...])) } catch {
            return .failure(.broken("it says of itself what cannot be read: \(error)"))
        }
    }
}
