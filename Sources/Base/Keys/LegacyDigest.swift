import Bytes
import Crypto

/// Digests that name things in other people's formats, and protect nothing.
public enum LegacyDigest {
    /// The MD5 (RFC 1321) of a text's UTF-8, as 32 hexadecimal digits.
    public static func md5(_ text: String) -> String {
        Hex.text(Array(Insecure.MD5.hash(data: Array(text.utf8))))
    }
}
