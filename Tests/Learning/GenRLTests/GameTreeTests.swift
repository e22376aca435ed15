import Gym
import TestSupport
import Testing

@testable import GenRL

@Suite struct GameTreeTests {
    private func task() throws -> RoundTask { try TestWorld.data().tasks(of: "a", round: 0)[0] }

    private func node(
        _ peer: String, _ stage: Int, turn: Int = 0, seeing parents: [GameNode] = [],
        in task: RoundTask
    ) -> GameNode {
        let rollout = Rollout(
            task: task.id, peer: peer, round: 0, model: ModelID(family: "f", step: 0), stage: stage,
            turn: turn, parents: parents.map(\.id),
            completions: [Completion(tokens: [0], text: "", logProbabilities: [-1])])
        return GameNode(id: rollout.id, rollout: rollout, prompt: task.prompt)
    }

    @Test func `equal moves make equal trees, whatever order they came in`() throws {
        let task = try task()
        let answers = ["a", "b", "c"].map { node($0, 0, in: task) }
        let critics = ["a", "b", "c"].map { node($0, 1, seeing: answers, in: task) }
        let votes = ["b", "a"].map { node($0, 2, seeing: answers + critics, in: task) }
        var known: GameTree?
        for start in 0..<20 {
            var seed = Seed(UInt64(start))
            var tree = GameTree(task: task)
            let moves =
                answers.shuffled(using: &seed) + critics.shuffled(using: &seed)
                + votes.shuffled(using: &seed)
            for move in moves { try tree.insert(move) }
            #expect(known == nil || known == tree, "seed \(start)")
            known = tree
        }
        let tree = try #require(known)
        #expect(tree.nodes.map(\.stage) == [0, 0, 0, 1, 1, 1, 2, 2])
        #expect(tree.children(of: answers[0].id).count == 5)
        #expect(tree.leaves.map(\.peer) == ["a", "b"])
        #expect(tree.before(stage: 1).nodes == tree.nodes(inStage: 0))
    }

    @Test func `parents are there and of no later stage`() throws {
        let task = try task()
        let first = node("a", 0, in: task), late = node("a", 2, seeing: [first], in: task)
        var tree = GameTree(task: task)
        #expect(throws: GameTreeError.missingParent) { try tree.insert(late) }
        try tree.insert(first)
        try tree.insert(late)
        #expect(throws: GameTreeError.wrongOrder) {
            try tree.insert(node("b", 1, seeing: [late], in: task))
        }
        try tree.insert(node("b", 2, seeing: [late], in: task))
        #expect(throws: GameTreeError.repeated) { try tree.insert(node("a", 0, seeing: [], in: task)) }
        try tree.insert(node("a", 0, turn: 1, in: task))
        #expect(tree.nodes.count == 4)
    }

    @Test func `a view is whole, or it is none`() throws {
        let task = try task()
        let first = node("a", 0, in: task), second = node("b", 1, seeing: [first], in: task)
        var tree = GameTree(task: task)
        try tree.insert(first)
        try tree.insert(second)
        #expect(try tree.view(of: [first.id, second.id]) == tree)
        #expect(try tree.view(of: [first.id]).nodes == [first])
        #expect(throws: GameTreeError.missingParent) { try tree.view(of: [second.id]) }
        #expect(throws: GameTreeError.missingParent) { try tree.view(of: [first.id, first.id]) }
        let stranger = node("c", 0, in: task)
        #expect(throws: GameTreeError.missingParent) { try tree.view(of: [stranger.id]) }
    }
}
