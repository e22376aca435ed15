public import GenRL
public import Neural
public import Tensor

extension AttackExperiment {
    /// Runs both swarms from the same start.
    ///
    /// - Parameters:
    ///   - simulation: the network and its adversaries, who play fair on the fair side.
    ///   - heldOut: questions that are asked at the end; 0 for none.
    ///   - observe: is told each round of each side.
    public init(
        _ config: SwarmConfig, _ simulation: Simulation, start: Weights, codec: TextCodec, rounds: Int,
        heldOut: Int = 0, cores: Int, instructionSet: InstructionSet = .best,
        observe: (_ isAttacked: Bool, SwarmRound) -> Void = { _, _ in }
    ) throws {
        self.init()
        let judged = (0..<config.nodes).filter { simulation.adversaries[$0] == nil }
        for isAttacked in [false, true] {
            var simulation = simulation
            if !isAttacked { simulation.adversaries = [:] }
            let run = try SwarmRun(
                config, start: start, codec: codec, cores: cores, instructionSet: instructionSet,
                simulation: simulation)
            var side = Side(), rewards: [Float] = []
            _ = try run.run(.init(rounds: rounds)) { round in
                let reports = judged.map { round.reports[$0] }
                let sum = reports.reduce(0.0) { $0 + Double($1.reward) }
                rewards.append(Float(sum / Double(reports.count)))
                for report in reports {
                    side.externalCount += report.externalCount
                    side.refused.merge(report.refused, uniquingKeysWith: +)
                }
                side.workSeconds += round.workSeconds
                observe(isAttacked, round)
                return true
            }
            side.curve = SwarmSummary(rewards: rewards)
            side.messages = run.messages ?? .init()
            if heldOut > 0 {
                let evaluations = try run.evaluate(heldOut, greedily: true)
                side.heldOut = SwarmSummary.mean(judged.map { evaluations[$0].reward }[...])
            }
            if isAttacked { attacked = side } else { fair = side }
        }
    }
}
