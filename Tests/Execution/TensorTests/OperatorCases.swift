import TestSupport
import Testing

@testable import Tensor

/// One small use of an operator: the conformance and gradient tests run every case.
struct OperatorCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// Differentiable fp32 inputs with the range of their elements.
    let inputs: [(shape: Shape, range: ClosedRange<Float>)]
    /// Int32 inputs with their elements.
    let integers: [[Int32]]
    /// Builds the operator and returns what to look at.
    let build: @Sendable (inout Graph, [Value], [Value]) -> [Value]
    /// Whether gradients exist.
    let differentiable: Bool

    init(
        _ name: String, _ inputs: [(Shape, ClosedRange<Float>)], integers: [[Int32]] = [],
        differentiable: Bool = true, build: @escaping @Sendable (inout Graph, [Value], [Value]) -> [Value]
    ) {
        testDescription = name
        self.inputs = inputs.map { (shape: $0.0, range: $0.1) }
        self.integers = integers
        self.build = build
        self.differentiable = differentiable
    }
}

private let wide: ClosedRange<Float> = -2...2
private let positive: ClosedRange<Float> = 0.5...2

let operatorCases: [OperatorCase] =
    productCases + elementwiseCases + rowCases + modelCases

private let productCases: [OperatorCase] = [
    OperatorCase("matmul", [([5, 40], wide), ([40, 7], wide), ([7], wide)]) { graph, x, _ in
        [graph.matmul(x[0], x[1], bias: x[2])]
    },
    OperatorCase("matmul, transposed weight, leading axes", [([2, 5, 33], wide), ([7, 33], wide)]) {
        graph, x, _ in [graph.matmul(x[0], x[1], transposeB: true)]
    },
    OperatorCase("matmul, batched, transposed left", [([3, 4, 5], wide), ([3, 4, 6], wide)]) {
        graph, x, _ in [graph.matmul(x[0], x[1], transposeA: true)]
    },
    OperatorCase("matmul, long inner axis", [([3, 300], -1...1), ([300, 4], -1...1)]) { graph, x, _ in
        [graph.matmul(x[0], x[1])]
    },
    OperatorCase("conv3d", [([1, 4, 5, 4, 3], wide), ([4, 3, 3, 3, 3], wide), ([4], wide)]) {
        graph, x, _ in [graph.conv3D(x[0], weight: x[1], bias: x[2], stride: 1, padding: 1)]
    },
    OperatorCase("conv3d, stride 2", [([2, 5, 5, 5, 2], wide), ([3, 3, 3, 3, 2], wide), ([3], wide)]) {
        graph, x, _ in [graph.conv3D(x[0], weight: x[1], bias: x[2], stride: 2, padding: 1)]
    },
]

private let unaryFunctions: [(UnaryFunction, ClosedRange<Float>)] = [
    (.negate, wide), (.absolute, positive), (.exp, wide), (.log, positive), (.tanh, wide),
    (.sigmoid, wide), (.silu, wide), (.gelu, wide), (.relu, positive), (.square, wide),
    (.squareRoot, positive), (.reciprocal, positive), (.sin, wide), (.cos, wide),
]

private let elementwiseCases: [OperatorCase] =
    unaryFunctions.map { function, range in
        OperatorCase("\(function)", [([3, 19], range)]) { graph, x, _ in [graph.unary(function, x[0])] }
    } + [
        OperatorCase("roundBFloat16", [([3, 19], wide)], differentiable: false) { graph, x, _ in
            [graph.roundBFloat16(x[0])]
        },
        OperatorCase("add", [([3, 19], wide), ([3, 19], wide)]) { graph, x, _ in [graph.add(x[0], x[1])] },
        OperatorCase("subtract", [([37], wide), ([37], wide)]) { graph, x, _ in
            [graph.subtract(x[0], x[1])]
        },
        OperatorCase("multiply", [([37], wide), ([37], wide)]) { graph, x, _ in
            [graph.multiply(x[0], x[1])]
        },
        OperatorCase("divide", [([37], wide), ([37], positive)]) { graph, x, _ in
            [graph.divide(x[0], x[1])]
        },
        OperatorCase("minimum, maximum", [([37], -2...0), ([37], 0.1...2)]) { graph, x, _ in
            [graph.minimum(x[0], x[1]), graph.maximum(x[0], x[1])]
        },
        OperatorCase("row and column", [([4, 19], wide), ([19], wide), ([4], positive)]) { graph, x, _ in
            let sum = graph.addRow(graph.multiplyRow(x[0], x[1]), x[1])
            return [graph.multiplyColumn(sum, x[2]), graph.binary(.divide, sum, x[2], .column)]
        },
        OperatorCase("affine", [([37], wide)]) { graph, x, _ in
            [graph.affine(x[0], scale: -3, offset: 0.5)]
        },
        OperatorCase("scale_by", [([37], wide), ([1], wide)]) { graph, x, _ in
            [graph.scale(x[0], by: x[1])]
        },
        OperatorCase("clamp", [([37], -0.4...0.4), ([37], 1.1...2)]) { graph, x, _ in
            [graph.clamp(x[0], -0.5, 0.5), graph.clamp(x[1], -1, 1)]
        },
        OperatorCase("select", [([37], wide), ([37], wide)]) { graph, x, _ in
            let half = graph.fill([37], 0.5)
            let condition = graph.step(graph.fill([37], 0.25), half)
            return [graph.select(condition, x[0], x[1])]
        },
        OperatorCase("swiglu", [([3, 19], wide), ([3, 19], wide)]) { graph, x, _ in
            [graph.swiglu(gate: x[0], up: x[1])]
        },
    ]

private let rowCases: [OperatorCase] = [
    OperatorCase("rmsnorm", [([4, 33], wide), ([33], wide)]) { graph, x, _ in
        [graph.rmsNorm(x[0], weight: x[1], epsilon: 1e-5)]
    },
    OperatorCase("layernorm", [([4, 33], wide), ([33], wide), ([33], wide)]) { graph, x, _ in
        [graph.layerNorm(x[0], weight: x[1], bias: x[2], epsilon: 1e-5)]
    },
    OperatorCase("softmax", [([4, 33], wide)]) { graph, x, _ in [graph.softmax(x[0])] },
    OperatorCase("selected_log_probability", [([4, 33], wide)], integers: [[0, 32, -1, 7]]) {
        graph, x, ids in [graph.selectedLogProbabilities(x[0], at: ids[0])]
    },
    OperatorCase("reduce", [([4, 33], wide)]) { graph, x, _ in
        [graph.sumRows(x[0]), graph.sumColumns(x[0]), graph.sum(x[0]), graph.sumSquares(x[0])]
    },
    OperatorCase("reduce to a maximum", [([4, 33], wide)], differentiable: false) { graph, x, _ in
        let scores = graph.maximumRows(x[0])
        return [scores, graph.argmaxRows(x[0])]
    },
    OperatorCase("reshape, transpose", [([4, 6], wide)]) { graph, x, _ in
        [graph.transpose(graph.reshape(x[0], [2, 3, 4]))]
    },
    OperatorCase("embedding", [([9, 5], wide)], integers: [[3, 0, 3, 8]]) { graph, x, ids in
        [graph.embedding(x[0], ids[0])]
    },
    OperatorCase(
        "embedding_gradient", [([4, 5], wide), ([7], wide)],
        integers: [[3, 0, 3, -1], [0, 1, 0, -1, 2, 2, 0]]
    ) {
        graph, x, ids in
        [graph.scatterRows(x[0], ids[0], count: 6), graph.segmentSums(x[1], ids[1])]
    },
]

private let modelCases: [OperatorCase] = [
    OperatorCase("rope", [([3, 16], wide)], integers: [[0, 2, 1]]) { graph, x, ids in
        let cosine = graph.fill([3, 4], 0.6), sine = graph.fill([3, 4], 0.8)
        return [graph.rope(x[0], dim: 8, positions: ids[0], cosine: cosine, sine: sine)]
    },
    OperatorCase("attention", [([14, 24], wide), ([14, 8], wide), ([14, 8], wide)]) { graph, x, _ in
        [graph.attention(x[0], x[1], x[2], batch: 2, heads: 3, keyHeads: 1, scale: 0.35)]
    },
    OperatorCase(
        "cached_attention", [([3, 16], wide), ([3, 8], wide), ([3, 8], wide)],
        integers: [[0, 0, 1], [0, 1, 0]], differentiable: false
    ) { graph, x, ids in
        let keys = graph.state("keys", [2, 1, 1, 8, 64]), values = graph.state("values", [2, 1, 64, 8])
        return [
            graph.cachedAttention(
                x[0], x[1], x[2], slots: ids[0], positions: ids[1], keys: keys, values: values, heads: 2,
                keyHeads: 1, scale: 0.35)
        ]
    },
    OperatorCase("adamw, accumulate, assign", [([3, 5], wide)], differentiable: false) { graph, x, _ in
        let shape: Shape = [3, 5]
        let sum = graph.state("sum", shape), kept = graph.state("kept", shape)
        graph.accumulate(x[0], into: sum)
        graph.assign(graph.square(x[0]), to: kept)
        let record = graph.fill([AdamWRecord.count], 0.5)
        let scale = graph.clipping([x[0]], limit: 1).scale
        let weight = graph.state("weight", shape)
        let updated = graph.apply(
            AdamW(),
            [record, scale, x[0], weight, graph.state("first", shape), graph.state("second", shape)])
        return [updated[0], updated[1], updated[2]]
    },
]

extension OperatorCase {
    /// The case as a graph whose inputs are `x0`, `x1`, ..., `i0`, ... and whose results are `y0`, ...
    func graph() -> (graph: Graph, inputs: [Value], outputs: [Value]) {
        var graph = Graph()
        let values = inputs.enumerated().map { graph.input("x\($0.offset)", $0.element.shape) }
        let ids = integers.enumerated().map {
            graph.input("i\($0.offset)", [$0.element.count], .int32)
        }
        let results = build(&graph, values, ids)
        return (graph, values, results)
    }

    /// A session with seeded inputs and zeroed states.
    func session(_ graph: Graph, on engine: Engine, seed: UInt64) throws -> Session {
        let program = Program(graph)
        var states: [String: Tensor] = [:]
        for source in program.sources where source.kind == .state {
            states[source.name] = Tensor(source.type)
        }
        let session = try Session(Plan(program), on: engine, states)
        var random = Seed(seed)
        for (position, input) in inputs.enumerated() where session.hasInput("x\(position)") {
            let elements = (0..<input.shape.count).map { _ in Float.random(in: input.range, using: &random) }
            session.write(elements, to: "x\(position)")
        }
        for (position, ids) in integers.enumerated() where session.hasInput("i\(position)") {
            session.write(ids, to: "i\(position)")
        }
        return session
    }
}
