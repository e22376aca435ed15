import ArgumentParser
import Bytes
import Language

/// Text to token ids.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Print the token ids of each line of standard input.",
        discussion: """
            With --json each line is a JSON string, so that a text may hold line ends, and is answered \
            by a JSON array of ids.

            Examples:
              echo "Hello, world" | starling tokenize --model ~/models/Qwen2.5-0.5B-Instruct
              echo '"two\\nlines"' | starling tokenize --model DIR --json
              echo '[1, 2, 3]' | starling tokenize --model DIR --decode --json
            """)

    /// Longer lines are refused.
    static let lineLimit = 1 << 26

    @OptionGroup var source: ModelOptions
    @Flag(help: "Add what a text begins and ends with, such as a beginning-of-text token.")
    var specials = false
    @Flag(help: "The other way: lines of ids to text.") var decode = false
    @OptionGroup var output: OutputOptions

    func run() throws {
        let tokenizer = try source.tokenizer()
        var input = InputLines(limit: Self.lineLimit)
        while let line = try input.next() {
            if decode {
                let text = tokenizer.decode(try ids(line), skippingSpecials: !specials)
                Output.line(output.json ? JSON.text(text).text() : text)
            } else {
                let ids = tokenizer.encode(try text(line), addingSpecials: specials).map(Int.init)
                Output.line(
                    output.json
                        ? JSON.ints(ids).text() : ids.map(String.init).joined(separator: " "))
            }
        }
    }

    private func text(_ line: String) throws -> String {
        guard output.json else { return line }
        guard case .text(let text) = try JSON(parsing: line) else {
            throw Failure(#"a line is no JSON string; write it as "text", or leave --json out"#)
        }
        return text
    }

    private func ids(_ line: String) throws -> [Int32] {
        let numbers: [Int]?
        if output.json {
            let items = try JSON(parsing: line).elements
            numbers = items.flatMap { items in
                let whole = items.compactMap(\.wholeNumber)
                return whole.count == items.count ? whole : nil
            }
        } else {
            let words = line.split(separator: " ")
            let whole = words.compactMap { Int($0) }
            numbers = whole.count == words.count ? whole : nil
        }
        guard let numbers, numbers.allSatisfy({ (0...Int(Int32.max)).contains($0) }) else {
            throw Failure("a line holds other than token ids; write them as 1 2 3, or [1, 2, 3] with --json")
        }
        return numbers.map(Int32.init)
    }
}
