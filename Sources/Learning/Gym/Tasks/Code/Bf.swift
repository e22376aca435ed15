import Bytes

/// A program of eight instructions, to be run in the head.
struct Bf: TaskFormat {
    static let name = "bf"
    let seed: Int
    private let difficulty: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        difficulty = try settings.int("difficulty", default: 1, within: 1...3)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let (source, program) = program(&random)
        guard let output = BfMachine.run(program) else {
            throw .notGenerated(
                environment: Self.name, index: index,
                reason: "its program does not end: numbers wrap at 256; take another index")
        }
        let frame = random.choice([
            (
                "This is a BF (Brainf*ck) computer program. What is the output?\n\n",
                "\n\nRespond only with the exact output of the program."
            ),
            (
                "Consider the following BF (Brainf*ck) code. What would it output?\n\n",
                "\n\nProvide only the exact output of the code."
            ),
        ])
        return Entry(
            question: frame.0 + program + frame.1, answer: output,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("bfit_code", .text(source)), ("bf_program", .text(program)),
                ("difficulty", .members([("difficulty", .int(difficulty))])),
            ]))
    }

    /// A small C-like program and its translation.
    private func program(_ random: inout PythonRandom) -> (source: String, program: String) {
        var code = BfCode()
        if difficulty == 1 {
            let word = random.choice(WordLists.fiveLetters)
            code.printText(word)
            return ("\nint main() {\n    print(\"\(word)\");\n}\n", code.finished())
        }
        let x = random.randint(1, difficulty == 2 ? 4 : 7)
        let y = random.randint(1, difficulty == 2 ? 5 : 9)
        let product = x * y * random.randint(1, 9) + random.randint(1, 9)
        let target = difficulty == 2 ? product : product + 50
        let border = difficulty == 2 ? nil : target - random.randint(1, 40)
        code.sumLoop(x: x, y: y, target: target, border: border)
        let addY =
            border.map {
                "        if (acc > \($0)) {\n            acc = acc + y;\n        }\n"
            } ?? "        acc = acc + y;\n"
        let source = """

            int main() {
                int acc = 0;
                int target = \(target);
                int x = \(x);
                int y = \(y);
                while (acc < target) {
                    acc = acc + x;
            \(addY)    }
                printint(acc);
            }

            """
        return (source, code.finished())
    }
}
