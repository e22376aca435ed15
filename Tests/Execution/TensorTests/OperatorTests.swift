import TestSupport
import Testing

@testable import Tensor

@Suite struct OperatorTests {
    static let seed: UInt64 = 20_261_121

    @Test func `every operator has a case`() {
        var used: Set<String> = []
        for one in operatorCases {
            var (graph, inputs, outputs) = one.graph()
            if one.differentiable {
                let total = outputs.map { graph.sum($0) }
                let loss = total.dropFirst().reduce(total[0]) { graph.add($0, $1) }
                _ = graph.gradients(of: loss, by: inputs)
            }
            for node in graph.nodes { used.insert(type(of: node.operation).name) }
        }
        #expect(Set(operatorKinds.map { $0.name }).subtracting(used).isEmpty)
        #expect(used.subtracting(operatorKinds.map { $0.name }).isEmpty)
    }

    @Test(arguments: operatorCases)
    func `gives the scalar kernel's bits on every instruction set and thread count`(
        one: OperatorCase
    ) throws {
        var expected: [String: [UInt32]] = [:]
        let (source, inputs, results) = one.graph()
        for set in InstructionSet.allCases where set.isSupported {
            for threads in [1, 2] {
                var graph = source
                for (position, value) in results.enumerated() { graph.output("y\(position)", value) }
                if one.differentiable {
                    let total = results.map { graph.sum(graph.square($0)) }
                    let loss = total.dropFirst().reduce(total[0]) { graph.add($0, $1) }
                    for (position, value) in graph.gradients(of: loss, by: inputs).enumerated() {
                        graph.output("g\(position)", value)
                    }
                }
                let engine = Engine(instructionSet: set, threads: threads)
                let session = try one.session(graph, on: engine, seed: Self.seed)
                session.run()
                for output in session.plan.program.outputs {
                    let type = session.plan.program.types[output.value.index]
                    let bits: [UInt32] =
                        type.element == .int32
                        ? session.integers(output.name).map { UInt32(bitPattern: $0) }
                        : session.floats(output.name).map(\.bitPattern)
                    if let known = expected[output.name] {
                        #expect(
                            bits == known, "\(output.name), \(set), \(threads) threads, seed \(Self.seed)")
                    } else {
                        expected[output.name] = bits
                    }
                }
            }
        }
    }

    /// The derivative along a random direction against the central difference.
    @Test(arguments: operatorCases.filter(\.differentiable))
    func `has the gradient that differences show`(one: OperatorCase) throws {
        let engine = Engine(threads: 1)
        var (graph, inputs, outputs) = one.graph()
        // A fixed random weighting makes every output element count differently.
        var random = Seed(Self.seed &+ 1)
        var terms: [Value] = []
        for (position, value) in outputs.enumerated() {
            let weights = graph.input("w\(position)", graph.shape(value))
            terms.append(graph.sum(graph.multiply(value, weights)))
        }
        let loss = terms.dropFirst().reduce(terms[0]) { graph.add($0, $1) }
        graph.output("loss", loss)
        for (position, gradient) in graph.gradients(of: loss, by: inputs).enumerated() {
            graph.output("g\(position)", gradient)
        }
        let session = try one.session(graph, on: engine, seed: Self.seed)
        for (position, value) in outputs.enumerated() {
            let count = graph.shape(value).count
            session.write(
                (0..<count).map { _ in Float.random(in: -1...1, using: &random) }, to: "w\(position)")
        }
        session.run()
        let gradients = inputs.indices.map { Array(session.floats("g\($0)")) }
        for index in inputs.indices {
            let start = session.input("x\(index)").array()
            let direction = start.map { _ in Float.random(in: -1...1, using: &random) }
            let epsilon: Float = 0x1p-8
            func loss(at sign: Float) -> Double {
                session.write(zip(start, direction).map { $0 + sign * epsilon * $1 }, to: "x\(index)")
                session.run()
                return Double(session.scalar("loss"))
            }
            let difference = (loss(at: 1) - loss(at: -1)) / (2 * Double(epsilon))
            session.write(start, to: "x\(index)")
            let derivative = zip(gradients[index], direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            let size = zip(gradients[index], direction).reduce(0.1) { $0 + abs(Double($1.0) * Double($1.1)) }
            #expect(
                abs(derivative - difference) < 1e-3 * size,
                "input \(index): \(derivative) against \(difference), seed \(Self.seed)")
        }
    }
}
