import Foundation
import TestSupport
import Testing

@Suite struct SwarmCommandTests {
    /// A swarm small enough for a test: answers are right at times from the start.
    private func up(_ folder: URL, _ more: [String]) throws -> Program.Result {
        try Program.run(
            [
                "up", "--nodes", "2", "--json", "--no-input", "--seed", "3", "--set", "grpo.answers=4",
                "--set", "grpo.tasks=4", "--set", "optimizer.rate=1e-2", "--set", "optimizer.warmup=0",
            ] + more, in: folder)
    }

    @Test func `a swarm ends with the reward of every round, and a report`() throws {
        try Program.inFolder { folder in
            let result = try up(folder, ["--rounds", "3", "--name", "one"])
            #expect(result.code == 0, "\(result.errors)")
            let objects = try result.objects()
            let last = try #require(objects.last)
            #expect((last["rewards"] as? [Double])?.count == 3)
            #expect(objects.dropLast().compactMap { $0["round"] as? Int } == [1, 2, 3])
            #expect(objects.dropLast().compactMap { $0["tokens"] as? Int }.allSatisfy { $0 >= 32 })
            #expect(objects.dropLast().compactMap { $0["learned_tokens"] as? Int }.count == 3)
            for round in objects.dropLast() {
                #expect((round["loss"] is Double) == (round["gradient_norm"] is Double))
            }
            let report = folder.appendingPathComponent("runs/one/report.html")
            #expect(try String(contentsOf: report, encoding: .utf8).contains("<svg"))
        }
    }

    @Test func `rewards follow the seed, not the threads; a kept run goes on`() throws {
        try Program.inFolder { folder in
            func rewards(_ more: [String]) throws -> [Double] {
                let result = try up(folder, more)
                return try #require(try result.objects().last?["rewards"] as? [Double], "\(result.errors)")
            }
            let whole = try rewards(["--rounds", "6", "--threads", "1"])
            #expect(whole.count == 6 && Set(whole).count > 1)
            #expect(try rewards(["--rounds", "6", "--threads", "2"]) == whole)
            #expect(try rewards(["--rounds", "6", "--no-share"]) != whole)
            #expect(try rewards(["--rounds", "4", "--name", "kept"]) == Array(whole.prefix(4)))
            #expect(try rewards(["--rounds", "6", "--name", "kept"]) == whole)
        }
    }

    @Test func `another algorithm learns otherwise, and an unknown one is refused`() throws {
        try Program.inFolder { folder in
            func rewards(_ more: [String]) throws -> [Double] {
                let result = try up(folder, ["--rounds", "4"] + more)
                return try #require(try result.objects().last?["rewards"] as? [Double], "\(result.errors)")
            }
            let plain = try rewards([])
            #expect(try rewards(["--algorithm", "dapo"]) == plain)
            #expect(try rewards(["--algorithm", "dr-grpo"]) != plain)
            let unknown = try up(folder, ["--algorithm", "grop"])
            #expect(unknown.code != 0 && unknown.errors.contains("did you mean grpo?"), "\(unknown.errors)")
        }
    }

    @Test func `a recipe that teaches by examples is no swarm`() throws {
        let recipe = Fixtures.root.appendingPathComponent("recipes/seedling.toml").path
        let result = try Program.run(["up", "--config", recipe, "--rounds", "1"])
        #expect(result.code == 1 && result.errors.contains("starling train"))
    }
}
