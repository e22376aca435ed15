/// A rule of `string_manipulation`: how it reads, and what it makes of a string it applies to.
struct RewriteRule: Sendable {
    let text: String
    /// Nil where the rule does not apply.
    let apply: @Sendable ([UInt8]) -> [UInt8]?

    /// Where the string begins so, what follows goes between two other texts.
    private static func prefix(
        _ start: String, front: String = "", back: String = "", _ text: String
    ) -> RewriteRule {
        RewriteRule(text: text) { string in
            guard string.starts(with: start.utf8) else { return nil }
            return Array(front.utf8) + string.dropFirst(start.utf8.count) + Array(back.utf8)
        }
    }

    /// Where the string ends so, what comes before goes between two other texts.
    private static func suffix(
        _ end: String, front: String = "", back: String = "", _ text: String
    ) -> RewriteRule {
        RewriteRule(text: text) { string in
            guard string.suffix(end.utf8.count).elementsEqual(end.utf8) else { return nil }
            return Array(front.utf8) + string.dropLast(end.utf8.count) + Array(back.utf8)
        }
    }

    /// Where the string has this part from a place on, the first of them is replaced.
    private static func part(
        _ part: String, from start: Int = 0, becomes other: String = "", _ text: String
    ) -> RewriteRule {
        let wanted = Array(part.utf8)
        return RewriteRule(text: text) { string in
            let last = string.count - wanted.count
            guard start <= last,
                let found = (start...last).first(where: {
                    string[$0..<($0 + wanted.count)].elementsEqual(wanted)
                })
            else { return nil }
            return Array(string[..<found]) + Array(other.utf8) + string[(found + wanted.count)...]
        }
    }

    static let all: [RewriteRule] = [
        prefix("ab", front: "ca", "If the string prefix is 'ab', replace it with 'ca'."),
        suffix("ac", back: "cb", "If the string suffix is 'ac', replace it with 'cb'."),
        prefix(
            "bc", back: "aa",
            "If the string prefix is 'bc', delete the first two characters and append 'aa' to the end."
        ),
        suffix("bb", "If the string suffix is 'bb', delete the last two characters."),
        RewriteRule(
            text: "If the string prefix is 'cb', replace it with 'aa' and delete the last character."
        ) { string in
            guard string.starts(with: "cb".utf8) else { return nil }
            return Array("aa".utf8) + string.dropFirst(2).dropLast()
        },
        prefix(
            "ca", front: "bb", back: "c",
            "If the string prefix is 'ca', replace it with 'bb' and append 'c' to the end."),
        suffix(
            "cc", front: "a", back: "b",
            "If the string suffix is 'cc', replace it with 'b' and prepend 'a' to the start."),
        prefix("aa", front: "a", "If the string prefix is 'aa', remove the first character."),
        part(
            "abc", becomes: "cab",
            "If the string contains 'abc', replace the first occurrence with 'cab'."),
        part("bca", "If the string contains 'bca', delete the first occurrence entirely."),
        suffix("ba", back: "ab", "If the string ends with 'ba', replace it with 'ab'."),
        prefix("cc", "If the string starts with 'cc', remove the first two characters."),
        part(
            "acb", becomes: "bca",
            "If the string contains 'acb', replace the first occurrence with its reverse ('bca')."),
        suffix("ca", back: "c", "If the string ends with 'ca', remove the last character."),
        prefix("bb", front: "b", "If the string starts with 'bb', remove the second character."),
        suffix("aa", back: "cc", "If the string ends with 'aa', replace it with 'cc'."),
        part(
            "ca", from: 1,
            """
            If the string contains 'ca' (not at the start), remove the first occurrence found after \
            the first character.
            """),
        RewriteRule(
            text: """
                If the string contains an even number of 'b's (and at least one 'b'), append 'ab' \
                at the end.
                """
        ) { string in
            let count = string.count { $0 == UInt8(ascii: "b") }
            return count > 0 && count.isMultiple(of: 2) ? string + Array("ab".utf8) : nil
        },
        RewriteRule(
            text: "If the string length is greater than 15, remove the middle character."
        ) { string in
            guard string.count > 15 else { return nil }
            return Array(string.prefix(string.count / 2)) + string.dropFirst(string.count / 2 + 1)
        },
        prefix(
            "ac", front: "zz",
            "If the string starts with 'ac', replace the first two characters with 'zz'."),
    ]
}
