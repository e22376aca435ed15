import Bytes
import Foundation
import TestSupport
import Testing

@testable import CodeZero

/// Values recorded from the original's own code by `Tests/Golden/codezero_rewards.py`.
@Suite struct `The original's rules` {
    let golden: JSON

    init() throws {
        let file = Fixtures.root.appendingPathComponent("Tests/Golden/codezero_rewards.json")
        golden = try JSON(parsing: [UInt8](Data(contentsOf: file)))
    }

    func number(_ value: JSON) -> Double? {
        if let text = value.text { return Double(text) }
        return value.realNumber
    }

    func pairs(_ key: String) throws -> [(String, JSON)] {
        try #require(golden[key]?.elements).map { entry in
            let parts = try #require(entry.elements)
            return (parts[0].text ?? "", parts[1])
        }
    }

    @Test func `read an evaluator's reply`() throws {
        let cases = try pairs("responses")
        #expect(cases.count > 80)
        for (text, expected) in cases {
            #expect(OriginalRules.score(reply: text) == number(expected), "\(text)")
        }
    }

    @Test func `find a fence`() throws {
        for (text, expected) in try pairs("fences") {
            #expect(OriginalRules.pythonFence(text) == expected.text, "\(text)")
        }
    }

    @Test func `reward a completion`() throws {
        let solutions = try #require(golden["solutions"]?.elements)
        for run in try #require(golden["rewards"]?.elements) {
            let limit = try #require(run["limit"]?.wholeNumber)
            let reply = try #require(run["response"]?.text)
            let rewards = try #require(run["rewards"]?.elements)
            for (solution, expected) in zip(solutions, rewards) {
                let words = (solution.text ?? "").split(whereSeparator: \.isWhitespace).count
                let reward = OriginalRules.reward(
                    completion: solution.text, reply: reply, tokenCount: words, tokenMax: limit)
                #expect(reward == number(expected), "\(solution), \(limit), \(reply)")
            }
        }
    }

    @Test func `find proposals and names`() throws {
        for (text, expected) in try pairs("proposals") {
            #expect((OriginalRules.proposal(text) != nil) == expected.flag, "\(text)")
        }
        for (text, expected) in try pairs("names") {
            #expect(OriginalRules.questionName(text) == expected.text, "\(text)")
        }
    }

    @Test func `reward a proposer`() throws {
        for entry in try #require(golden["proposer_rewards"]?.elements) {
            let parts = try #require(entry.elements)
            let rewards = try #require(parts[0].elements).compactMap(number)
            #expect(OriginalRules.proposerReward(rewards) == number(parts[1]), "\(rewards)")
        }
    }

    @Test func `follow a trend`() throws {
        for entry in try #require(golden["difficulty"]?.elements) {
            let parts = try #require(entry.elements)
            var difficulty = OriginalRules.Difficulty()
            let levels = try #require(parts[1].elements).map { batch in
                difficulty.update((batch.elements ?? []).compactMap(number))
                return difficulty.level
            }
            #expect(levels == parts[2].elements?.compactMap(\.wholeNumber), "\(parts[0])")
        }
    }

    @Test func `leave the level alone while nobody solves anything, which ours do not`() {
        var original = OriginalRules.Difficulty()
        var ours = DifficultyController(start: 2)
        for _ in 0..<20 {
            original.update([0, 0, 0, 0])
            ours.record([false, false, false, false])
        }
        #expect(original.level == 2 && ours.level == 1)
    }
}
