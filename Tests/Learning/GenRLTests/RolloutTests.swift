import Testing

@testable import GenRL

@Suite struct RolloutTests {
    private let rule = RolloutRule(
        family: "f", completionCount: 2, tokenMax: 4, codec: TestWorld.codec)

    private func good() -> Rollout {
        Rollout(
            task: TaskID(part: "sort_digits", seed: 7, index: 1), peer: "b", round: 3,
            model: ModelID(family: "f", step: 9),
            completions: [
                Completion(tokens: [3, 4, 0], text: "01", logProbabilities: [-1, -1, -0.5]),
                Completion(tokens: [3, 4, 5, 6], text: "0123", logProbabilities: [-1, -1, -1, -9]),
            ])
    }

    private func fault(_ change: (inout Rollout) -> Void) -> RolloutError? {
        var rollout = good()
        change(&rollout)
        do throws(RolloutError) {
            try rule.check(rollout, round: 3)
            return nil
        } catch { return error }
    }

    @Test func `a good one passes`() { #expect(fault { _ in } == nil) }

    @Test func `names, rounds and models are checked`() {
        #expect(fault { $0.peer = "" } == .badName)
        #expect(fault { $0.peer = String(repeating: "x", count: 129) } == .badName)
        #expect(fault { $0.model.family = String(repeating: "x", count: 1 << 20) } == .badName)
        #expect(fault { $0.task = TaskID(part: "", seed: 0, index: 0) } == .badName)
        #expect(fault { $0.round = 2 } == .wrongRound(2, expected: 3))
        #expect(fault { $0.model.family = "g" } == .otherModel)
        #expect(fault { $0.model.step = -1 } == .otherModel)
    }

    @Test func `tokens are checked`() {
        #expect(fault { $0.completions.removeLast() } == .completionCount(1, expected: 2))
        #expect(fault { $0.completions[0].tokens = [] } == .tokenCount(0, max: 4))
        #expect(fault { $0.completions[0].tokens = [3, 3, 3, 3, 0] } == .tokenCount(5, max: 4))
        #expect(fault { $0.completions[0].tokens = [13, 3, 0] } == .unknownToken(13))
        #expect(fault { $0.completions[0].tokens = [-1, 3, 0] } == .unknownToken(-1))
        #expect(fault { $0.completions[0].tokens = [3, 4, 5] } == .wrongEnd)
        #expect(fault { $0.completions[0].tokens = [0, 4, 0] } == .wrongEnd)
    }

    @Test func `log-probabilities and text are checked`() {
        #expect(
            fault { $0.completions[0].logProbabilities = [-1] }
                == .logProbabilityCount(1, tokens: 3))
        for number in [Float.nan, .infinity, -.infinity, 0.001] {
            #expect(fault { $0.completions[1].logProbabilities[2] = number } == .badLogProbability)
        }
        #expect(fault { $0.completions[0].text = "10" } == .textMismatch)
        #expect(fault { $0.completions[0].text = "" } == .textMismatch)
    }

    @Test func `a group whose claims contradict each other is refused`() {
        // The same token in the same place, with other bits.
        #expect(fault { $0.completions[1].logProbabilities[1] = -1.000_001 } == .incoherent)
        // Two tokens in one place with more than all probability between them.
        #expect(fault { $0.completions[1].logProbabilities[2] = -0.1 } == .incoherent)
        // Other beginnings are other places.
        #expect(
            fault {
                $0.completions[0] = Completion(
                    tokens: [5, 4, 0], text: "21", logProbabilities: [-1, -0.01, -0.01])
                $0.completions[1].logProbabilities = [-0.5, -1, -0.01, -0.01]
            } == nil)
    }

    @Test func `stages, turns and parents have bounds`() {
        let parent = good().id
        #expect(fault { $0.stage = -1 } == .wrongTurn && fault { $0.stage = 64 } == .wrongTurn)
        #expect(fault { $0.turn = 64 } == .wrongTurn && fault { $0.turn = -1 } == .wrongTurn)
        #expect(fault { $0.parents = [parent] } == .wrongTurn)
        #expect(
            fault {
                $0.stage = 1
                $0.parents = Array(repeating: parent, count: 1025)
            } == .wrongTurn)
    }

    @Test func `every fault has a name of its own and a sentence`() {
        let faults: [RolloutError] = [
            .badName, .wrongRound(1, expected: 2), .otherModel,
            .notAssigned(TaskID(part: "p", seed: 0, index: 0)),
            .repeated(TaskID(part: "p", seed: 0, index: 0)), .completionCount(1, expected: 2),
            .tokenCount(0, max: 1), .unknownToken(1), .wrongEnd, .logProbabilityCount(1, tokens: 2),
            .badLogProbability, .textMismatch, .otherSender, .wrongTurn, .missingParent, .incoherent,
            .overQuota, .implausible,
        ]
        #expect(Set(faults.map(\.kind)).count == faults.count)
        #expect(faults.allSatisfy { $0.description.count > 10 })
    }
}
