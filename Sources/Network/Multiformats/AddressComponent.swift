import Bytes

/// One part of an address: a protocol and its value.
public struct AddressComponent: Hashable, Sendable, CustomStringConvertible {
    /// The longest value.
    public static let valueByteCountMax = 512

    /// Which protocol.
    public let `protocol`: AddressProtocol
    /// Its value as in the address's bytes, without the length before it; empty where it has none.
    public let value: [UInt8]

    /// A part from its value's bytes, which are checked.
    public init(_ protocol: AddressProtocol, value: [UInt8] = []) throws(MultiaddrError) {
        guard Self.isValue(value, of: `protocol`) else { throw .badValue(`protocol`) }
        self.init(known: `protocol`, value)
    }

    /// A part from its value's text, as it stands in addresses: `443`, `example.com`, `/a/socket`.
    public init(_ protocol: AddressProtocol, text: String) throws(MultiaddrError) {
        guard let value = Self.value(Array(text.utf8)[...], of: `protocol`) else {
            throw .badValue(`protocol`)
        }
        try self.init(`protocol`, value: value)
    }

    private init(known protocol: AddressProtocol, _ value: [UInt8]) {
        self.protocol = `protocol`
        self.value = value
    }
}

// MARK: Parts that cannot fail

extension AddressComponent {
    /// An address of either version.
    public static func ip(_ address: IPAddress) -> AddressComponent {
        AddressComponent(known: address.isVersion4 ? .ip4 : .ip6, address.bytes)
    }

    /// A port of TCP.
    public static func tcp(_ port: UInt16) -> AddressComponent {
        AddressComponent(known: .tcp, [UInt8(port >> 8), UInt8(port & 255)])
    }

    /// A port of UDP.
    public static func udp(_ port: UInt16) -> AddressComponent {
        AddressComponent(known: .udp, [UInt8(port >> 8), UInt8(port & 255)])
    }

    /// The peer that is to answer.
    public static func p2p(_ peer: PeerID) -> AddressComponent { AddressComponent(known: .p2p, peer.bytes) }

    /// Through the relay before it.
    public static let p2pCircuit = AddressComponent(known: .p2pCircuit, [])
}

// MARK: Reading

extension AddressComponent {
    private static func isValue(_ value: [UInt8], of protocol: AddressProtocol) -> Bool {
        if let byteCount = `protocol`.valueByteCount {
            return value.count == byteCount && (`protocol`.value != .bits || value[0] <= 128)
        }
        guard (1...valueByteCountMax).contains(value.count) else { return false }
        switch `protocol`.value {
        case .host: return isHost(value)
        // Text that the address can show as it is.
        case .zone: return value.allSatisfy { (0x21...0x7E).contains($0) && $0 != slash }
        case .peer: return (try? PeerID(bytes: value[...])) != nil
        case .hash: return (try? Multihash(bytes: value[...])) != nil
        case .socketPath:
            return value.count > 1 && value[0] == slash && !value.contains(0)
                && String(validating: value, as: UTF8.self) != nil
        case .webPath: return true
        case .none, .quad, .sixteen, .port, .bits, .number: return false
        }
    }

    /// Labels of letters, digits, `-` and `_` (RFC 1035, and what records of services need).
    private static func isHost(_ name: [UInt8]) -> Bool {
        guard name.count <= 253 else { return false }
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        // A dot at the end says that the name is whole.
        let named = labels.count > 1 && labels[labels.count - 1].isEmpty ? labels.dropLast() : labels[...]
        return named.allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy {
                    switch $0 {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                    default: false
                    }
                }
        }
    }

    /// What a text may mean; `isValue` has the last word.
    private static func value(_ text: ArraySlice<UInt8>, of protocol: AddressProtocol) -> [UInt8]? {
        let string = String(decoding: text, as: UTF8.self)
        switch `protocol`.value {
        case .none: return text.isEmpty ? [] : nil
        case .quad, .sixteen: return IPAddress(text: string)?.bytes
        case .port: return Decimal.number(text, limit: 0xFFFF).map { bigEndian($0, 2) }
        case .bits: return Decimal.number(text, limit: 128).map { bigEndian($0, 1) }
        case .number: return Decimal.number(text, limit: .max).map { bigEndian($0, 8) }
        case .host, .zone, .socketPath: return Array(text)
        case .peer: return (try? PeerID(text: string))?.bytes
        case .hash: return (try? Multibase.bytes(string))?.bytes
        case .webPath: return percentDecoded(text)
        }
    }

    private static func bigEndian(_ number: UInt64, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (byteCount - 1 - $0))) }
    }

    private static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var rest = text, bytes: [UInt8] = []
        while let character = rest.popFirst() {
            guard character == UInt8(ascii: "%") else {
                bytes.append(character)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard rest.count >= 2, let byte = try? Hex.bytes(digits) else { return nil }
            rest = rest.dropFirst(2)
            bytes += byte
        }
        return bytes
    }

    static let slash = UInt8(ascii: "/")
}

// MARK: Writing

extension AddressComponent {
    /// The value as it stands in an address's text; empty where it has none.
    public var text: String {
        switch `protocol`.value {
        case .none: ""
        case .quad, .sixteen: IPAddress(bytes: value)?.description ?? ""
        case .port, .bits, .number: String(value.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        case .host, .zone, .socketPath: String(decoding: value, as: UTF8.self)
        case .peer: Base58.text(value)
        case .hash: Multibase.base64url.text(value)
        case .webPath: Self.percentEncoded(value)
        }
    }

    /// All but the unreserved characters of RFC 3986 as `%` and two digits.
    private static func percentEncoded(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            default: "%" + Hex.text([byte]).uppercased()
            }
        }.joined()
    }

    /// The part as it stands in an address: `/tcp/443`.
    public var description: String {
        switch `protocol`.value {
        case .none: "/\(`protocol`)"
        // A path begins with its own slash.
        case .socketPath: "/\(`protocol`)\(text)"
        default: "/\(`protocol`)/\(text)"
        }
    }

    /// Number, length where it is not fixed, and value.
    var bytes: [UInt8] {
        var bytes = Varint.bytes(`protocol`.rawValue)
        if `protocol`.valueByteCount == nil { Varint.append(UInt64(value.count), to: &bytes) }
        return bytes + value
    }
}
