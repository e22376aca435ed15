// Rest and resume. What is kept is what cannot be made again: which moves there are, and what was thought of
// them. Everything else is made again by the code that made it first, so a record that does not fit the
// game is refused as a peer's rollout is.
extension GameManager {
    /// The game as it is between two calls.
    public var record: GameRecord {
        GameRecord(
            round: round, refused: carried, rates: curriculum.rates, rounds: (past + open).map(\.record))
    }

    /// Goes on where a record of the same game left off, with a trainer that is where it was then, and hands
    /// out again what others may not have gathered. The game is untouched if anything is wrong.
    public func resume(from record: GameRecord) throws(RunCheckpointError) {
        let pastCount = min(defence.staleness, record.round)
        let first = record.round - pastCount, last = record.rounds.count - 1
        guard (pastCount...(pastCount + defence.staleness + 1)).contains(record.rounds.count),
            record.rounds.enumerated().allSatisfy({ $1.number == first + $0 })
        else { throw .malformed(reason: "its rounds are not those of the window") }
        var rounds: [OpenRound] = []
        for (index, round) in record.rounds.enumerated() {
            let isWhole = round.stage == game.stages.count
            let isBegun = index == last && index >= pastCount && (1...game.stages.count).contains(round.stage)
            guard isWhole || isBegun else {
                throw .malformed(reason: "round \(round.number) is at stage \(round.stage)")
            }
            rounds.append(try restored(round))
        }
        round = record.round
        carried = record.refused
        curriculum.rates = record.rates
        past = Array(rounds.prefix(pastCount))
        open = Array(rounds.dropFirst(pastCount))
        for round in rounds {
            swarm.share(round.own.map(\.node.rollout), of: peer, round: round.number)
        }
    }

    /// A round with its trees, grown stage by stage as they grew first.
    private func restored(_ record: GameRecord.Round) throws(RunCheckpointError) -> OpenRound {
        var tasks: [RoundTask] = []
        do throws(TaskError) {
            for id in record.tasks { tasks.append(try data.task(id)) }
        } catch { throw .malformed(reason: "\(error)") }
        var round = OpenRound(number: record.number, tasks: tasks)
        round.stage = record.stage
        round.overQuotaCount = record.overQuotaCount
        round.judged = Set(record.judged)
        round.learned = Set(record.learned)
        do throws(RolloutError) {
            for stage in game.stages.indices {
                for rollout in record.own where rollout.stage == stage {
                    try putBack(rollout, into: &round)
                }
                for rollout in record.external where rollout.stage == stage {
                    guard rollout.peer != peer else { throw .badName }
                    try trainer.rule.check(rollout, round: record.number)
                    try take(rollout, rollout.id, into: &round)
                }
            }
        } catch { throw .malformed(reason: "a rollout of round \(record.number): \(error)") }
        let known = Set(round.external.map(\.node.id))
        guard round.own.count == record.own.count, round.external.count == record.external.count,
            known.isSubset(of: round.judged), round.learned.isSubset(of: known)
        else { throw .malformed(reason: "the rollouts of round \(record.number) do not fit together") }
        return round
    }

    /// Takes back a move of our own.
    private func putBack(_ rollout: Rollout, into round: inout OpenRound) throws(RolloutError) {
        guard rollout.peer == peer else { throw .badName }
        guard rollout.stage < round.stage else { throw .wrongTurn }
        try trainer.rule.check(rollout, round: round.number)
        guard let task = round.tasks.first(where: { $0.id == rollout.task }) else {
            throw .notAssigned(rollout.task)
        }
        let name = OpenRound.TreeName(owner: owner(peer), task: task.id)
        let prompt = try prompt(of: rollout, to: task, in: round.tree(name, of: task))
        add(rollout, prompt, asking: task, to: &round)
    }
}

extension OpenRound {
    /// The round without what can be made again.
    fileprivate var record: GameRecord.Round {
        var record = GameRecord.Round(number: number, stage: stage, tasks: tasks.map(\.id))
        record.overQuotaCount = overQuotaCount
        record.own = own.map(\.node.rollout)
        record.external = external.enumerated().sorted { a, b in
            let (x, y) = (a.element.node.stage, b.element.node.stage)
            return x != y ? x < y : a.offset < b.offset
        }.map(\.element.node.rollout)
        record.judged = judged.sorted()
        record.learned = learned.sorted()
        return record
    }
}
