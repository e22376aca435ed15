import Bytes

/// An address that says how to get there, protocol by protocol (github.com/multiformats/multiaddr).
///
///     /ip4/1.2.3.4/tcp/4001/p2p/12D3KooW...          dial there, expect that peer
///     /dns4/example.com/tcp/443/wss                  a web socket
///     /ip6/::1/udp/4001/quic-v1/p2p/R/p2p-circuit/p2p/D    D, through the relay R
public struct Multiaddr: Hashable, Sendable, CustomStringConvertible {
    /// The longest address.
    public static let byteCountMax = 1_024
    /// The longest text; that of the longest address is shorter.
    public static let textByteCountMax = 4_096
    /// The most parts: two relayed legs with certificates have 14.
    public static let componentCountMax = 32

    /// Its parts, at least one.
    public let components: [AddressComponent]

    /// An address of some parts.
    public init(_ components: [AddressComponent]) throws(MultiaddrError) {
        guard !components.isEmpty else { throw .empty }
        guard components.count <= Self.componentCountMax else {
            throw .tooManyComponents(limit: Self.componentCountMax)
        }
        guard components.dropLast().allSatisfy({ $0.protocol.value != .socketPath }) else {
            throw .pathNotLast
        }
        guard components.reduce(0, { $0 + $1.bytes.count }) <= Self.byteCountMax else {
            throw .tooLong(limit: Self.byteCountMax)
        }
        self.components = components
    }

    private init(known components: some Sequence<AddressComponent>) { self.components = Array(components) }

    /// The address as text.
    public var description: String { components.map(\.description).joined() }

    /// The address as text.
    public var text: String { description }

    /// The address as bytes.
    public var bytes: [UInt8] { components.flatMap(\.bytes) }
}

// MARK: Reading

extension Multiaddr {
    /// An address from its text; slashes at its end are passed over.
    public init(text: String) throws(MultiaddrError) {
        guard text.utf8.count <= Self.textByteCountMax else { throw .tooLong(limit: Self.textByteCountMax) }
        var rest = Array(text.utf8)[...]
        guard !rest.isEmpty else { throw .empty }
        var components: [AddressComponent] = []
        while !rest.allSatisfy({ $0 == AddressComponent.slash }) {
            guard components.count < Self.componentCountMax else {
                throw .tooManyComponents(limit: Self.componentCountMax)
            }
            components.append(try Self.component(taking: &rest))
        }
        try self.init(components)
    }

    private static func component(taking rest: inout ArraySlice<UInt8>) throws(MultiaddrError)
        -> AddressComponent
    {
        guard let name = part(taking: &rest) else { throw .noSlash }
        guard let found = AddressProtocol(name: name) else { throw .unknownName(name) }
        switch found.value {
        case .none: return try AddressComponent(found)
        case .socketPath:
            defer { rest = [] }
            return try AddressComponent(found, text: String(decoding: rest, as: UTF8.self))
        default:
            guard let value = part(taking: &rest) else { throw .badValue(found) }
            return try AddressComponent(found, text: value)
        }
    }

    /// A slash and what follows up to the next one.
    private static func part(taking rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.first == AddressComponent.slash else { return nil }
        let part = rest.dropFirst().prefix { $0 != AddressComponent.slash }
        rest = rest[part.endIndex...]
        return String(decoding: part, as: UTF8.self)
    }

    /// An address from its bytes.
    public init(bytes: ArraySlice<UInt8>) throws(MultiaddrError) {
        guard bytes.count <= Self.byteCountMax else { throw .tooLong(limit: Self.byteCountMax) }
        var rest = bytes
        var components: [AddressComponent] = []
        while !rest.isEmpty {
            guard components.count < Self.componentCountMax else {
                throw .tooManyComponents(limit: Self.componentCountMax)
            }
            let code = try Self.number(taking: &rest)
            guard let found = AddressProtocol(rawValue: code) else { throw .unknownCode(code) }
            let fixed = found.valueByteCount.map(UInt64.init)
            let byteCount = if let fixed { fixed } else { try Self.number(taking: &rest) }
            guard byteCount <= UInt64(rest.count) else { throw .truncated }
            let value = rest.prefix(Int(byteCount))
            rest = rest.dropFirst(value.count)
            components.append(try AddressComponent(found, value: Array(value)))
        }
        try self.init(components)
    }

    private static func number(taking rest: inout ArraySlice<UInt8>) throws(MultiaddrError) -> UInt64 {
        let decoded: Varint.Decoded
        do { decoded = try Varint.decode(rest) } catch { throw .badNumber(error) }
        guard case .value(let value, let byteCount) = decoded else { throw .truncated }
        rest = rest.dropFirst(byteCount)
        return value
    }
}

// MARK: Parts

extension Multiaddr {
    /// The peer that is to answer, where the address ends with it.
    public var peerID: PeerID? {
        guard let last = components.last, last.protocol == .p2p else { return nil }
        return try? PeerID(bytes: last.value[...])
    }

    /// The address with the peer that is to answer at its end, in place of another one there.
    public func withPeerID(_ peer: PeerID) throws(MultiaddrError) -> Multiaddr {
        let base = peerID == nil ? components[...] : components.dropLast()
        return try Multiaddr(base + [.p2p(peer)])
    }

    /// The address without the peer at its end; nil where nothing else is in it.
    public var withoutPeerID: Multiaddr? { peerID == nil ? self : prefix(components.count - 1) }

    /// Another address's parts after these.
    public func encapsulating(_ other: Multiaddr) throws(MultiaddrError) -> Multiaddr {
        try Multiaddr(components + other.components)
    }

    /// What comes before the last place where `other` stands; all where it does not, nil where nothing does.
    public func decapsulated(_ other: Multiaddr) -> Multiaddr? {
        let count = other.components.count
        let place = stride(from: components.count - count, through: 0, by: -1).first {
            components[$0..<($0 + count)].elementsEqual(other.components)
        }
        return place.map(prefix) ?? self
    }

    /// What comes before the last part of a protocol; all where there is none, nil where nothing does.
    public func decapsulated(_ protocol: AddressProtocol) -> Multiaddr? {
        guard let place = components.lastIndex(where: { $0.protocol == `protocol` }) else { return self }
        return prefix(place)
    }

    private func prefix(_ count: Int) -> Multiaddr? {
        count > 0 ? Multiaddr(known: components.prefix(count)) : nil
    }

    /// Whether one of its parts is of a protocol.
    public func has(_ protocol: AddressProtocol) -> Bool {
        components.contains { $0.protocol == `protocol` }
    }

    /// Whether it goes through a relay.
    public var isCircuit: Bool { has(.p2pCircuit) }

    /// The address of the last relay it goes through; nil where it goes through none, or names none.
    public var relay: Multiaddr? { isCircuit ? decapsulated(.p2pCircuit) : nil }
}

// MARK: Where it leads

extension Multiaddr {
    /// The IP address that it begins with.
    public var ip: IPAddress? {
        let first = components.first { $0.protocol != .ip6zone }
        guard let first, first.protocol == .ip4 || first.protocol == .ip6 else { return nil }
        return IPAddress(bytes: first.value)
    }

    /// The host's name that it begins with.
    public var hostName: String? {
        guard let first = components.first, first.protocol.value == .host else { return nil }
        return first.text
    }

    /// The first port in it.
    public var port: UInt16? {
        guard let found = components.first(where: { $0.protocol.value == .port }) else { return nil }
        return UInt16(found.value[0]) << 8 | UInt16(found.value[1])
    }

    /// Whether it begins with an IP address of this machine only.
    public var isLoopback: Bool { ip?.reach == .loopback }
    /// Whether it begins with an IP address of a link or site.
    public var isPrivate: Bool { ip?.reach == .private }
    /// Whether it begins with an IP address that can be reached from everywhere.
    public var isPublic: Bool { ip?.reach == .public }
}
