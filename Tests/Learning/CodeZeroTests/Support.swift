import Foundation
import Sandbox

@testable import CodeZero

/// The one sandbox of these tests.
enum Tried {
    static let sandbox = try? Sandbox()
    static var isPossible: Bool { sandbox != nil }
}

enum Examples {
    static func addOne() throws -> CodeProblem {
        try CodeProblem(
            question: "Write a function that adds one.", entryPoint: "add_one",
            tests: ["assert add_one(1) == 2", "assert add_one(-1) == 0", "assert add_one(9) == 10"])
    }
}

/// A judge that says what a function of the prompt says.
struct ScriptedJudge: Judge {
    let probability: @Sendable (EvaluationPrompt) -> Double

    func logProbabilities(
        of answers: [String], after prompt: EvaluationPrompt
    ) throws(JudgeError) -> [Double] {
        let p = probability(prompt)
        guard p >= 0 else { throw .unavailable("not today") }
        return [logarithm(p), logarithm(1 - p)]
    }
}

func logarithm(_ value: Double) -> Double { log(value) }
