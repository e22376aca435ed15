import CodeZero
public import Foundation
import GenRL
import Keys

extension CodeZeroRun {
    /// Keeps the run in a file; a crash leaves the one before it whole.
    public func keep(in file: URL) throws {
        var kept = RunCheckpoint(identity: identity, counters: [:], tensors: [:])
        kept.counters["round"] = round
        kept.series["reward"] = rewards
        kept.add(RunCheckpoint(of: solver.learner, identity: identity), as: "solver")
        if let proposer {
            kept.add(RunCheckpoint(of: proposer.learner, identity: identity), as: "proposer")
        }
        for (index, student) in students.enumerated() {
            kept.add(
                RunCheckpoint(of: student.model.learner, identity: identity), as: "evaluator/\(index)")
        }
        keepGame(in: &kept)
        for (place, measurement) in measurements.enumerated() {
            kept.add(measurement.kept, as: "measurement/\(place)")
        }
        kept.counters["measurements"] = measurements.count
        try CheckpointFile.save(kept, to: file)
    }

    private func keepGame(in kept: inout RunCheckpoint) {
        kept.counters["level"] = game.difficulty.level
        kept.series["attempts"] = game.difficulty.attempts.map { $0 ? 1 : 0 }
        kept.counters["proposals"] = game.pool.count
        kept.blobs["fingerprints"] = game.pool.fingerprints.flatMap(\.bytes)
        kept.counters["voted"] = game.voted.count
        kept.counters["voted right"] = game.voted.right
        kept.counters["silent"] = game.silent.count
        for (name, calibration) in game.calibration {
            for (place, number) in calibration.numbers.enumerated() {
                kept.add(number, as: "calibration/\(name)/\(place)")
            }
        }
    }

    /// Goes on where the run in `file` left off; false if there is none.
    public func resume(from file: URL) throws -> Bool {
        guard let kept = try CheckpointFile.load(file) else { return false }
        try kept.require(identity: identity)
        guard let rewards = kept.series["reward"], rewards.count == (try kept.counter("round")) else {
            throw RunCheckpointError.missing("reward of every round")
        }
        let measurements = try (0..<min(try kept.counter("measurements"), rewards.count + 1)).map { place in
            try CodeZeroMeasurement(kept.part("measurement/\(place)"))
        }
        let resumed = try Self.resumed(game, from: kept)
        try kept.part("solver").restore(solver.learner)
        if let proposer { try kept.part("proposer").restore(proposer.learner) }
        for (index, student) in students.enumerated() {
            try kept.part("evaluator/\(index)").restore(student.model.learner)
        }
        game = resumed
        self.rewards = rewards
        self.measurements = measurements
        return true
    }

    private static func resumed(
        _ game: CodeZeroGame, from kept: RunCheckpoint
    ) throws(RunCheckpointError) -> CodeZeroGame {
        guard let attempts = kept.series["attempts"], let bytes = kept.blobs["fingerprints"],
            bytes.count % Digest.byteCount == 0
        else { throw .missing("state of the game") }
        let fingerprints = stride(from: 0, to: bytes.count, by: Digest.byteCount).compactMap { start in
            Digest(bytes: Array(bytes[start..<start + Digest.byteCount]))
        }
        var calibration: [String: JudgeCalibration] = [:]
        for evaluator in game.evaluators {
            let part = kept.part("calibration/\(evaluator.name)")
            guard !part.counters.isEmpty else { continue }
            var numbers: [Double] = []
            for place in 0..<part.counters.count { numbers.append(try part.number("\(place)")) }
            guard let known = JudgeCalibration(numbers: numbers) else {
                throw .missing("calibration of \(evaluator.name)")
            }
            calibration[evaluator.name] = known
        }
        var game = game
        game.resume(
            level: try kept.counter("level"), attempts: attempts.map { $0 == 1 },
            pool: ProposalPool(fingerprints: fingerprints, count: try kept.counter("proposals")),
            calibration: calibration,
            voted: (try kept.counter("voted"), try kept.counter("voted right")),
            silentCount: try kept.counter("silent"))
        return game
    }
}

extension CodeZeroMeasurement {
    fileprivate var kept: RunCheckpoint {
        var kept = RunCheckpoint(identity: "", counters: ["round": round], tensors: [:])
        kept.add(passRate, as: "pass")
        for (level, rate) in passByLevel { kept.add(rate, as: "level/\(level)") }
        for (name, rate) in accuracy { kept.add(rate, as: "accuracy/\(name)") }
        return kept
    }

    fileprivate init(_ kept: RunCheckpoint) throws(RunCheckpointError) {
        func share(_ name: String) throws(RunCheckpointError) -> Double {
            let value = try kept.number(name)
            guard (0...1).contains(value) else { throw .missing("share between 0 and 1") }
            return value
        }
        var byLevel: [Int: Double] = [:], accuracy: [String: Double] = [:]
        for name in kept.part("level").counters.keys {
            guard let level = Int(name) else { throw .missing("level") }
            byLevel[level] = try share("level/\(name)")
        }
        for name in kept.part("accuracy").counters.keys { accuracy[name] = try share("accuracy/\(name)") }
        self.init(
            round: try kept.counter("round"), passRate: try share("pass"),
            passByLevel: byLevel, accuracy: accuracy)
    }
}
