/// Finds the program in what a model wrote.
public enum SolutionText {
    /// The code that answers a problem; nil where there is none.
    ///
    /// It is the last complete block between fences that defines the function, otherwise the last block of
    /// Python; text without any fence is taken whole if it defines the function. An unclosed fence reaches to
    /// the end.
    public static func extract(_ completion: String, entryPoint: String) -> String? {
        let blocks = fenced(completion)
        func defines(_ code: String) -> Bool { EntryPoint.definitions(in: code).contains(entryPoint) }
        if let block = blocks.last(where: { defines($0.code) }) { return block.code }
        if let block = blocks.last(where: \.isPython) { return block.code }
        return blocks.isEmpty && defines(completion) ? completion : nil
    }

    struct Block {
        var isPython: Bool
        var code: String
    }

    /// Blocks between lines that begin with three backticks.
    static func fenced(_ text: String) -> [Block] {
        var blocks: [Block] = []
        var open: (isPython: Bool, lines: [Substring])?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let mark = line.drop { $0 == " " }
            if mark.hasPrefix("```") {
                if let block = open {
                    blocks.append(Block(isPython: block.isPython, code: block.lines.joined(separator: "\n")))
                    open = nil
                } else {
                    let tag = mark.dropFirst(3).lowercased().filter { !$0.isWhitespace }
                    open = (["python", "python3", "py", ""].contains(tag), [])
                }
            } else {
                open?.lines.append(line)
            }
        }
        if let block = open {
            blocks.append(Block(isPython: block.isPython, code: block.lines.joined(separator: "\n")))
        }
        return blocks
    }
}
