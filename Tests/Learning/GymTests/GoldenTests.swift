import Bytes
import Foundation
import TestSupport
import Testing

@testable import Gym

@Suite struct `Configured tasks` {
    // Written by Tests/Golden/reasoning_gym.py.
    @Test func `give the questions and scores of the original`() throws {
        let file = Fixtures.root.appendingPathComponent("Tests/Golden/reasoning_gym.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 72)
        for line in lines {
            let row = try JSON(parsing: String(line))
            let name = try #require(row.member("task")?.text)
            let index = try #require(row.member("index")?.wholeNumber)
            let config = try #require(row.member("config"))
            let environment = try EnvironmentRegistry.make(name, configuration: config, seed: 77)
            let entry = try environment.entry(at: index)
            #expect(JSON.text(entry.question) == row.member("question"), "\(name) \(config)")
            #expect(entry.answer.map(JSON.text) == row.member("answer"), "\(name) \(config)")
            #expect(entry.metadata == row.member("metadata"), "\(name) \(config)")
            for pair in try #require(row.member("scores")?.elements) {
                let pair = try #require(pair.elements)
                let score = environment.score(pair[0].text, for: entry)
                #expect(score == pair[1].realNumber, "\(name) \(config): \(pair[0])")
            }
        }
    }

    @Test(arguments: ["+[]", "[", "]", "<", ",", "+[>+]"])
    func `leave no program running`(program: String) {
        #expect(BfMachine.run(program) == nil)
    }

    @Test func `print bytes as code points`() {
        #expect(BfMachine.run("-.+++.") == "\u{ff}\u{2}")
        #expect(BfMachine.run("++++++++[>++++++++<-]>+.") == "A")
        #expect(BfMachine.run("") == "")
    }
}
