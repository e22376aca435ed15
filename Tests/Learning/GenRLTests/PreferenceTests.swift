import Neural
import Tensor
import Testing

@testable import GenRL

@Suite struct PreferenceTests {
    /// Digits in order are preferred to the same digits backward.
    static let pairs = (0..<60).map { index in
        let digits = [index % 10, (index * 3 + 1) % 10, (index * 7 + 2) % 10].sorted()
        let text = digits.map(String.init).joined()
        let shuffled = [digits[2], digits[0], digits[1]].map(String.init).joined()
        let backward = String(text.reversed())
        return PreferencePair(
            prompt: shuffled, chosen: text, rejected: backward == text ? text + "0" : backward)
    }

    private func training(
        _ weights: Weights, threads: Int = 1, _ change: (inout PreferenceConfig) -> Void = { _ in }
    ) throws -> PreferenceTraining {
        var config = PreferenceConfig(steps: 30, rate: 3e-3)
        config.batch = 16
        change(&config)
        let engine = Engine(threads: threads)
        return try PreferenceTraining(
            weights.copy(on: engine), codec: TestWorld.codec, pairs: Self.pairs, config: config,
            on: engine)
    }

    @Test func `a run starts at log 2 and learns what is preferred`() throws {
        let run = try training(try TestWorld.pupil(on: Engine(threads: 1)))
        let first = try run.advance()
        #expect(abs(first.loss - 0.6931472) < 1e-6)
        #expect(abs(first.metrics["margin"] ?? 1) < 1e-6)
        var last = first
        while !run.isDone { last = try run.advance() }
        #expect(last.loss < 0.5 && (last.metrics["margin"] ?? 0) > 0.5, "\(last)")
        #expect((last.metrics["accuracy"] ?? 0) > 0.85, "\(last)")
    }

    @Test func `a run has the same bits on two threads, in parts, and goes on from a checkpoint`() throws {
        let weights = try TestWorld.pupil(on: Engine(threads: 1))
        let whole = try training(weights)
        for _ in 0..<8 { _ = try whole.advance() }
        let first = try training(weights, threads: 2)
        for _ in 0..<5 { _ = try first.advance() }
        var bytes: [UInt8] = []
        first.checkpoint().write { bytes += Array($0) }
        let second = try training(weights)
        try second.restore(try bytes.withUnsafeBytes { try RunCheckpoint(from: $0) })
        for _ in 0..<3 { _ = try second.advance() }
        #expect(second.losses == whole.losses)
        #expect(TestWorld.bits(second.learner.weights) == TestWorld.bits(whole.learner.weights))
        let checkpoint = first.checkpoint()
        #expect(throws: RunCheckpointError.self) {
            try training(weights) { $0.beta = 0.2 }.restore(checkpoint)
        }
        #expect(throws: RunCheckpointError.self) { try training(whole.learner.weights).restore(checkpoint) }
    }

    @Test func `small microbatches keep pairs together and give the same step`() throws {
        let weights = try TestWorld.pupil(on: Engine(threads: 1))
        let one = try training(weights), many = try training(weights) { $0.packing.positionMax = 64 }
        let a = try one.advance(), b = try many.advance()
        #expect(abs(a.loss - b.loss) < 1e-6)
        #expect(abs(a.gradientNorm - b.gradientNorm) < 1e-4 * a.gradientNorm)
    }

    @Test func `every pass takes each pair once`() {
        var config = PreferenceConfig(steps: 100)
        config.batch = 7
        let places = (0..<20).flatMap { PreferenceTraining.places($0, of: 35, config) }
        for pass in 0..<4 { #expect(Set(places[35 * pass..<35 * (pass + 1)]).count == 35) }
        #expect(Array(places[0..<35]) != Array(places[35..<70]))
    }

    @Test func `units are segments of one batch`() {
        let units = (0..<9).map { unit in
            (0..<2).map { side in
                TrainingSequence(
                    prompt: [1], tail: Array(repeating: Int32(unit), count: 1 + (unit + side) % 4),
                    inputs: [:])
            }
        }
        let batches = SequencePacking(positionMax: 30).batches(units: units, vocabulary: 10)
        #expect(batches.count > 2)
        var seen: [Int32] = []
        for batch in batches {
            #expect(batch.segments.count == batch.scored.count)
            for segment in Set(batch.segments) {
                let places = batch.segments.indices.filter { batch.segments[$0] == segment }
                let unit = Set(
                    places.map { place in
                        batch.sequences[batch.scored[place].sequence][batch.scored[place].position]
                    })
                #expect(unit.count == 1 && Set(places.map { batch.scored[$0].sequence }).count == 2)
                seen += unit
            }
        }
        #expect(seen.sorted() == (0..<9).map { Int32($0) })
    }

    @Test func `lines of preferences are read, and what is wrong is named`() throws {
        func parse(_ text: String) throws -> [PreferencePair] {
            try PreferencePair.parse(lines: Array(text.utf8))
        }
        let good = #"{"prompt": "a", "chosen": "b", "rejected": "c", "more": 1}"#
        #expect(
            try parse("\n\(good)\r\n\n\(good)") == [
                PreferencePair(prompt: "a", chosen: "b", rejected: "c"),
                PreferencePair(prompt: "a", chosen: "b", rejected: "c"),
            ])
        for (text, expected) in [
            ("", PreferenceError.empty), (" \n\n", .empty),
            (good + "\n{}", .line(2, "has no text \"prompt\"")),
            (good.replacing("\"c\"", with: "\"b\""), .line(1, "prefers an answer to itself")),
            (good.replacing("\"c\"", with: "3"), .line(1, "has no text \"rejected\"")),
        ] { #expect(throws: expected) { try parse(text) } }
        #expect(throws: PreferenceError.self) { try parse("[") }
        let long = "{\"prompt\": \"" + String(repeating: "a", count: PreferencePair.lineBytesMax)
        #expect(throws: PreferenceError.line(1, "is too long")) { try parse(long) }
    }

    @Test func `pairs that do not fit are passed over, and none that fit is an error`() throws {
        let weights = try TestWorld.pupil(on: Engine(threads: 1), steps: 1)
        #expect(try training(weights).pairCount == 60)
        #expect(throws: PreferenceError.nothingFits(tokenMax: 5)) {
            try training(weights) { $0.tokenMax = 5 }
        }
    }
}
