import Bytes
import Foundation
import Neural
import Tensor
import TestSupport
import Testing
import World

@testable import Language

@Suite struct PretrainedAdapterTests {
    private let config: TransformerConfig = {
        var config = TransformerConfig(
            vocabulary: 61, width: 32, feedForward: 64, layers: 2, heads: 4, keyHeads: 2)
        config.headNorm = true
        return config
    }()

    /// Weights far from zero, B included.
    private func weights(
        _ adapter: LoRAConfig, product: ElementType = .float32, on engine: Engine
    ) -> Weights {
        let weights = Weights(Transformer(config, product: product), seed: 1, on: engine)
            .adding(adapter, seed: 2, on: engine)
        for (index, parameter) in weights.transformer.parameters.enumerated() {
            let tensor = weights[parameter.name]
            if parameter.name.contains("lora_B") {
                tensor.fillUniform(bound: 0.4, key: 4, stream: UInt64(index), on: engine)
            } else if parameter.isProjection, parameter.role == .model {
                let factor: Float = parameter.name.contains("embed") ? 20 : 6
                for index in tensor.floats.indices { tensor.floats[index] *= factor }
            }
        }
        return weights
    }

    @Test(arguments: [ElementType.float32, .bfloat16], [true, false])
    func `log-probabilities of generation and training are equal to the last bit, step by step`(
        product: ElementType, isRankStabilized: Bool
    ) throws {
        let engine = Engine(threads: 2)
        let adapter = LoRAConfig(rank: 5, isRankStabilized: isRankStabilized)
        let weights = weights(adapter, product: product, on: engine)
        let generator = Generator(weights, element: product, on: engine)
        let learner = Learner(weights, optimizer: OptimizerConfig(rate: 0.01), on: engine)
        var before: [[Int32]] = []
        for step in 0..<3 {
            generator.load(learner.weights)
            let requests = (0..<9).map { index in
                GenerationRequest(
                    prompt: index % 2 == 1 ? [7, 8, 9] : [Int32(index), 3], maxNewTokens: 5 + 7 * index,
                    sampling: Sampling(temperature: 0.9), seed: 3, stream: UInt64(index))
            }
            let made = try generator.generate(requests)
            let sequences = zip(requests, made).map { $0.prompt + $1.tokens }
            let scored = zip(requests, made).enumerated().flatMap { index, pair in
                pair.1.tokens.indices.map {
                    Batch.ScoredToken(sequence: index, position: pair.0.prompt.count + $0)
                }
            }
            let weight = [Float](repeating: 1 / Float(scored.count), count: scored.count)
            let batch = Batch(sequences: sequences, scored: scored, inputs: ["weight": weight])
            let scores = learner.score(batch, temperature: 0.9)
            #expect(scores.map(\.bitPattern) == made.flatMap(\.logProbabilities).map(\.bitPattern))
            #expect(made.map(\.tokens) != before, "step \(step) moved nothing")
            before = made.map(\.tokens)
            _ = try learner.step(LikelihoodObjective(), [batch])
        }
    }

    @Test func `comes back from a folder bit for bit`() throws {
        let engine = Engine(threads: 1), folder = try TemporaryFolder()
        for adapter in [
            LoRAConfig(rank: 3, alpha: 4.5, targets: [.gate, .query], isRankStabilized: true),
            LoRAConfig(rank: 1),
        ] {
            let weights = weights(adapter, on: engine)
            try PretrainedAdapter.write(weights, to: folder.path, baseName: "some/base")
            let read = try PretrainedAdapter(folder: folder.path)
            #expect(read.config == adapter && read.baseName == "some/base")
            let back = try read.applied(to: weights.own)
            #expect(back.transformer == weights.transformer)
            for (name, tensor) in weights.tensors {
                #expect(back[name].array().map(\.bitPattern) == tensor.array().map(\.bitPattern))
            }
            #expect(back.digest == weights.digest && back.digest != weights.own.digest)
        }
    }

    @Test func `a model in bf16 has the hash of what it stands for`() throws {
        let engine = Engine(threads: 1), folder = try TemporaryFolder()
        let weights = weights(LoRAConfig(rank: 2), on: engine).own
        let model = PretrainedModel(new: ModelConfig(config), tokenizer: nil)
        try model.write(weights, to: folder.path, type: .bf16, on: engine)
        let stored = try PretrainedModel(path: folder.path)
        let half = try stored.halvedWeights(on: engine), whole = try stored.weights()
        #expect(half.digest == whole.digest && half.transformer.product == .bfloat16)
        let name = "model.layers.0.mlp.up_proj.weight"
        #expect(half[name].type.element == .bfloat16 && whole[name].type.element == .float32)
    }

    @Test func `a folder holds a plain model, whatever was trained with it`() throws {
        let engine = Engine(threads: 1), folder = try TemporaryFolder()
        let weights = weights(LoRAConfig(rank: 2), on: engine).addingValueHead(on: engine)
        try PretrainedModel(new: ModelConfig(config), tokenizer: nil)
            .write(weights, to: folder.path, on: engine)
        let back = try PretrainedModel(path: folder.path)
        #expect(back.checkpoint.tensors.keys.allSatisfy { !$0.contains("lora") && !$0.contains("head.") })
        #expect(try back.weights().digest == weights.merged(on: engine).digest)
        #expect(weights.merged(on: engine).digest != weights.own.digest)
    }

    @Test func `a model that was kept in bf16 can be trained whole`() throws {
        let engine = Engine(threads: 1), folder = try TemporaryFolder()
        let weights = Weights(Transformer(config), seed: 1, on: engine)
        try PretrainedModel(new: ModelConfig(config), tokenizer: nil)
            .write(weights, to: folder.path, type: .bf16, on: engine)
        let stored = try PretrainedModel(path: folder.path)
        let half = try stored.halvedWeights(on: engine)
        let whole = try stored.weights().multiplying(in: .bfloat16)
        let sequence: [Int32] = [3, 1, 4, 1, 5]
        let batch = Batch(
            sequences: [sequence], scored: [.init(sequence: 0, position: 4)],
            inputs: ["weight": [1]])
        let losses = try [half, whole].map { weights in
            let learner = Learner(weights, optimizer: OptimizerConfig(rate: 0.01), on: engine)
            return try (0..<3).map { _ in try learner.step(LikelihoodObjective(), [batch]).loss }
        }
        #expect(losses[0] == losses[1])
    }

    // MARK: - Foreign files

    private func opened(_ settings: String, tensors: [(String, [Int])] = []) throws -> PretrainedAdapter {
        let folder = try TemporaryFolder()
        try AtomicFile.write(settings, to: "\(folder.path)/\(PretrainedAdapter.configName)")
        var writer = try SafetensorsWriter(
            path: "\(folder.path)/\(PretrainedAdapter.weightsName)",
            entries: tensors.map { .init(name: $0.0, type: .f32, shape: $0.1) })
        for tensor in tensors {
            try writer.append([Float](repeating: 0.5, count: tensor.1.reduce(1, *)))
        }
        try writer.commit()
        return try PretrainedAdapter(folder: folder.path)
    }

    private static let plain =
        #""peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"]"#

    private static let refused: [(String, ModelConfigError)] = [
        (#"{}"#, .unsupported(key: "peft_type", value: "none")),
        (#"{"peft_type": "IA3"}"#, .unsupported(key: "peft_type", value: "IA3")),
        (#"{"peft_type": "LORA"}"#, .missing("lora_alpha")),
        (
            #"{"peft_type": "LORA", "lora_alpha": 1, "r": 0}"#, .invalid(key: "r", value: "0")
        ),
        (
            #"{"peft_type": "LORA", "lora_alpha": 1, "r": 1000000000}"#,
            .invalid(key: "r", value: "1000000000")
        ),
        (
            #"{"peft_type": "LORA", "lora_alpha": -1, "r": 1}"#,
            .invalid(key: "lora_alpha", value: "-1")
        ),
        (#"{"peft_type": "LORA", "lora_alpha": 1, "r": 1}"#, .missing("target_modules")),
        (
            #"{"peft_type": "LORA", "lora_alpha": 1, "r": 1, "target_modules": ".*q_proj"}"#,
            .unsupported(key: "target_modules", value: #"".*q_proj""#)
        ),
        (
            #"{"peft_type": "LORA", "lora_alpha": 1, "r": 1, "target_modules": ["lm_head"]}"#,
            .unsupported(key: "target_modules", value: #""lm_head""#)
        ),
        ("{\(plain), \"use_dora\": true}", .unsupported(key: "use_dora", value: "true")),
        ("{\(plain), \"bias\": \"all\"}", .unsupported(key: "bias", value: "all")),
        (
            "{\(plain), \"rank_pattern\": {\"k_proj\": 3}}",
            .unsupported(key: "rank_pattern", value: #"{"k_proj":3}"#)
        ),
        (
            "{\(plain), \"init_lora_weights\": \"pissa\"}",
            .unsupported(key: "init_lora_weights", value: #""pissa""#)
        ),
        (
            "{\(plain), \"use_something_new\": 1}",
            .unsupported(key: "use_something_new", value: "1")
        ),
    ]

    @Test(arguments: refused.indices)
    func `settings that are not built or make no sense are refused by name`(index: Int) throws {
        let (settings, expected) = Self.refused[index]
        let error = #expect(throws: ModelFileError.self) { try opened(settings) }
        guard case .config(_, expected) = error else {
            Issue.record("\(settings): \(String(describing: error))")
            return
        }
    }

    @Test func `a file without settings, or settings that are no JSON, say so`() throws {
        let folder = try TemporaryFolder(), path = folder.path
        let missing = "\(path)/\(PretrainedAdapter.configName)"
        #expect(throws: ModelFileError.file(.missing(missing))) { try PretrainedAdapter(folder: path) }
        #expect(throws: ModelFileError.self) { try opened("[") }
        #expect(throws: ModelFileError.self) { try opened("[]") }
        try AtomicFile.write("{\(Self.plain)}", to: missing)
        #expect(throws: ModelFileError.self) { try PretrainedAdapter(folder: path) }
    }

    @Test func `tensors that do not fit the model are refused before memory is taken`() throws {
        let engine = Engine(threads: 1)
        let base = Weights(Transformer(config), seed: 1, on: engine)
        func names(_ layer: Int) -> (String, String) {
            let block = "base_model.model.model.layers.\(layer).self_attn.q_proj"
            return ("\(block).lora_A.weight", "\(block).lora_B.weight")
        }
        let whole = [names(0), names(1)].flatMap { [($0.0, [2, 32]), ($0.1, [32, 2])] }
        let settings = "{\(Self.plain)}"
        _ = try opened(settings, tensors: whole).applied(to: base)
        func error(_ tensors: [(String, [Int])]) -> CheckpointError? {
            let found = #expect(throws: ModelFileError.self) {
                try opened(settings, tensors: tensors).applied(to: base)
            }
            guard case .checkpoint(let error) = found else { return nil }
            return error
        }
        #expect(error(Array(whole.dropLast())) == .missingTensor(names(1).1))
        #expect(
            error(whole + [("base_model.model.lm_head.weight", [1])])
                == .badTensor(
                    name: "base_model.model.lm_head.weight",
                    reason: "is no part of a low-rank adapter of this model"))
        var wide = whole
        wide[0].1 = [2, 33]
        guard case .badTensor(names(0).0, _) = error(wide) else {
            Issue.record("a tensor of another width is taken")
            return
        }
    }

    @Test func `changed settings end in an adapter or an error, never in a trap`() throws {
        var random = Seed(12)
        let whole = Array("{\(Self.plain), \"use_rslora\": false, \"bias\": \"none\"}".utf8)
        var errors = 0
        for _ in 0..<600 {
            var changed = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let position = Int.random(in: 0..<changed.count, using: &random)
                changed[position] =
                    Array("0129{}[]\":,-e. xrq".utf8).randomElement(using: &random) ?? 0
            }
            guard let file = try? JSON(parsing: String(decoding: changed, as: UTF8.self)) else {
                errors += 1
                continue
            }
            do throws(ModelConfigError) { _ = try LoRAConfig(file) } catch { errors += 1 }
        }
        #expect(errors > 300, "seed 12: \(errors) errors of 600")
    }
}
