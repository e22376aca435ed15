import Neural

/// The fourth of the four parts of a swarm: the order of a round.
///
///     tasks -> generate -> share   |   gather -> check -> rewards -> train -> next round
///       solve(), stage by stage    |                  learn()
///
/// The halves are separate calls, because between them a round waits for the others. With a staleness
/// window nobody waits: answering runs ahead of learning, and what arrives late is learned from later.
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
    /// What is played.
    public let game: Game
    /// What is learned from.
    public let policy: SharingPolicy
    /// What others are allowed, and how they are checked.
    public let defence: Defence
    /// How rewards become advantages.
    public let advantageScale: AdvantageScale
    /// Key of the choice among rollouts.
    public let seed: UInt64
    /// The round to be learned from next.
    public internal(set) var round = 0

    /// Rounds that are being played, oldest first, and learned ones that are young enough for latecomers.
    var open: [OpenRound] = []
    var past: [OpenRound] = []
    /// Faults found before the round that is learned from next.
    var carried: [String: Int] = [:]
    /// What was solved so far, where the node chooses its tasks.
    public internal(set) var curriculum = Curriculum()

    /// Rollouts of others that are looked at in a round.
    public static var externalCountMax: Int { 4096 }

    /// A game at round 0; every peer answers its own questions unless another game is given.
    public init(
        peer: String, data: Data, rewards: Rewards, trainer: Player, swarm: any Swarm,
        policy: SharingPolicy, advantageScale: AdvantageScale = .groupDeviation, seed: UInt64,
        game: Game? = nil, defence: Defence = Defence()
    ) {
        precondition((0...Defence.stalenessMax).contains(defence.staleness), "a window of rounds")
        let game = game ?? .questions(rewards)
        precondition(data.choice == nil || game.assignment == .own, "common tasks are nobody's to choose")
        self.peer = peer
        self.data = data
        self.rewards = rewards
        self.trainer = trainer
        self.swarm = swarm
        self.policy = policy
        self.advantageScale = advantageScale
        self.seed = seed
        self.game = game
        self.defence = defence
    }

    /// Whether another stage can be answered before a round is learned from.
    public var canSolve: Bool {
        guard let last = open.last, last.stage == game.stages.count else { return true }
        return open.count <= defence.staleness
    }

    /// Answers the next stage: of the round that was begun last, or the first of another. The first half of
    /// a round is as many calls as the game has stages.
    public func solve() throws {
        precondition(canSolve, "rounds are learned from before more are begun")
        if open.last.map({ $0.stage == game.stages.count }) ?? true {
            let number = round + open.count
            open.append(OpenRound(number: number, tasks: try tasks(ofRound: number)))
        }
        let last = open.count - 1
        if open[last].stage > 0 {
            // What is wrong with it is counted when the round is learned from, or never arrives again.
            var refused: [String: Int] = [:]
            receive(into: &open[last], &refused)
            merge(refused)
        }
        let (moves, prompts) = turns(of: open[last])
        let stage = open[last].stage, number = open[last].number, model = trainer.model
        // Each stage draws from streams of its own.
        let answers =
            prompts.isEmpty
            ? [] : try trainer.generate(prompts, round: number * game.stages.count + stage)
        for (move, (prompt, completions)) in zip(moves, zip(prompts, answers)) {
            let rollout = Rollout(
                task: prompt.id, peer: peer, round: number, model: model, stage: stage,
                turn: move.turn, parents: move.parents, completions: completions)
            add(rollout, prompt.prompt, asking: prompt, to: &open[last])
        }
        open[last].stage += 1
        swarm.share(open[last].own.map(\.node.rollout), of: peer, round: number)
    }

    /// The second half of a round: learns from own and foreign answers.
    public func learn() throws -> RoundReport {
        guard !open.isEmpty, open[0].stage == game.stages.count else {
            preconditionFailure("a round is solved before it is learned from")
        }
        var refused = carried
        carried = [:]
        var own: [ScoredRollout] = [], scores: [(part: String, stage: String, reward: Float)] = []
        receiveAll(&refused)
        for move in open[0].own {
            let scored = try scored(move, in: open[0])
            own.append(scored)
            let stage = game.stages[move.node.stage].name
            scores += scored.rewards.map { (part: scored.task.id.part, stage: stage, reward: $0) }
        }
        let (chosen, choice) = try choose(own, &refused)
        let step = try trainer.train(Self.ordered(chosen), round: round * game.stages.count)
        for group in own { observe(group) }
        let parts = Dictionary(grouping: open[0].tasks, by: \.id.part).mapValues(\.count)
        let tokenCount = open[0].own.reduce(0) { $0 + $1.node.rollout.tokenCount }
        close()
        let (reward, byPart) = MeanReward.of(scores.map { (name: $0.part, reward: $0.reward) })
        return RoundReport(
            round: round - 1, reward: reward, rewardByPart: byPart, tasksByPart: parts,
            rewardByStage: MeanReward.of(scores.map { (name: $0.stage, reward: $0.reward) })
                .byName,
            ownCount: choice.own, externalCount: choice.external, refused: refused, loss: step?.loss,
            gradientNorm: step?.gradientNorm, metrics: step?.metrics ?? [:], tokenCount: tokenCount,
            learnedTokenCount: chosen.reduce(0) { $0 + $1.rollout.tokenCount })
    }

    /// A whole round.
    public func play() throws -> RoundReport {
        for _ in game.stages { try solve() }
        return try learn()
    }

    /// Answers held-out tasks; learns nothing.
    public func evaluate(_ count: Int, greedily: Bool) throws -> Evaluation {
        let samples = try samples(count, greedily: greedily)
        let (reward, byPart) = MeanReward.of(samples.map { (name: $0.task.id.part, reward: $0.reward) })
        let solved = Float(samples.count { $0.reward >= 1 }) / Float(max(1, samples.count))
        return Evaluation(reward: reward, solved: solved, rewardByPart: byPart)
    }

    /// Answers to held-out tasks and their rewards; learns nothing.
    public func samples(_ count: Int, greedily: Bool) throws -> [Sample] {
        let asked = try data.heldOut(count).map(firstPrompt)
        let texts = try trainer.answer(asked.map(\.task), greedily: greedily)
        return try zip(asked, texts).map { asked, text in
            Sample(task: asked.task, text: text, reward: try reward(text, for: asked.task, in: asked.stage))
        }
    }

    /// A task as the game's first solvers are asked it, and their stage; as it is where none is.
    private func firstPrompt(_ task: RoundTask) -> (task: RoundTask, stage: Int?) {
        let tree = GameTree(task: task)
        for (index, stage) in game.stages.enumerated() where stage.role == .solver {
            guard let turn = game.turns(of: peer, stage: index, seeing: tree).first,
                let prompt = game.prompt(of: turn, for: task, codec: trainer.rule.codec)
            else { continue }
            return (RoundTask(id: task.id, entry: task.entry, prompt: prompt), index)
        }
        return (task, nil)
    }

    /// What a single answer is worth, where nobody else says anything.
    private func reward(_ text: String, for task: RoundTask, in stage: Int?) throws -> Float {
        guard let stage else { return try rewards.reward(text, for: task) }
        let answer = Completion(tokens: [], text: text, logProbabilities: [])
        let rollout = Rollout(
            task: task.id, peer: peer, round: round, model: trainer.model, stage: stage,
            completions: [answer])
        let node = GameNode(id: rollout.id, rollout: rollout, prompt: task.prompt)
        return try game.stages[stage].rewards(node, GameTree(task: task))[0]
    }

    private func merge(_ refused: [String: Int]) { carried.merge(refused, uniquingKeysWith: +) }

    // MARK: Own moves

    /// The node's tasks in a round, of the parts that it chooses where it may.
    private func tasks(ofRound number: Int) throws(TaskError) -> [RoundTask] {
        guard let choice = data.choice else { return try data.tasks(of: owner(peer), round: number) }
        var random = CounterRandom(
            key: seed ^ 0x4355_5252, stream: CounterRandom.number(for: "\(peer)/\(number)"))
        var tasks: [RoundTask] = []
        for (place, part) in curriculum.choose(choice.places, of: choice.parts, &random).enumerated() {
            tasks.append(try data.task(of: peer, round: number, place: place, part: part))
        }
        return tasks
    }

    /// Lets the curriculum see how a task of the node's own was answered.
    private func observe(_ group: ScoredRollout) {
        guard data.choice != nil, game.stages[group.rollout.stage].isLearned else { return }
        curriculum.observe(
            group.task.id.part, solved: group.rewards.count { $0 >= 1 }, of: group.rewards.count)
    }

    /// Whose tasks a peer plays.
    func owner(_ peer: String) -> String { game.assignment == .own ? peer : Self.everyone }

    /// Common tasks are those of a peer of this name, which none can have.
    static var everyone: String { "" }

    /// The prompts of the next stage.
    private func turns(
        of round: OpenRound
    ) -> (moves: [(turn: Int, parents: [RolloutID])], prompts: [RoundTask]) {
        var moves: [(turn: Int, parents: [RolloutID])] = [], prompts: [RoundTask] = []
        var asked: Set<TaskID> = []
        // A task that is drawn twice in a round is asked twice only where nothing is built on the answers.
        for task in round.tasks where game.stages.count == 1 || asked.insert(task.id).inserted {
            let view = round.tree(.init(owner: owner(peer), task: task.id), of: task)
                .before(stage: round.stage)
            let parents = view.nodes.map(\.id)
            let turns = game.turns(of: peer, stage: round.stage, seeing: view)
            for (position, turn) in turns.enumerated() {
                guard let prompt = game.prompt(of: turn, for: task, codec: trainer.rule.codec) else {
                    continue
                }
                moves.append((position, parents))
                prompts.append(RoundTask(id: task.id, entry: task.entry, prompt: prompt))
            }
        }
        return (moves, prompts)
    }

    /// Keeps a move of our own.
    func add(
        _ rollout: Rollout, _ prompt: [Int32], asking task: RoundTask, to round: inout OpenRound
    ) {
        let name = OpenRound.TreeName(owner: owner(peer), task: task.id)
        let node = GameNode(id: rollout.id, rollout: rollout, prompt: prompt)
        round.own.append(.init(tree: name, node: node))
        guard let root = round.tasks.first(where: { $0.id == task.id }) else { return }
        var tree = round.tree(name, of: root)
        do throws(GameTreeError) {
            try tree.insert(node)
            round.trees[name] = tree
        } catch {
            // A second answer to a task that was drawn twice stands beside the tree: it is learned from.
        }
    }

    // MARK: Moves of others

    /// Takes in what has arrived for the rounds of the window.
    private func receiveAll(_ refused: inout [String: Int]) {
        guard policy.isSharing else { return }
        for index in past.indices { receive(into: &past[index], &refused) }
        receive(into: &open[0], &refused)
    }

    /// Moves of others that have not been learned from, in the order of peer and task names.
    private func candidates() throws -> [ScoredRollout] {
        guard policy.isSharing else { return [] }
        let rounds = past + [open[0]]
        return Self.ordered(
            try rounds.flatMap { round in
                try round.external.filter { move in
                    game.stages[move.node.stage].isLearned && !round.learned.contains(move.node.id)
                }.map { try scored($0, in: round) }
            })
    }

    /// What is learned from; peers whose claims are not believed are left out.
    private func choose(
        _ own: [ScoredRollout], _ refused: inout [String: Int]
    ) throws -> (groups: [ScoredRollout], counts: (own: Int, external: Int)) {
        let own = own.filter { game.stages[$0.rollout.stage].isLearned }
        var external = try candidates(), cleared: Set<String> = []
        while true {
            let choice = policy.choose(
                own: own.map(candidate), external: external.map(candidate), seed: seed, peer: peer,
                round: round)
            let chosen = choice.external.map { external[$0] }
            let suspects = Set(chosen.map(\.rollout.peer)).subtracting(cleared)
            let guilty = try audited(suspects.sorted(), among: external)
            guard !guilty.isEmpty else {
                markLearned(chosen)
                return (choice.own.map { own[$0] } + chosen, (choice.own.count, chosen.count))
            }
            cleared.formUnion(suspects)
            let kept = external.filter { !guilty.contains($0.rollout.peer) }
            refused[RolloutError.implausible.kind, default: 0] += external.count - kept.count
            external = kept
        }
    }

    private func candidate(_ group: ScoredRollout) -> SharingPolicy.Candidate {
        let size = group.advantages.reduce(Float(0)) { $0 + abs($1) }
        return SharingPolicy.Candidate(
            peer: group.rollout.peer, part: group.task.id.part, age: round - group.rollout.round,
            distance: abs(trainer.model.step - group.rollout.model.step),
            strength: group.advantages.isEmpty ? 0 : size / Float(group.advantages.count))
    }

    private func markLearned(_ groups: [ScoredRollout]) {
        guard defence.staleness > 0 else { return }
        for group in groups {
            if group.rollout.round == round {
                open[0].learned.insert(group.rollout.id)
            } else if let index = past.firstIndex(where: { $0.number == group.rollout.round }) {
                past[index].learned.insert(group.rollout.id)
            }
        }
    }

    /// Ends the oldest open round.
    private func close() {
        past.append(open.removeFirst())
        past.removeFirst(max(0, past.count - defence.staleness))
        round += 1
    }

    /// Rewards computed here, whatever the sender thinks; no advantages where they are all equal.
    private func scored(_ move: OpenRound.Move, in round: OpenRound) throws -> ScoredRollout {
        let root = tree(of: move, in: round)
        let rewards = try game.stages[move.node.stage].rewards(move.node, root)
        precondition(rewards.count == move.node.rollout.completions.count, "a reward for each answer")
        let task = RoundTask(id: root.task.id, entry: root.task.entry, prompt: move.node.prompt)
        return ScoredRollout(
            task: task, rollout: move.node.rollout, rewards: rewards,
            advantages: Advantages.of(rewards, scale: advantageScale) ?? [])
    }

    private func tree(of move: OpenRound.Move, in round: OpenRound) -> GameTree {
        guard let tree = round.trees[move.tree] else { preconditionFailure("a move has its tree") }
        return tree
    }

    /// By peer and task names, own ones among the others: nodes that learn from the same rollouts take
    /// the same step, to the last bit.
    private static func ordered(_ groups: [ScoredRollout]) -> [ScoredRollout] {
        func place(_ rollout: Rollout) -> (Int, Int, Int) {
            (rollout.round, rollout.stage, rollout.turn)
        }
        return groups.enumerated().sorted { a, b in
            let (x, y) = (a.element.rollout, b.element.rollout)
            if x.peer != y.peer { return x.peer < y.peer }
            if x.task != y.task { return x.task < y.task }
            return place(x) != place(y) ? place(x) < place(y) : a.offset < b.offset
        }.map(\.element)
    }
}
