import Foundation
import Neural
import Tensor
import Testing

@testable import starling

@Suite struct ReproCommandTests {
    @Test func `every way of this machine gives the same bits, and a killed run too`() throws {
        let result = try Program.run(["repro", "--steps", "10", "--quick", "--json"])
        #expect(result.code == 0, "\(result.errors)")
        let object = try #require(try result.objects().last)
        let hashes = try #require(object["hashes"] as? [String: String])
        #expect(object["equal"] as? Bool == true)
        #expect(Set(hashes.values.filter { $0 != "not run" }).count == 1)
        #expect(hashes["crash+resume"]?.count == 64)
        for set in InstructionSet.allCases {
            for threads in [1, 2] {
                let hash = hashes["\(set.rawValue)/\(threads)t"]
                #expect((hash == "not run") == !set.isSupported)
            }
        }
    }

    @Test func `each step leaves its trace in the hash`() throws {
        let engine = Engine(threads: 1)
        let run = ReproTraining(.small, on: engine)
        var seen: Set<String> = [run.hash]
        for _ in 0..<4 {
            try run.advance()
            #expect(seen.insert(run.hash).inserted)
        }
        let weights = try #require(run.learner.weights.tensors["model.norm.weight"])
        let before = run.hash
        weights.floats[0] = weights.floats[0].nextUp
        #expect(run.hash != before)
    }

    @Test(arguments: ReproTraining.Size.all)
    func `rewards of drawn answers differ, so that reinforced steps learn`(
        size: ReproTraining.Size
    ) throws {
        let run = ReproTraining(size, on: Engine(threads: 1))
        let batch = try run.drawn(1, temperature: 0.8)
        #expect(Set(batch.inputs["advantage"] ?? []).count > 4)
        #expect(batch.sequences.count == size.prompts * size.answers)
    }
}
