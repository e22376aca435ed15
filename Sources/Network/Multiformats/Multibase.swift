/// Text that says with its first character in which base it is (github.com/multiformats/multibase).
public enum Multibase: Character, Hashable, Sendable, CaseIterable {
    /// Bitcoin's alphabet of 58, for at most 256 bytes.
    case base58btc = "z"
    /// RFC 4648 in lower case, without padding.
    case base32 = "b"
    /// Digits and lower-case letters, for at most 256 bytes.
    case base36 = "k"
    /// RFC 4648, without padding.
    case base64 = "m"
    /// RFC 4648 for addresses and file names, without padding.
    case base64url = "u"
    /// Hexadecimal in lower case.
    case base16 = "f"

    /// The longest text that is read.
    public static let characterCountMax = 1 << 16

    /// The most bytes that are written; nil where none are too many.
    public var byteCountMax: Int? {
        switch self {
        case .base58btc, .base36: BaseEncoding.numberByteCountMax
        default: nil
        }
    }

    /// The text of some bytes, with the character that names the base.
    ///
    /// - Precondition: at most `byteCountMax` bytes.
    public func text(_ bytes: some Collection<UInt8>) -> String {
        String(rawValue) + encoding.text(bytes)
    }

    /// The bytes of a text that begins with the name of its base.
    public static func bytes(_ text: String) throws(TextError) -> (base: Multibase, bytes: [UInt8]) {
        guard text.utf8.count <= characterCountMax else { throw .tooLong(limit: characterCountMax) }
        guard let first = text.first else { throw .empty }
        guard let base = Multibase(rawValue: first) else { throw .unknownBase(String(first)) }
        return (base, try base.encoding.bytes(text.dropFirst()))
    }

    var encoding: BaseEncoding {
        switch self {
        case .base58btc: Self.bitcoin
        case .base32: Self.thirtyTwo
        case .base36: Self.thirtySix
        case .base64: Self.sixtyFour
        case .base64url: Self.sixtyFourURL
        case .base16: Self.sixteen
        }
    }

    private static let digits = "0123456789"
    private static let lower = "abcdefghijklmnopqrstuvwxyz"
    private static let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let bitcoin = BaseEncoding("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    private static let thirtyTwo = BaseEncoding(lower + "234567", ignoresCase: true)
    private static let thirtySix = BaseEncoding(digits + lower, ignoresCase: true)
    private static let sixtyFour = BaseEncoding(upper + lower + digits + "+/")
    private static let sixtyFourURL = BaseEncoding(upper + lower + digits + "-_")
    private static let sixteen = BaseEncoding(digits + "abcdef", ignoresCase: true)
}

/// Base 58 without a prefix, as names of peers and the first CIDs are written.
public enum Base58 {
    /// The most bytes that are written.
    public static let byteCountMax = BaseEncoding.numberByteCountMax

    /// The text of some bytes.
    ///
    /// - Precondition: at most `byteCountMax` bytes.
    public static func text(_ bytes: some Collection<UInt8>) -> String {
        Multibase.base58btc.encoding.text(bytes)
    }

    /// The bytes of a text.
    public static func bytes(_ text: String) throws(TextError) -> [UInt8] {
        try Multibase.base58btc.encoding.bytes(text[...])
    }
}
