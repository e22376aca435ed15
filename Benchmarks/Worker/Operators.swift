import CKernels
import Tensor

/// Seeded numbers in -1..<1.
func numbers(_ shape: Shape, _ stream: UInt64, _ engine: Engine) -> Tensor {
    let tensor = Tensor(TensorType(shape))
    tensor.fillNormal(deviation: 0.5, key: 1, stream: stream, on: engine)
    return tensor
}

/// A graph of one operator over inputs that stay where they are.
private func session(
    _ inputs: [Tensor], _ engine: Engine, build: (inout Graph, [Value]) -> [Value]
) throws -> Session {
    var graph = Graph()
    var tensors: [String: Tensor] = [:]
    let values = inputs.enumerated().map { index, tensor in
        tensors["x\(index)"] = tensor
        return graph.parameter("x\(index)", tensor.type.shape, tensor.type.element)
    }
    for (index, output) in build(&graph, values).enumerated() { graph.output("y\(index)", output) }
    return try Session(Plan(Program(graph)), on: engine, tensors)
}

/// y = x W^T with packed weights, fp32 or bf16.
func product(_ given: Case, _ engine: Engine) throws -> [String: () -> Void] {
    let m = try given.integer("m"), k = try given.integer("k"), n = try given.integer("n")
    let element = try given.element()
    let weight = Tensor(TensorType([n, k], element), layout: .panels)
    weight.load(numbers([n, k], 2, engine), on: engine)
    let session = try session([numbers([m, k], 1, engine), weight], engine) { graph, x in
        [graph.matmul(x[0], x[1], transposeB: true, product: element)]
    }
    return ["packed": { session.run() }]
}

/// Operators over rows, and a plain read of memory.
func rowOperator(_ given: Case, _ engine: Engine) throws -> [String: () -> Void] {
    let name = try given.text("op")
    if name == "read" {
        let tensor = numbers([try given.integer("bytes") / 4], 1, engine)
        let session = try session([tensor], engine) { graph, x in [graph.sum(x[0])] }
        return ["sum": { session.run() }]
    }
    let rows = name == "adamw" ? 1 : try given.integer("rows"), n = try given.integer("n")
    let x = numbers([rows, n], 1, engine)
    switch name {
    case "softmax":
        let session = try session([x], engine) { graph, x in [graph.softmax(x[0])] }
        return ["softmax": { session.run() }]
    case "rmsnorm":
        let session = try session([x, numbers([n], 2, engine)], engine) { graph, x in
            [graph.rmsNorm(x[0], weight: x[1], epsilon: 1e-6)]
        }
        return ["rmsnorm": { session.run() }]
    case "swiglu":
        let session = try session([x, numbers([rows, n], 2, engine)], engine) { graph, x in
            [graph.swiglu(gate: x[0], up: x[1])]
        }
        return ["swiglu": { session.run() }]
    default: return try adamW(n, engine)
    }
}

private func adamW(_ n: Int, _ engine: Engine) throws -> [String: () -> Void] {
    var graph = Graph()
    let record = graph.input("record", [AdamWRecord.count]), scale = graph.input("scale", [1])
    graph.adamW(
        record: record, scale: scale, gradient: graph.parameter("g", [n]), weight: graph.state("p", [n]),
        first: graph.state("m", [n]), second: graph.state("v", [n]))
    let tensors = [
        "g": numbers([n], 1, engine), "p": numbers([n], 2, engine), "m": Tensor(TensorType([n])),
        "v": Tensor(TensorType([n])),
    ]
    let session = try Session(Plan(Program(graph)), on: engine, tensors)
    let constants = AdamWRecord(
        step: 3, rate: 1e-4, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01)
    session.write(constants.elements, to: "record")
    session.write([1], to: "scale")
    return ["adamw": { session.run() }]
}
