import Tensor
import TestSupport
import Testing

@testable import Neural

/// A small model of each family with an adapter; B is not zero, so that everything has a gradient.
struct AdaptedModel {
    let engine: Engine
    let weights: Weights

    init(
        _ config: TransformerConfig, _ adapter: LoRAConfig, product: ElementType = .float32,
        head: Bool = false, on engine: Engine
    ) {
        self.engine = engine
        var weights = Weights(Transformer(config, product: product), seed: 1, on: engine)
            .adding(adapter, seed: 7, on: engine)
        if head { weights = weights.addingValueHead(on: engine) }
        for (index, parameter) in weights.transformer.trained.enumerated()
        where parameter.start == .constant(0) {
            weights[parameter.name].fillUniform(
                bound: 0.3, key: 5, stream: UInt64(index), on: engine)
        }
        self.weights = weights
    }

    func learner(rate: Double = 0.01) -> Learner {
        Learner(weights, optimizer: OptimizerConfig(rate: rate), on: engine)
    }
}

@Suite struct AdapterTests {
    static let adapters = [
        LoRAConfig(rank: 3),
        LoRAConfig(rank: 5, alpha: 5, targets: [.query, .value]),
        LoRAConfig(rank: 4, alpha: 3, targets: [.key, .output, .down], isRankStabilized: true),
    ]

    private func bits(_ tensor: Tensor) -> [UInt8] { Array(tensor.bytes) }

    @Test(arguments: smallConfigs, adapters)
    func `a new adapter changes no score, and learns`(
        config: TransformerConfig, adapter: LoRAConfig
    ) throws {
        let engine = Engine(threads: 2)
        let plain = Weights(Transformer(config), seed: 1, on: engine)
        let adapted = plain.adding(adapter, seed: 7, on: engine)
        let batch = sampleBatch(config.vocabulary, seed: 3)
        let learner = Learner(adapted, optimizer: OptimizerConfig(rate: 0.02), on: engine)
        let start = Learner(plain, optimizer: OptimizerConfig(rate: 0), on: engine).score(batch)
        #expect(learner.score(batch) == start)
        let base = plain.tensors.mapValues(bits)
        let first = try learner.step(LikelihoodObjective(), [batch])
        var last = first
        for _ in 0..<60 { last = try learner.step(LikelihoodObjective(), [batch]) }
        #expect(last.loss < first.loss - 0.2, "from \(first.loss) to \(last.loss)")
        for (name, bytes) in base { #expect(bits(learner.weights[name]) == bytes, "\(name) moved") }
        #expect(Set(learner.first.keys) == Set(adapted.transformer.trained.map(\.name)))
    }

    @Test(arguments: [ElementType.float32, .bfloat16])
    func `moves the same bits on every instruction set and thread count`(
        product: ElementType
    ) throws {
        var expected: [String: [UInt32]] = [:]
        let config = smallConfigs[1]
        for set in InstructionSet.allCases where set.isSupported {
            for threads in [1, 2] {
                let engine = Engine(instructionSet: set, threads: threads)
                let weights = Weights(Transformer(config, product: product), seed: 1, on: engine)
                    .adding(LoRAConfig(rank: 6), seed: 9, on: engine).addingValueHead(on: engine)
                let learner = Learner(weights, optimizer: OptimizerConfig(rate: 0.01), on: engine)
                for step in 0..<8 {
                    let batch = valueBatch(config.vocabulary, seed: UInt64(step))
                    _ = try learner.step(SquaredValues(), [batch, batch])
                }
                for parameter in weights.transformer.trained {
                    let found = learner.weights[parameter.name].floats.map(\.bitPattern)
                    if let known = expected[parameter.name] {
                        #expect(known == found, "\(parameter.name) on \(set), \(threads) threads")
                    }
                    expected[parameter.name] = found
                }
            }
        }
        #expect(expected.values.contains { $0.contains { $0 != 0 } })
    }

    @Test(arguments: smallConfigs)
    func `gradients of A and B are those that follow from the gradient of the merged weight`(
        config: TransformerConfig
    ) throws {
        let engine = Engine(threads: 2)
        let adapter = LoRAConfig(rank: 3, alpha: 4.5)
        let model = AdaptedModel(config, adapter, on: engine)
        let batch = sampleBatch(config.vocabulary, seed: 4)
        let learner = model.learner(rate: 0)
        let merged = model.weights.merged(on: engine)
        let whole = Learner(merged, optimizer: OptimizerConfig(rate: 0), on: engine)
        let report = try learner.step(LikelihoodObjective(), [batch])
        let other = try whole.step(LikelihoodObjective(), [batch])
        #expect(abs(report.loss - other.loss) < 2e-5)
        // W' = W + s B A, so dA = s B^T dW' and dB = s dW' A^T.
        for parameter in merged.transformer.parameters where parameter.name.hasSuffix("_proj.weight") {
            let names = LoRAConfig.names(of: String(parameter.name.dropLast(".weight".count)))
            let a = model.weights[names.a].array(), b = model.weights[names.b].array()
            let gradient = whole.gradient(of: parameter.name)
            let (out, into) = (parameter.shape[0], parameter.shape[1]), rank = adapter.rank
            var da = [Double](repeating: 0, count: a.count), db = [Double](repeating: 0, count: b.count)
            for row in 0..<out {
                for column in 0..<into {
                    let g = Double(adapter.scale * gradient[row * into + column])
                    for r in 0..<rank {
                        da[r * into + column] += g * Double(b[row * rank + r])
                        db[row * rank + r] += g * Double(a[r * into + column])
                    }
                }
            }
            for (name, expected) in [(names.a, da), (names.b, db)] {
                let found = learner.gradient(of: name), scale = expected.map(abs).max() ?? 0
                #expect(scale > 0, "\(name)")
                for (one, two) in zip(found, expected) {
                    #expect(abs(Double(one) - two) <= 5e-5 * scale, "\(name): \(one), \(two)")
                }
            }
        }
    }

    @Test func `A starts as PEFT starts it, uniform within the root of its width`() {
        let engine = Engine(threads: 2), config = smallConfigs[2]
        let weights = Weights(Transformer(config), seed: 1, on: engine)
            .adding(LoRAConfig(rank: 64), seed: 3, on: engine)
        let name = "model.layers.0.mlp.down_proj"
        let a = weights["\(name).lora_A.weight"].array()
        let bound = 1 / Float(config.feedForward).squareRoot()
        #expect(a.allSatisfy { $0 >= -bound && $0 < bound } && (a.max() ?? 0) > 0.99 * bound)
        let square = a.reduce(0) { $0 + Double($1) * Double($1) } / Double(a.count)
        #expect(abs(square * 3 / Double(bound * bound) - 1) < 0.05)
        #expect(weights["\(name).lora_B.weight"].array().allSatisfy { $0 == 0 })
        let again = Weights(Transformer(config), seed: 1, on: Engine(threads: 1))
            .adding(LoRAConfig(rank: 64), seed: 3, on: Engine(threads: 1))
        #expect(again["\(name).lora_A.weight"].array() == a)
        #expect(weights["model.layers.1.mlp.down_proj.lora_A.weight"].array() != a)
    }

    @Test func `a model that multiplies in bf16 is kept in bf16, and scores the same bits`() throws {
        let engine = Engine(threads: 2), config = smallConfigs[2]
        let model = AdaptedModel(config, LoRAConfig(rank: 4), product: .bfloat16, on: engine)
        let learner = model.learner()
        let name = "model.layers.0.self_attn.q_proj.weight"
        #expect(model.weights[name].type.element == .float32)
        #expect(learner.weights[name].type.element == .bfloat16)
        #expect(learner.weights["model.norm.weight"].type.element == .float32)
        // The same products over fp32 masters: a model whose every weight is trained keeps those.
        let batch = sampleBatch(config.vocabulary, seed: 8)
        let plain = AdaptedModel(config, LoRAConfig(rank: 4), product: .bfloat16, on: engine)
        for parameter in plain.weights.transformer.trained where parameter.name.contains("lora_B") {
            plain.weights[parameter.name].fill(0)
        }
        let masters = Learner(plain.weights.own, optimizer: OptimizerConfig(rate: 0), on: engine)
        #expect(masters.weights[name].type.element == .float32)
        #expect(plain.learner().score(batch).map(\.bitPattern) == masters.score(batch).map(\.bitPattern))
        // A second learner takes over what is in bf16 already.
        let second = Learner(learner.weights, optimizer: OptimizerConfig(rate: 0), on: engine)
        #expect(second.weights[name] === learner.weights[name])
        #expect(second.score(batch) == learner.score(batch))
    }

    @Test func `a copy shares what training leaves alone`() throws {
        let engine = Engine(threads: 1), config = smallConfigs[0]
        let model = AdaptedModel(config, LoRAConfig(rank: 2, targets: [.up]), on: engine)
        let copy = model.weights.copy(on: engine)
        for parameter in model.weights.transformer.parameters {
            let isShared = copy[parameter.name] === model.weights[parameter.name]
            #expect(isShared == (parameter.role == .model), "\(parameter.name)")
        }
    }

    @Test func `the memory of training is that of the weights that are trained`() {
        var transformer = Transformer(
            TransformerConfig(vocabulary: 1000, width: 256, feedForward: 512, layers: 4, heads: 4))
        func parts(_ transformer: Transformer) -> [String: Int] {
            let need = Learner.memory(transformer, LikelihoodObjective(), batch: 1, time: 16)
            return Dictionary(uniqueKeysWithValues: need.parts.map { ($0.name, $0.byteCount) })
        }
        let full = parts(transformer), count = transformer.config.parameterCount
        #expect(full["weights"] == 4 * count && full["moments"] == 8 * count)
        transformer.adapter = LoRAConfig(rank: 8)
        let trained = transformer.trained.reduce(0) { $0 + $1.shape.count }
        let adapted = parts(transformer)
        #expect(adapted["weights"] == 4 * (count + trained))
        #expect(adapted["moments"] == 8 * trained && adapted["gradients"] == 4 * trained)
        transformer.product = .bfloat16
        let norms = transformer.parameters.filter { $0.role == .model && !$0.isProjection }
            .reduce(0) { $0 + $1.shape.count }
        #expect(parts(transformer)["weights"] == 2 * (count - norms) + 4 * (norms + trained))
    }

    @Test func `a model without additions is named as it was before there were any`() {
        let config = smallConfigs[0]
        struct Mirror {
            struct Transformer {
                let config: TransformerConfig
                let product: ElementType
            }
        }
        let before = "\(Mirror.Transformer(config: config, product: .float32))"
        #expect("\(Transformer(config))" == before)
        var adapted = Transformer(config)
        adapted.adapter = LoRAConfig(rank: 2, targets: [.down, .query])
        #expect("\(adapted)".hasSuffix("LoRA(rank: 2, alpha: 4.0, scale: 2.0, targets: q_proj,down_proj))"))
    }
}
