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

    func checkpoint(identity: String) -> RunCheckpoint {
        var checkpoint = RunCheckpoint(of: game.trainer.learner, identity: identity)
        checkpoint.counters["round"] = game.round
        checkpoint.series["reward"] = rewards
        return checkpoint
    }

    func restore(_ checkpoint: RunCheckpoint, identity: String) throws(RunCheckpointError) {
        try checkpoint.require(identity: identity)
        let round = try checkpoint.counter("round")
        guard let rewards = checkpoint.series["reward"], rewards.count == round else {
            throw .missing("reward of every round")
        }
        try checkpoint.restore(game.trainer.learner)
        game.resume(atRound: round)
        self.rewards = rewards
    }
}
