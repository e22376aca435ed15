import TestSupport
import Testing

@testable import Tensor

@Suite struct ProgramTests {
    private func sample() -> Graph {
        var graph = Graph()
        let x = graph.input("x", [4, 8]), w = graph.parameter("w", [6, 8])
        let y = graph.matmul(x, w, transposeB: true)
        _ = graph.exp(y)
        let loss = graph.sum(graph.square(y))
        graph.output("loss", loss)
        graph.output("gradient", graph.gradients(of: loss, by: [w])[0])
        return graph
    }

    @Test func `equal graphs have equal bytes and survive a round trip`() throws {
        let program = Program(sample())
        #expect(program.bytes == Program(sample()).bytes)
        let again = try Program(bytes: program.bytes)
        #expect(again.bytes == program.bytes)
        #expect(again.digest == program.digest)
    }

    @Test func `every operator survives a round trip`() throws {
        for one in operatorCases {
            var (graph, _, outputs) = one.graph()
            for (position, value) in outputs.enumerated() { graph.output("y\(position)", value) }
            let program = Program(graph)
            #expect(try Program(bytes: program.bytes).bytes == program.bytes, "\(one.testDescription)")
        }
    }

    @Test func `drops what reaches no result`() {
        let names = Program(sample()).nodes.map { type(of: $0.operation).name }
        #expect(names.filter { $0 == "unary" }.count == 1)
    }

    @Test func `truncated bytes are a typed error`() {
        let bytes = Program(sample()).bytes
        for count in stride(from: 0, to: bytes.count, by: 5) {
            #expect(throws: ProgramError.self) { try Program(bytes: Array(bytes.prefix(count))) }
        }
    }

    @Test func `mutated bytes never trap`() {
        let bytes = Program(sample()).bytes
        var random = Seed(7)
        for _ in 0..<3000 {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                mutated[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            // Either an error, or a program that is canonical again.
            if let program = try? Program(bytes: mutated) {
                #expect((try? Program(bytes: program.bytes))?.bytes == program.bytes)
            }
        }
    }

    @Test func `names the operator that this build does not have`() {
        var bytes = Program(sample()).bytes
        let word = Array("matmul".utf8)
        guard let at = bytes.indices.first(where: { bytes[$0...].starts(with: word) }) else {
            Issue.record("no matmul in the program")
            return
        }
        bytes[at] = UInt8(ascii: "c")
        #expect(throws: ProgramError.unknownOperator("catmul")) { try Program(bytes: bytes) }
    }

    @Test func `a missing or wrong tensor is named`() {
        let plan = Plan(Program(sample())), engine = Engine(threads: 1)
        #expect(throws: ProgramError.binding(name: "w", message: "is not given")) {
            try Session(plan, on: engine, [:])
        }
        let wrong = Tensor(TensorType([8, 6]))
        #expect(
            throws: ProgramError.binding(name: "w", message: "is float32[8, 6], not float32[6, 8]")
        ) {
            try Session(plan, on: engine, ["w": wrong])
        }
    }
}

@Suite struct PlanTests {
    /// Two values that are alive at the same time never share memory.
    @Test func `living values lie apart in random graphs`() {
        for seed in UInt64(0)..<40 {
            var random = Seed(seed)
            var graph = Graph()
            var values = [graph.input("x", [16]), graph.input("long", [64])]
            for _ in 0..<60 {
                let a = values.randomElement(using: &random) ?? values[0]
                let same = values.filter { graph.shape($0) == graph.shape(a) }
                let b = same.randomElement(using: &random) ?? a
                switch Int.random(in: 0..<5, using: &random) {
                case 0: values.append(graph.exp(a))
                case 1: values.append(graph.add(a, b))
                case 2: values.append(graph.reshape(a, [2, graph.shape(a).count / 2]))
                case 3:
                    values.append(
                        graph.sumColumns(graph.flattened(graph.reshape(a, [1, graph.shape(a).count]))))
                default: values.append(graph.affine(a, scale: 2, offset: 1))
                }
            }
            for (position, value) in values.suffix(3).enumerated() { graph.output("y\(position)", value) }
            checkPlan(Plan(Program(graph)), seed)
        }
    }

    private func checkPlan(_ plan: Plan, _ seed: UInt64) {
        let program = plan.program
        var owner = Array(program.types.indices)
        for node in program.nodes where node.operation.isView {
            owner[node.outputs[0].index] = owner[node.inputs[0].index]
        }
        var born = Array(repeating: -1, count: owner.count), died = born
        for (position, node) in program.nodes.enumerated() {
            for output in node.outputs { born[output.index] = position }
            for input in node.inputs { died[owner[input.index]] = position }
        }
        for output in program.outputs { died[owner[output.value.index]] = program.nodes.count }
        for a in owner.indices where owner[a] == a {
            for b in owner.indices where b > a && owner[b] == b {
                guard case .arena(let left) = plan.places[a], case .arena(let right) = plan.places[b],
                    born[a] >= 0, born[b] >= 0
                else { continue }
                // A value that takes over another's memory is born when the other is last read.
                let together = born[a] < died[b] && born[b] < died[a]
                let overlap =
                    left < right + program.types[b].byteCount && right < left + program.types[a].byteCount
                #expect(!(together && overlap), "values \(a) and \(b), seed \(seed)")
                #expect(left + program.types[a].byteCount <= plan.arenaByteCount)
            }
        }
    }

    @Test func `memory of a chain does not grow with its length`() {
        func arena(_ length: Int) -> Int {
            var graph = Graph()
            var value = graph.input("x", [1000])
            for _ in 0..<length { value = graph.exp(value) }
            graph.output("y", value)
            return Plan(Program(graph)).arenaByteCount
        }
        #expect(arena(50) == arena(3))
    }
}
