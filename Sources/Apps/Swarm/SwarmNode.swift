import GenRL
import Neural
import Tensor

/// One node: an engine, a model and its game.
// SAFETY: a node is used by one thread at a time; `ThreadCrew.run` waits for all threads between phases.
final class SwarmNode: @unchecked Sendable {
    typealias Manager = GameManager<GymDataManager, GymRewardManager, GRPOTrainer>

    let game: Manager
    /// Mean rewards of all rounds so far.
    var rewards: [Float] = []

    init(
        _ index: Int, _ config: SwarmConfig, start: Weights, family: String, data: GymDataManager,
        swarm: any Swarm, engine: Engine
    ) {
        let peer = SwarmConfig.peer(index)
        var grpo = config.grpo
        grpo.seed = CounterRandom.number(for: "\(config.seed)/\(peer)")
        let trainer = GRPOTrainer(
            start.copy(on: engine), family: family, codec: data.codec, config: grpo, on: engine)
        game = GameManager(
            peer: peer, data: data,
            rewards: GymRewardManager(data, reading: config.reading, paysParts: config.paysParts),
            trainer: trainer, swarm: swarm, policy: config.policy,
            advantageScale: grpo.advantageScale, seed: config.seed, game: config.play.game,
            defence: config.defence)
    }

    /// The node at rest, in a phase of its round.
    func checkpoint(identity: String, phase: Int) -> RunCheckpoint {
        var checkpoint = RunCheckpoint(of: game.trainer.learner, identity: identity)
        checkpoint.counters["round"] = game.round
        checkpoint.counters["phase"] = phase
        checkpoint.series["reward"] = rewards
        checkpoint.blobs["game"] = game.record.encoded
        return checkpoint
    }

    /// Goes on where a checkpoint left off; gives the phase.
    func restore(_ checkpoint: RunCheckpoint, identity: String) throws(RunCheckpointError) -> Int {
        try checkpoint.require(identity: identity)
        let round = try checkpoint.counter("round"), phase = try checkpoint.counter("phase")
        guard let rewards = checkpoint.series["reward"], rewards.count == round else {
            throw .missing("reward of every round")
        }
        guard let bytes = checkpoint.blobs["game"] else { throw .missing("game") }
        let record: GameRecord
        do throws(PayloadError) {
            record = try GameRecord(decoding: bytes)
        } catch { throw .malformed(reason: "its game: \(error)") }
        guard record.round == round else { throw .malformed(reason: "its game is at another round") }
        try checkpoint.restore(game.trainer.learner)
        try game.resume(from: record)
        self.rewards = rewards
        return phase
    }
}
