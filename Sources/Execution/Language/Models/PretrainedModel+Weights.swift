import Bytes
public import Neural
public import Tensor
import World

extension PretrainedModel {
    /// The weights in fp32, row-major.
    public func weights() throws(CheckpointError) -> Weights { try weights { $0 } }

    /// The weights with matrices in bf16, for adapters and products in bf16: half the memory, and one matrix
    /// in fp32 at a time.
    public func halvedWeights(on engine: Engine) throws(CheckpointError) -> Weights {
        try weights { tensor in
            guard tensor.type.shape.rank == 2 else { return tensor }
            let half = Tensor(TensorType(tensor.type.shape, .bfloat16))
            half.load(tensor, on: engine)
            return half
        }.multiplying(in: .bfloat16)
    }

    private func weights(_ stored: (Tensor) -> Tensor) throws(CheckpointError) -> Weights {
        let transformer = Transformer(config.transformer)
        var tensors: [String: Tensor] = [:]
        for parameter in transformer.parameters {
            let slice = try checkpoint.tensor(parameter.name)
            // Before memory is taken: a configuration must not ask for more than the file has.
            guard slice.shape == parameter.shape.dimensions else {
                throw .badTensor(
                    name: parameter.name,
                    reason: "is \(slice.shape) where the configuration asks for \(parameter.shape)")
            }
            let tensor = Tensor(TensorType(parameter.shape))
            try slice.read(into: tensor.floats)
            tensors[parameter.name] = stored(tensor)
        }
        do throws(ModelError) { return try Weights(transformer, tensors) } catch {
            throw .badTensor(name: "weights", reason: error.description)
        }
    }

    /// Writes a Hugging Face folder with these weights; an older one is replaced file by file.
    ///
    /// The folder holds a plain model: an adapter is merged into it, a value head left out.
    /// `type` is F32 or BF16; models larger than `shardBytes` are split into files of about that
    /// size, with an index.
    public func write(
        _ weights: Weights, to folder: String, type: StoredType = .f32,
        shardBytes: Int = 5_000_000_000,
        on engine: Engine
    ) throws(ModelFileError) {
        let weights = weights.merged(on: engine)
        var config = config
        config.transformer = weights.transformer.config
        config.storedType = type
        do throws(FileError) {
            try Folder.make(folder)
            try WeightFiles(weights, type: type, engine: engine).write(
                to: folder, shardBytes: shardBytes)
            try Self.write(config.file, folder, ModelFolder.config)
            try Self.write(generation.file, folder, ModelFolder.generation)
            if let file = tokenizer?.file {
                try AtomicFile.write(
                    file.bytes(.pretty(indent: 1)) + [0x0a],
                    to: "\(folder)/\(ModelFolder.tokenizer)")
                try Self.write(tokenizerConfig, folder, ModelFolder.tokenizerConfig)
            }
            if let chatTemplate {
                try AtomicFile.write(
                    chatTemplate.source, to: "\(folder)/\(ModelFolder.chatTemplate)")
            }
        } catch { throw .file(error) }
    }

    private static func write(_ file: JSON, _ folder: String, _ name: String) throws(FileError) {
        try AtomicFile.write(file.bytes(.pretty(indent: 2)) + [0x0a], to: "\(folder)/\(name)")
    }

    private var tokenizerConfig: JSON {
        var members: [(String, JSON)] = [
            ("tokenizer_class", "PreTrainedTokenizerFast"), ("clean_up_tokenization_spaces", false),
            ("model_max_length", .int(config.transformer.contextLength)),
        ]
        members += templateVariables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return .members(members)
    }
}

/// Weights as one safetensors file or several.
private struct WeightFiles {
    let weights: Weights
    let type: StoredType
    let engine: Engine
    let entries: [SafetensorsWriter.Entry]

    init(_ weights: Weights, type: StoredType, engine: Engine) {
        self.weights = weights
        self.type = type
        self.engine = engine
        entries = weights.transformer.parameters.map {
            SafetensorsWriter.Entry(name: $0.name, type: type, shape: $0.shape.dimensions)
        }
    }

    func write(to folder: String, shardBytes: Int) throws(FileError) {
        let shards = shards(shardBytes)
        guard shards.count > 1 else {
            try write(entries, to: "\(folder)/\(Checkpoint.fileName)")
            // An index of an older model would lead to its shards.
            try AtomicFile.remove("\(folder)/\(Checkpoint.indexName)")
            return
        }
        var map: [(String, JSON)] = []
        for (index, shard) in shards.enumerated() {
            let name = "model-\(padded(index + 1))-of-\(padded(shards.count)).safetensors"
            try write(shard, to: "\(folder)/\(name)")
            map += shard.map { ($0.name, .text(name)) }
        }
        let total = entries.reduce(0) { $0 + $1.count * type.blockBytes }
        let index: JSON = ["metadata": ["total_size": .int(total)], "weight_map": .members(map)]
        try AtomicFile.write(
            index.bytes(.pretty(indent: 2)), to: "\(folder)/\(Checkpoint.indexName)")
    }

    private func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    private func shards(_ limit: Int) -> [[SafetensorsWriter.Entry]] {
        var shards: [[SafetensorsWriter.Entry]] = [[]]
        var size = 0
        for entry in entries {
            let bytes = entry.count * type.blockBytes
            if size + bytes > limit, size > 0 {
                shards.append([])
                size = 0
            }
            shards[shards.count - 1].append(entry)
            size += bytes
        }
        return shards
    }

    private func write(_ entries: [SafetensorsWriter.Entry], to path: String) throws(FileError) {
        var writer = try SafetensorsWriter(path: path, entries: entries)
        for entry in entries {
            let tensor = weights[entry.name].dense(on: engine)
            try writer.append(UnsafeBufferPointer(tensor.floats))
        }
        try writer.commit()
    }
}
