import Bytes
import Foundation
import GenRL
import Keys
import Neural
import Tensor
import Testing

@testable import Swarm

/// A run that is stopped between any two phases, by whatever, ends as one that was not.
@Suite struct ResumeTests {
    /// What a run may play.
    enum Case: String, CaseIterable {
        case plain, window, adaptive, maths, mathsWithWindow

        var isMaths: Bool { self == .maths || self == .mathsWithWindow }
    }

    private static let digits = TextCodec.characters("0123456789")
    /// Whole lines as tokens: weights that were never taught say something that is paid now and then.
    private static let lines: TextCodec = {
        let lines =
            (1...9).map { "Answer: \($0)\n" } + ["Choice: None\n", "Choice: Student #1\n", "hm "]
        let encode: @Sendable (String) -> [Int32] = { text in
            text.unicodeScalars.suffix(60).map { 3 + Int32($0.value % UInt32(lines.count)) }
        }
        return TextCodec(
            vocabulary: lines.count + 3, stopTokens: [0], prompt: { encode($0) + [1] }, answer: encode,
            text: { tokens in tokens.filter { $0 >= 3 }.map { lines[Int($0) - 3] }.joined() })
    }()

    private func codec(_ kind: Case) -> TextCodec {
        kind.isMaths ? Self.lines : Self.digits
    }

    private func config(_ kind: Case) -> SwarmConfig {
        let isMaths = kind.isMaths
        var grpo = GRPOConfig(rate: 3e-3)
        grpo.answersPerTask = 4
        grpo.newTokenMax = 3
        grpo.optimizer.warmup = 2
        func digits(_ count: Int) -> EnvironmentMix.Part {
            EnvironmentMix.Part(
                "sort_digits", name: "\(count) digits",
                configuration: .members([("min_digits", .int(count)), ("max_digits", .int(count))]))
        }
        let parts =
            isMaths
            ? [EnvironmentMix.Part("word_problems")]
            : kind == .adaptive ? [digits(1), digits(2), digits(3)] : [digits(2)]
        var config = SwarmConfig(mix: EnvironmentMix(parts, seed: 3), grpo: grpo)
        config.mix.isAdaptive = kind == .adaptive
        config.nodes = 3
        config.tasksPerRound = isMaths ? 1 : 3
        // Fewer than there are, so that some are left for later and nodes part.
        config.external = isMaths ? 2 : 4
        config.defence.audits = 2
        config.defence.staleness = kind == .window ? 2 : kind == .plain || kind == .maths ? 0 : 1
        config.play = isMaths ? .maths(.fixed) : .questions
        return config
    }

    private func start(_ kind: Case) throws -> Weights {
        let shape = Transformer(
            TransformerConfig(
                vocabulary: codec(kind).vocabulary, width: 16, feedForward: 32, layers: 1, heads: 1))
        guard !kind.isMaths else {
            return Weights(shape, seed: 5, on: Engine(threads: 1))
        }
        var lessons = SupervisedConfig(steps: 40, rate: 1e-2)
        lessons.batch = 32
        let training = try SupervisedTraining(
            shape, codec: codec(kind), plan: .init(config(kind).mix), config: lessons, on: Engine(threads: 1))
        while !training.isDone { _ = try training.advance() }
        return training.learner.weights
    }

    private func run(_ kind: Case, _ start: Weights, cores: Int = 2) throws -> SwarmRun {
        try SwarmRun(config(kind), start: start, codec: codec(kind), cores: cores)
    }

    /// Names the weights and rewards of a run.
    private func hash(_ run: SwarmRun) -> Digest {
        var hasher = SHA256Hasher()
        for node in 0..<run.config.nodes {
            for (name, tensor) in run.weights(ofNode: node).tensors.sorted(by: { $0.key < $1.key }) {
                hasher.update(name)
                for number in tensor.floats { hasher.update(UInt64(number.bitPattern)) }
            }
        }
        for reward in run.rewards { hasher.update(UInt64(reward.bitPattern)) }
        return hasher.finalize()
    }

    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("resume-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private static let rounds = 4

    @Test(arguments: Case.allCases)
    func `a run that is stopped after every phase ends with the bits of one that never was`(
        kind: Case
    ) throws {
        let start = try start(kind)
        let whole = try run(kind, start)
        var reports: [RoundReport] = []
        _ = try whole.run(.init(rounds: Self.rounds)) { round in
            reports += round.reports
            return true
        }
        #expect(reports.contains { $0.externalCount > 0 && $0.loss != nil })
        try inFolder { folder in
            var phases = 0, told: [RoundReport] = []
            while true {
                // Nothing but the folder outlives a phase; cores change from one to the next.
                let part = try run(kind, start, cores: 1 + phases % 3)
                #expect(try part.resume(from: folder) == (phases > 0))
                guard part.round < Self.rounds else {
                    #expect(hash(part) == hash(whole))
                    break
                }
                told += try part.advance()?.reports ?? []
                try part.keep(in: folder)
                phases += 1
                let entries = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                let name = "round-\(part.round)" + (part.phase > 0 ? "-phase-\(part.phase)" : "")
                #expect(entries == ["latest", name])
            }
            let stages = config(kind).play == .questions ? 1 : 3
            let ahead = config(kind).defence.staleness * stages
            #expect(phases == Self.rounds * (stages + 1) + ahead)
            #expect(told == reports)
        }
    }

    @Test(arguments: Case.allCases)
    func `a run that goes on after any one phase ends with the same bits`(kind: Case) throws {
        let start = try start(kind)
        let whole = try run(kind, start)
        _ = try whole.run(.init(rounds: 3))
        let walk = try run(kind, start)
        while walk.round < 2 || walk.phase < 1 {
            _ = try walk.advance()
            try inFolder { folder in
                try walk.keep(in: folder)
                let rest = try run(kind, start)
                #expect(try rest.resume(from: folder))
                #expect(rest.round == walk.round && rest.phase == walk.phase)
                _ = try rest.run(.init(rounds: 3))
                #expect(hash(rest) == hash(whole), "after phase \(walk.phase) of round \(walk.round)")
            }
        }
    }

    @Test func `a run keeps its phases where it is asked to`() throws {
        let start = try start(.maths)
        struct Stop: Error {}
        try inFolder { folder in
            // An observer that fails in the second round leaves the last phase of that round.
            let cut = try run(.maths, start)
            #expect(throws: Stop.self) {
                try cut.run(.init(rounds: 5), keepingIn: folder, every: 2, keepsPhases: true) { round in
                    if round.round == 2 { throw Stop() }
                    return true
                }
            }
            let rest = try run(.maths, start)
            #expect(try rest.resume(from: folder))
            #expect(rest.round == 2 && rest.phase == 3)
            let whole = try run(.maths, start)
            _ = try whole.run(.init(rounds: 4))
            _ = try rest.run(.init(rounds: 4))
            #expect(hash(rest) == hash(whole))
        }
    }

    @Test func `what a crash leaves of a checkpoint that was being kept is ignored`() throws {
        let start = try start(.window), files = FileManager.default
        try inFolder { folder in
            let first = try run(.window, start)
            for _ in 0..<5 { _ = try first.advance() }
            try first.keep(in: folder)
            let kept = try #require(try files.contentsOfDirectory(atPath: folder.path).sorted().last)
            // The next moment: one node whole, one cut short, one not begun; `latest` not yet replaced.
            let half = folder.appendingPathComponent("round-\(first.round)-phase-\(first.phase + 1)")
            try files.createDirectory(at: half, withIntermediateDirectories: false)
            let bytes = try Data(contentsOf: folder.appendingPathComponent("\(kept)/node-0.checkpoint"))
            try bytes.write(to: half.appendingPathComponent("node-0.checkpoint"))
            try bytes.prefix(bytes.count / 2)
                .write(to: half.appendingPathComponent("node-1.checkpoint.1.2.partial"))
            try Data("round-9".utf8).write(to: folder.appendingPathComponent("latest.1.2.partial"))

            let whole = try run(.window, start)
            _ = try whole.run(.init(rounds: 4))
            let rest = try run(.window, start)
            #expect(try rest.resume(from: folder))
            #expect(rest.round == first.round && rest.phase == first.phase)
            _ = try rest.run(.init(rounds: 4), keepingIn: folder, every: 1)
            #expect(hash(rest) == hash(whole))
            #expect(!files.fileExists(atPath: half.path))
        }
    }

    @Test func `files that are damaged or do not belong together are refused`() throws {
        let start = try start(.window), files = FileManager.default
        try inFolder { folder in
            let first = try run(.window, start)
            for _ in 0..<5 { _ = try first.advance() }
            try first.keep(in: folder)
            let moment = folder.appendingPathComponent(
                "round-\(first.round)" + (first.phase > 0 ? "-phase-\(first.phase)" : ""))
            let zero = moment.appendingPathComponent("node-0.checkpoint")
            let one = moment.appendingPathComponent("node-1.checkpoint")
            let bytes = try Data(contentsOf: zero), other = try Data(contentsOf: one)
            func isRefused() throws -> Bool {
                let rest = try run(.window, start)
                do {
                    _ = try rest.resume(from: folder)
                    return false
                } catch is RunCheckpointError { return true }
            }
            #expect(try !isRefused())
            // Another node's moves.
            try other.write(to: zero)
            #expect(try isRefused())
            try bytes.prefix(bytes.count - 64).write(to: zero)
            #expect(try isRefused())
            try files.removeItem(at: zero)
            #expect(try isRefused())
            // Nodes of different moments.
            _ = try first.advance()
            try bytes.write(to: zero)
            try inFolder { later in
                try first.keep(in: later)
                let name = try #require(try files.contentsOfDirectory(atPath: later.path).sorted().last)
                try files.removeItem(at: one)
                try files.copyItem(
                    at: later.appendingPathComponent("\(name)/node-1.checkpoint"), to: one)
                #expect(try isRefused())
            }
        }
    }

    @Test func `a simulated run says that it is not kept`() throws {
        let simulated = try SwarmRun(
            config(.plain), start: try start(.plain), codec: Self.digits, simulation: Simulation())
        _ = try simulated.play()
        try inFolder { folder in
            let error = #expect(throws: RunCheckpointError.self) { try simulated.keep(in: folder) }
            #expect(error?.description.contains("simulated network") == true)
            #expect(!FileManager.default.fileExists(atPath: folder.path))
        }
    }
}
