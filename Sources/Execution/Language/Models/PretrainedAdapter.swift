public import Bytes
public import Neural
import Tensor
import World

/// A low-rank adapter on disk: a folder in PEFT's layout, `adapter_config.json` beside
/// `adapter_model.safetensors`.
public struct PretrainedAdapter: Sendable {
    /// The file of settings.
    public static let configName = "adapter_config.json"
    /// The file of weights.
    public static let weightsName = "adapter_model.safetensors"
    /// What PEFT puts before the name of a weight.
    static let prefix = "base_model.model."

    /// Rank, scale and targets.
    public let config: LoRAConfig
    /// The model that it was trained on, as its writer named it.
    public let baseName: String?
    private let folder: String
    private let checkpoint: Checkpoint

    /// Opens a folder: settings and headers are read, weights when they are used.
    public init(folder: String) throws(ModelFileError) {
        let path = "\(folder)/\(Self.configName)"
        guard let file = try ModelFolder.json(path) else { throw .file(.missing(path)) }
        do throws(ModelConfigError) { config = try LoRAConfig(file) } catch {
            throw .config(path: path, error)
        }
        baseName = file["base_model_name_or_path"]?.text
        self.folder = folder
        do throws(CheckpointError) {
            let weights = "\(folder)/\(Self.weightsName)"
            checkpoint = try Checkpoint(SafetensorsFile(path: weights).tensors)
        } catch { throw .checkpoint(error) }
    }

    /// A model with this adapter on it; the model's tensors are shared.
    public func applied(to weights: Weights) throws(ModelFileError) -> Weights {
        var transformer = weights.transformer
        transformer.adapter = config
        let wanted = transformer.parameters.filter { $0.role == .adapter }
        do throws(CheckpointError) {
            var tensors: [String: Tensor] = [:]
            for parameter in wanted {
                let slice = try checkpoint.tensor(Self.prefix + parameter.name)
                // Before memory is taken: settings must not ask for more than the file has.
                guard slice.shape == parameter.shape.dimensions else {
                    throw .badTensor(
                        name: slice.name,
                        reason: "is \(slice.shape) where the model and its settings ask for "
                            + "\(parameter.shape); was it trained on this model?")
                }
                let tensor = Tensor(TensorType(parameter.shape))
                try slice.read(into: tensor.floats)
                tensors[parameter.name] = tensor
            }
            // What would be left out in silence changes what the model says.
            let known = Set(wanted.map { Self.prefix + $0.name })
            if let stranger = checkpoint.tensors.keys.filter({ !known.contains($0) }).min() {
                throw .badTensor(
                    name: stranger, reason: "is no part of a low-rank adapter of this model")
            }
            do throws(ModelError) { return try weights.adding(config, tensors) } catch {
                throw .badTensor(name: "adapter", reason: error.description)
            }
        } catch { throw .checkpoint(error) }
    }

    /// Writes the adapter of a model as a folder that PEFT loads.
    ///
    /// - Parameter baseName: the model that it belongs to, for who loads it.
    /// - Precondition: the model has an adapter.
    public static func write(
        _ weights: Weights, to folder: String, baseName: String?
    ) throws(ModelFileError) {
        guard let config = weights.transformer.adapter else {
            preconditionFailure("a model without an adapter has none to write")
        }
        let parameters = weights.transformer.parameters.filter { $0.role == .adapter }
        let entries = parameters.map {
            SafetensorsWriter.Entry(
                name: prefix + $0.name, type: .f32, shape: $0.shape.dimensions)
        }
        do throws(FileError) {
            try Folder.make(folder)
            var writer = try SafetensorsWriter(path: "\(folder)/\(weightsName)", entries: entries)
            for parameter in parameters {
                try writer.append(UnsafeBufferPointer(weights[parameter.name].floats))
            }
            try writer.commit()
            try AtomicFile.write(
                config.file(baseName: baseName).bytes(.pretty(indent: 2)) + [0x0a],
                to: "\(folder)/\(configName)")
        } catch { throw .file(error) }
    }
}

// MARK: - Settings

extension LoRAConfig {
    /// The settings in an `adapter_config.json` of PEFT.
    public init(_ file: JSON) throws(ModelConfigError) {
        let fields = ConfigFields(file)
        let kind = file["peft_type"]?.text ?? "none"
        guard kind == "LORA" else { throw .unsupported(key: "peft_type", value: kind) }
        try Self.checkFeatures(fields)
        let alpha = try fields.positive("lora_alpha")
        guard alpha <= 1e6 else { throw .invalid(key: "lora_alpha", value: "\(alpha)") }
        self.init(
            rank: try fields.size("r", limit: Self.rankMax), alpha: alpha,
            targets: try Self.targets(file), isRankStabilized: try fields.flag("use_rslora"))
    }

    private static func targets(_ file: JSON) throws(ModelConfigError) -> Set<Target> {
        guard let value = file["target_modules"] else { throw .missing("target_modules") }
        if value.text == "all-linear" { return Set(Target.allCases) }
        guard let items = value.elements, !items.isEmpty, items.count <= Target.allCases.count else {
            throw .unsupported(key: "target_modules", value: value.text())
        }
        var targets: Set<Target> = []
        for item in items {
            // A name of one module of one layer would be another set than ours: it is refused too.
            guard let name = item.text, let target = Target(rawValue: name) else {
                throw .unsupported(key: "target_modules", value: item.text())
            }
            targets.insert(target)
        }
        return targets
    }

    /// Settings that are read, and those that say nothing of what a finished adapter computes.
    private static let known: Set<String> = [
        "peft_type", "r", "lora_alpha", "use_rslora", "target_modules", "bias", "init_lora_weights",
        "task_type", "auto_mapping", "base_model_name_or_path", "revision", "inference_mode",
        "lora_dropout", "peft_version", "megatron_core", "qalora_group_size", "runtime_config",
        "ensure_weight_tying",
    ]

    /// PEFT has many variants of low-rank adapters, and gets more: any other setting that is not off is one
    /// that is not built.
    private static func checkFeatures(_ fields: ConfigFields) throws(ModelConfigError) {
        guard let members = fields.file.orderedMembers else {
            throw .invalid(key: "adapter_config", value: fields.file.kind)
        }
        for member in members where !known.contains(member.key) {
            let value = member.value
            let isEmpty = value.elements?.isEmpty ?? value.orderedMembers?.isEmpty ?? false
            guard value == .null || value == false || isEmpty else {
                throw .unsupported(key: member.key, value: value.text())
            }
        }
        let bias = fields.file["bias"]?.text ?? "none"
        guard bias == "none" else { throw .unsupported(key: "bias", value: bias) }
        // Other ways to start an adapter change the model beneath it as well.
        let start = fields.file["init_lora_weights"] ?? true
        guard start.flag != nil || start == "gaussian" || start == "orthogonal" else {
            throw .unsupported(key: "init_lora_weights", value: start.text())
        }
    }

    /// The settings as an `adapter_config.json`.
    public func file(baseName: String?) -> JSON {
        let whole = Int(exactly: alpha)
        return .members([
            ("peft_type", "LORA"), ("task_type", "CAUSAL_LM"), ("auto_mapping", nil),
            ("base_model_name_or_path", baseName.map(JSON.text) ?? .null), ("revision", nil),
            ("inference_mode", true), ("r", .int(rank)),
            ("lora_alpha", whole.map(JSON.int) ?? .real(alpha)), ("lora_dropout", 0.0),
            ("use_rslora", .flag(isRankStabilized)), ("use_dora", false),
            (
                "target_modules",
                .texts(Target.allCases.filter(targets.contains).map(\.rawValue))
            ),
            ("exclude_modules", nil), ("fan_in_fan_out", false), ("bias", "none"),
            ("modules_to_save", nil), ("init_lora_weights", true), ("layers_to_transform", nil),
            ("layers_pattern", nil), ("rank_pattern", [:]), ("alpha_pattern", [:]),
        ])
    }
}
