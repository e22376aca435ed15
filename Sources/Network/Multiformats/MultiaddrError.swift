public import Bytes

/// Bytes or text that is no address, or none that is taken.
public enum MultiaddrError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing at all.
    case empty
    /// Text that does not begin with a slash.
    case noSlash
    /// The name of a protocol that nobody here knows.
    case unknownName(String)
    /// The number of a protocol that nobody here knows.
    case unknownCode(UInt64)
    /// A protocol without its value, or with one that it cannot have.
    case badValue(AddressProtocol)
    /// Something after a path, which goes to the end.
    case pathNotLast
    /// A number that cannot be read.
    case badNumber(VarintError)
    /// The bytes end too early.
    case truncated
    /// More bytes than are taken.
    case tooLong(limit: Int)
    /// More parts than are taken.
    case tooManyComponents(limit: Int)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .empty: "the address is empty; write one like /ip4/1.2.3.4/tcp/4001"
        case .noSlash: "an address begins with a slash; write one like /ip4/1.2.3.4/tcp/4001"
        case .unknownName(let name): "no protocol is called '\(name.prefix(40))'; is it spelled right?"
        case .unknownCode(let code): "no protocol has the number \(code); the sender may be newer than this"
        case .badValue(let found):
            "the value of /\(found) is missing or wrong; write one like \(found.example)"
        case .pathNotLast: "a path goes to the end of an address; leave out what follows it"
        case .badNumber(let error): "\(error)"
        case .truncated: "the address ends too early; was all of it copied?"
        case .tooLong(let limit): "an address has at most \(limit) bytes; leave out what it does not need"
        case .tooManyComponents(let limit):
            "an address has at most \(limit) parts; leave out what it does not need"
        }
    }
}

extension AddressProtocol {
    /// How it looks in an address.
    var example: String {
        switch value {
        case .none: "/\(name)"
        case .quad: "/\(name)/1.2.3.4"
        case .sixteen: "/\(name)/2001:db8::1"
        case .port: "/\(name)/4001"
        case .bits: "/\(name)/24"
        case .number: "/\(name)/7"
        case .host: "/\(name)/example.com"
        case .zone: "/\(name)/eth0"
        case .peer: "/\(name)/12D3KooW..."
        case .hash: "/\(name)/uEiA..."
        case .socketPath: "/\(name)/run/node.sock"
        case .webPath: "/\(name)/a%2Fb"
        }
    }
}
