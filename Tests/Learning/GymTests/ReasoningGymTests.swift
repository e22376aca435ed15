import Bytes
import Foundation
import TestSupport
import Testing

@testable import Gym

@Suite struct `The stream of RL Swarm` {
    static let path = "rgym_stream_seed42.json"

    private func entries() throws -> [JSON] {
        let text = try String(contentsOf: Fixtures.shared(Self.path), encoding: .utf8)
        return try #require(JSON(parsing: text).elements)
    }

    @Test(.enabled(if: Fixtures.sharedExists(path), "needs shared/fixtures"))
    func `has the 450 questions, answers and facts of the original`() throws {
        let environment = try EnvironmentRegistry.make("rl_swarm", seed: 42)
        let wanted = try entries()
        #expect(wanted.count == 450)
        for item in wanted {
            let index = try #require(item.member("idx")?.wholeNumber)
            let entry = try environment.entry(at: index)
            let question = try #require(item.member("q")?.text)
            #expect(Array(entry.question.utf8) == Array(question.utf8), "entry \(index)")
            #expect(entry.answer.map(JSON.text) ?? .null == item.member("a"), "entry \(index)")
            // Objects compare member by member, so the order of keys is compared as well.
            #expect(entry.metadata == item.member("meta"), "entry \(index)")
        }
    }

    @Test(.enabled(if: Fixtures.sharedExists(path), "needs shared/fixtures"))
    func `scores every probe as the original does`() throws {
        let environment = try EnvironmentRegistry.make("rl_swarm", seed: 42)
        var probes = 0
        for item in try entries() {
            let index = try #require(item.member("idx")?.wholeNumber)
            let entry = try environment.entry(at: index)
            for probe in try #require(item.member("scores")?.elements) {
                let pair = try #require(probe.elements)
                let score = try environment.score(pair[0].text, for: entry)
                #expect(score == pair[1].realNumber, "entry \(index), probe \(pair[0])")
                probes += 1
            }
        }
        #expect(probes == 4_284)
    }

    @Test func `never ends where its seeds are not pinned`() throws {
        let free = try EnvironmentRegistry.make(
            "rl_swarm", configuration: .members([("pinned_seeds", .flag(false))]), seed: 42)
        let pinned = try EnvironmentRegistry.make("rl_swarm", seed: 42)
        #expect(try free.entry(at: 0) != pinned.entry(at: 0))
    }
}
