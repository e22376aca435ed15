import Keys

// What comes in is foreign. Cheap checks come first, and a peer's quota before any: a flood costs counting.
extension GameManager {
    /// Takes the usable rollouts of others into a round.
    func receive(into round: inout OpenRound, _ refused: inout [String: Int]) {
        let before = round.judged
        var fresh: [(sender: String, rollout: Rollout, id: RolloutID)] = []
        for item in withinQuota(swarm.received(ofRound: round.number, for: peer), &round, &refused) {
            let id = item.rollout.id
            guard !before.contains(id) else { continue }
            round.judged.insert(id)
            do throws(RolloutError) {
                guard item.rollout.peer != peer else { throw .badName }
                guard item.rollout.peer == item.sender else { throw .otherSender }
                try trainer.rule.check(item.rollout, round: round.number)
                fresh.append((item.sender, item.rollout, id))
            } catch { refused[error.kind, default: 0] += 1 }
        }
        // Parents come before children; a stage that is not played yet waits.
        for stage in game.stages.indices where stage <= round.stage {
            for item in fresh where item.rollout.stage == stage {
                do throws(RolloutError) {
                    try take(item.rollout, item.id, into: &round)
                } catch { refused[error.kind, default: 0] += 1 }
            }
        }
        for item in fresh where item.rollout.stage > round.stage {
            if item.rollout.stage < game.stages.count {
                round.judged.remove(item.id)
            } else {
                refused[RolloutError.wrongTurn.kind, default: 0] += 1
            }
        }
    }

    /// The first rollouts of each sender, as many as a peer may need, and of all together.
    private func withinQuota(
        _ items: [Received], _ round: inout OpenRound, _ refused: inout [String: Int]
    ) -> [Received] {
        let quota = round.tasks.count * game.movesMax * Defence.quotaFactor + Defence.quotaSpare
        var counts: [String: Int] = [:], kept: [Received] = [], over = 0
        for item in items {
            let count = counts[item.sender, default: 0]
            counts[item.sender] = count + 1
            if count < quota, kept.count < Self.externalCountMax { kept.append(item) } else { over += 1 }
        }
        if over > round.overQuotaCount {
            refused[RolloutError.overQuota.kind, default: 0] += over - round.overQuotaCount
            round.overQuotaCount = over
        }
        return kept
    }

    /// Makes the prompt of a rollout again and gives it its place.
    func take(
        _ rollout: Rollout, _ id: RolloutID, into round: inout OpenRound
    ) throws(RolloutError) {
        let claim = try claimed(rollout, &round), task = claim.task
        let chosen = claim.place.map { OpenRound.ChosenPlace(peer: rollout.peer, place: $0) }
        if let chosen, let other = round.chosen[chosen], other != task.id { throw .notAssigned(task.id) }
        let place = OpenRound.Place(
            peer: rollout.peer, task: task.id, stage: rollout.stage, turn: rollout.turn)
        guard !round.taken.contains(place) else { throw .repeated(task.id) }
        let name = OpenRound.TreeName(owner: owner(rollout.peer), task: task.id)
        var tree = round.tree(name, of: task)
        let prompt = try prompt(of: rollout, to: task, in: tree)
        let node = GameNode(id: id, rollout: rollout, prompt: prompt)
        do throws(GameTreeError) { try tree.insert(node) } catch { throw RolloutError(error, task.id) }
        round.taken.insert(place)
        if let chosen { round.chosen[chosen] = task.id }
        round.trees[name] = tree
        round.external.append(.init(tree: name, node: node))
    }

    /// What a rollout answers, made again from what its sender saw.
    func prompt(
        of rollout: Rollout, to task: RoundTask, in tree: GameTree
    ) throws(RolloutError) -> [Int32] {
        let view: GameTree
        do throws(GameTreeError) {
            view = try tree.view(of: rollout.parents)
        } catch { throw RolloutError(error, task.id) }
        guard view.nodes.allSatisfy({ $0.stage < rollout.stage }) else { throw .wrongTurn }
        let turns = game.turns(of: rollout.peer, stage: rollout.stage, seeing: view)
        guard rollout.turn < turns.count,
            let prompt = game.prompt(of: turns[rollout.turn], for: task, codec: trainer.rule.codec)
        else { throw .wrongTurn }
        return prompt
    }

    /// The task, if the peer was given it or may choose it.
    private func claimed(
        _ rollout: Rollout, _ round: inout OpenRound
    ) throws(RolloutError) -> OpenRound.Assigned {
        let owner = owner(rollout.peer), choice = data.choice
        let part = choice == nil ? nil : rollout.task.part
        // Names of parts are the sender's words: those that are none take no memory.
        if let choice, !choice.parts.contains(where: { $0.name == part }) {
            throw .notAssigned(rollout.task)
        }
        let assignment = OpenRound.Assignment(owner: owner, part: part)
        if round.assigned[assignment] == nil {
            do throws(TaskError) {
                round.assigned[assignment] = try tasks(assignment, round: round.number)
            } catch { throw .notAssigned(rollout.task) }
        }
        guard let assigned = round.assigned[assignment]?[rollout.task] else {
            throw .notAssigned(rollout.task)
        }
        return assigned
    }

    /// The tasks of an owner in a round; of one part, with their places, where it chooses.
    private func tasks(
        _ assignment: OpenRound.Assignment, round number: Int
    ) throws(TaskError) -> [TaskID: OpenRound.Assigned] {
        var tasks: [TaskID: OpenRound.Assigned] = [:]
        guard let part = assignment.part, let choice = data.choice else {
            for task in try data.tasks(of: assignment.owner, round: number) where tasks[task.id] == nil {
                tasks[task.id] = .init(task: task)
            }
            return tasks
        }
        for place in 0..<choice.places {
            let task = try data.task(of: assignment.owner, round: number, place: place, part: part)
            if tasks[task.id] == nil { tasks[task.id] = .init(task: task, place: place) }
        }
        return tasks
    }

    /// The peers whose claims are not believed, after some of their answers were scored again.
    func audited(_ suspects: [String], among groups: [ScoredRollout]) throws -> Set<String> {
        guard defence.audits > 0, !suspects.isEmpty else { return [] }
        var answers: [ClaimedAnswer] = [], owners: [String] = []
        for suspect in suspects {
            let theirs = groups.filter { $0.rollout.peer == suspect }.flatMap { group in
                group.rollout.completions.map { completion in
                    ClaimedAnswer(
                        prompt: group.task.prompt, tokens: completion.tokens,
                        claimed: completion.logProbabilities)
                }
            }
            var random = CounterRandom(
                key: seed ^ 0x4155_4449, stream: CounterRandom.number(for: "\(peer)/\(suspect)/\(round)"))
            for pick in random.choose(defence.audits, of: theirs.count) {
                answers.append(theirs[pick])
                owners.append(suspect)
            }
        }
        guard let scores = try trainer.score(answers) else { return [] }
        var evidence: [String: Double] = [:]
        for (owner, (answer, own)) in zip(owners, zip(answers, scores)) {
            evidence[owner, default: 0] += answer.evidence(own)
        }
        return Set(evidence.filter { !($0.value < defence.evidenceMax) }.keys)
    }
}

extension RolloutError {
    /// What a tree has against a move, as a fault of the rollout.
    init(_ error: GameTreeError, _ task: TaskID) {
        switch error {
        case .missingParent: self = .missingParent
        case .wrongOrder: self = .wrongTurn
        case .repeated: self = .repeated(task)
        case .full: self = .overQuota
        }
    }
}
