import Neural

/// What happened in one round of one node.
public struct RoundReport: Sendable, Equatable {
    /// The round, from 0.
    public var round: Int
    /// The mean reward of the node's own answers, before it learned from them.
    public var reward: Float
    /// The same by part of the mix.
    public var rewardByPart: [String: Float]
    /// Own and external rollouts it learned from.
    public var ownCount: Int, externalCount: Int
    /// Rollouts of others that were not used, by kind of fault.
    public var refused: [String: Int]
    /// The loss; nil where there was nothing to learn.
    public var loss: Float?
    /// The norm of the gradient before clipping.
    public var gradientNorm: Float?
    /// The objective's own numbers.
    public var metrics: [String: Float]
    /// Tokens of the node's own answers.
    public var tokenCount: Int
}

/// How well held-out tasks are answered.
public struct Evaluation: Sendable, Equatable {
    /// The mean reward.
    public var reward: Float
    /// The share of answers with a full reward.
    public var solved: Float
    /// The mean reward by part of the mix.
    public var rewardByPart: [String: Float]
}

/// The fourth of the four parts of a swarm: the order of a round.
///
///     tasks -> generate -> share   |   gather -> check -> rewards -> train -> next round
///             solve()              |                  learn()
///
/// The two halves are separate calls, because between them a round waits for the others.
public final class GameManager<Data: DataManager, Rewards: RewardManager, Player: Trainer> {
    /// The node's name.
    public let peer: String
    /// Where tasks come from.
    public let data: Data
    /// What answers are worth.
    public let rewards: Rewards
    /// The model.
    public let trainer: Player
    /// Where the others are.
    public let swarm: any Swarm
    /// What is learned from.
    public let policy: SharingPolicy
    /// How rewards become advantages.
    public let advantageScale: AdvantageScale
    /// Key of the choice among rollouts.
    public let seed: UInt64
    /// The round to be played next.
    public private(set) var round = 0

    private var solved: (tasks: [RoundTask], rollouts: [Rollout])?

    /// Rollouts of others that are looked at in a round.
    public static var externalCountMax: Int { 4096 }

    /// A game at round 0.
    public init(
        peer: String, data: Data, rewards: Rewards, trainer: Player, swarm: any Swarm,
        policy: SharingPolicy, advantageScale: AdvantageScale = .groupDeviation, seed: UInt64
    ) {
        self.peer = peer
        self.data = data
        self.rewards = rewards
        self.trainer = trainer
        self.swarm = swarm
        self.policy = policy
        self.advantageScale = advantageScale
        self.seed = seed
    }

    /// Goes on at a round, with a trainer that is where it was then.
    public func resume(atRound round: Int) {
        precondition(round >= 0 && solved == nil, "a run resumes between rounds")
        self.round = round
    }

    /// The first half of a round: answers the node's tasks and hands them out.
    public func solve() throws {
        let tasks = try data.tasks(of: peer, round: round)
        let model = trainer.model
        let answers = try trainer.generate(tasks, round: round)
        let rollouts = zip(tasks, answers).map { task, completions in
            Rollout(task: task.id, peer: peer, round: round, model: model, completions: completions)
        }
        solved = (tasks, rollouts)
        swarm.share(rollouts, of: peer, round: round)
    }

    /// The second half of a round: learns from own and foreign answers.
    public func learn() throws -> RoundReport {
        guard let (tasks, rollouts) = solved else {
            preconditionFailure("a round is solved before it is learned from")
        }
        let own = try zip(tasks, rollouts).map { try scored($0, $1) }
        var refused: [String: Int] = [:]
        let external = try gathered(&refused).filter { !$0.advantages.isEmpty }
        let useful = own.filter { !$0.advantages.isEmpty }
        let choice = policy.choose(
            ownCount: useful.count, externalCount: external.count, seed: seed, peer: peer, round: round)
        let groups = Self.ordered(choice.own.map { useful[$0] } + choice.external.map { external[$0] })
        let step = try trainer.train(groups, round: round)
        defer {
            round += 1
            solved = nil
        }
        let (reward, byPart) = Self.means(
            own.flatMap { group in group.rewards.map { (group.task.id.part, $0) } })
        return RoundReport(
            round: round, reward: reward, rewardByPart: byPart, ownCount: choice.own.count,
            externalCount: choice.external.count, refused: refused, loss: step?.loss,
            gradientNorm: step?.gradientNorm, metrics: step?.metrics ?? [:],
            tokenCount: rollouts.reduce(0) { $0 + $1.completions.reduce(0) { $0 + $1.tokens.count } })
    }

    /// A whole round.
    public func play() throws -> RoundReport {
        try solve()
        return try learn()
    }

    /// Answers held-out tasks; learns nothing.
    public func evaluate(_ count: Int, greedily: Bool) throws -> Evaluation {
        let tasks = try data.heldOut(count)
        let scores = try zip(tasks, try trainer.answer(tasks, greedily: greedily)).map { task, text in
            (task.id.part, try rewards.reward(text, for: task))
        }
        let (reward, byPart) = Self.means(scores)
        let solved = Float(scores.count { $0.1 >= 1 }) / Float(max(1, scores.count))
        return Evaluation(reward: reward, solved: solved, rewardByPart: byPart)
    }

    /// Rewards computed here, whatever the sender thinks; no advantages where they are all equal.
    private func scored(_ task: RoundTask, _ rollout: Rollout) throws -> ScoredRollout {
        let rewards = try rollout.completions.map { try self.rewards.reward($0.text, for: task) }
        return ScoredRollout(
            task: task, rollout: rollout, rewards: rewards,
            advantages: Advantages.of(rewards, scale: advantageScale) ?? [])
    }

    /// The usable rollouts of others, in the order of peer and task names.
    private func gathered(_ refused: inout [String: Int]) throws -> [ScoredRollout] {
        guard policy.external > 0 || policy.strategy == .all else { return [] }
        var assigned: [String: [TaskID: RoundTask]] = [:]
        var answered: [String: Set<TaskID>] = [:]
        var known: [(RoundTask, Rollout)] = []
        for rollout in swarm.rollouts(ofRound: round, for: peer).prefix(Self.externalCountMax) {
            do throws(RolloutError) {
                guard rollout.peer != peer else { throw .badName }
                try trainer.rule.check(rollout, round: round)
                let task = try claimed(rollout, &assigned)
                guard answered[rollout.peer, default: []].insert(task.id).inserted else {
                    throw .repeated(task.id)
                }
                known.append((task, rollout))
            } catch { refused[error.kind, default: 0] += 1 }
        }
        return Self.ordered(try known.map { try scored($0.0, $0.1) })
    }

    /// By peer and task names, own ones among the others: nodes that learn from the same rollouts take
    /// the same step, to the last bit.
    private static func ordered(_ groups: [ScoredRollout]) -> [ScoredRollout] {
        groups.enumerated().sorted { a, b in
            let (peerA, peerB) = (a.element.rollout.peer, b.element.rollout.peer)
            if peerA != peerB { return peerA < peerB }
            let (taskA, taskB) = (a.element.task.id, b.element.task.id)
            return taskA != taskB ? taskA < taskB : a.offset < b.offset
        }.map(\.element)
    }

    /// The task, if the peer was given it.
    private func claimed(
        _ rollout: Rollout, _ assigned: inout [String: [TaskID: RoundTask]]
    ) throws(RolloutError) -> RoundTask {
        if assigned[rollout.peer] == nil {
            do throws(TaskError) {
                let tasks = try data.tasks(of: rollout.peer, round: round)
                assigned[rollout.peer] = Dictionary(tasks.map { ($0.id, $0) }) { first, _ in first }
            } catch { throw .notAssigned(rollout.task) }
        }
        guard let task = assigned[rollout.peer]?[rollout.task] else { throw .notAssigned(rollout.task) }
        return task
    }

    private static func means(_ scores: [(part: String, reward: Float)]) -> (Float, [String: Float]) {
        func mean(_ rewards: [Float]) -> Float {
            rewards.isEmpty ? 0 : Float(rewards.reduce(0.0) { $0 + Double($1) } / Double(rewards.count))
        }
        let parts = Dictionary(grouping: scores, by: \.part)
        return (mean(scores.map(\.reward)), parts.mapValues { mean($0.map(\.reward)) })
    }
}
