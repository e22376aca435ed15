/// Why bytes are not a JSON value, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Hashable, Sendable {
        /// The text ends inside a value.
        case truncated
        /// Another byte than these was expected.
        case expected(String)
        /// A number that the grammar does not have, or beyond every Double.
        case invalidNumber
        /// A string with a control character, a bad escape or half a surrogate pair.
        case invalidString
        /// A string that is not UTF-8.
        case invalidUTF8
        /// Something follows the value.
        case trailingBytes
        /// Longer than the limit in bytes.
        case tooLong(Int)
        /// Nested deeper than the limit.
        case tooDeep(Int)
        /// More values than the limit.
        case tooManyValues(Int)
    }

    /// What is wrong.
    public let code: Code
    /// The byte where it shows, from 0.
    public let offset: Int

    /// An error of a parser.
    public init(code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// The error as one line that says what to try.
    public var description: String { "byte \(offset): \(reason)" }

    private var reason: String {
        switch code {
        case .truncated: "the JSON text ends in the middle; is the file complete?"
        case .expected(let what): "JSON has \(what) here"
        case .invalidNumber: "not a JSON number; write it like -12, 3.5 or 1e-6"
        case .invalidString: "not a JSON string; escape control characters, quotes and backslashes"
        case .invalidUTF8: "the string is not UTF-8; save the file as UTF-8"
        case .trailingBytes: "something follows the JSON value; remove it"
        case .tooLong(let limit): "JSON longer than \(limit) bytes is not read"
        case .tooDeep(let limit): "JSON nested deeper than \(limit) is not read"
        case .tooManyValues(let limit): "JSON with more than \(limit) values is not read"
        }
    }
}
