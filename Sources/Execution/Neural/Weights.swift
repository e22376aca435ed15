public import Tensor

/// The weights of a model by name, and what is made of them for training or inference.
public struct Weights: Sendable {
    /// The model they belong to.
    public private(set) var transformer: Transformer
    /// Every weight by name.
    public private(set) var tensors: [String: Tensor]

    /// Weights from a checkpoint.
    ///
    /// - Throws: `ModelError` if one is missing or of another shape.
    public init(_ transformer: Transformer, _ tensors: [String: Tensor]) throws(ModelError) {
        self.transformer = transformer
        self.tensors = [:]
        for parameter in transformer.parameters {
            guard let tensor = tensors[parameter.name] else { throw .missingWeight(parameter.name) }
            guard tensor.type.shape == parameter.shape else {
                throw .wrongShape(
                    name: parameter.name, expected: parameter.shape,
                    found: tensor.type.shape.dimensions)
            }
            self.tensors[parameter.name] = tensor
        }
    }

    /// New weights from a seed: one stream of random numbers per weight, in checkpoint order.
    public init(_ transformer: Transformer, seed: UInt64, on engine: Engine) {
        self.init(transformer, [:], seed: seed, on: engine)
    }

    /// The given weights, and new ones from a seed for what they lack.
    private init(
        _ transformer: Transformer, _ known: [String: Tensor], seed: UInt64, on engine: Engine
    ) {
        self.transformer = transformer
        tensors = [:]
        for (position, parameter) in transformer.parameters.enumerated() {
            if let tensor = known[parameter.name] {
                tensors[parameter.name] = tensor
                continue
            }
            let tensor = Tensor(TensorType(parameter.shape)), stream = UInt64(position)
            switch parameter.start {
            case .constant(let value): tensor.fill(value)
            case .normal(let deviation):
                tensor.fillNormal(deviation: deviation, key: seed, stream: stream, on: engine)
            case .uniform(let bound):
                tensor.fillUniform(bound: bound, key: seed, stream: stream, on: engine)
            }
            tensors[parameter.name] = tensor
        }
    }

    /// The same tensors under a model whose matrix products are of the given type.
    public func multiplying(in product: ElementType) -> Weights {
        var other = self
        other.transformer.product = product
        return other
    }

    /// A copy that can be trained by itself: what training moves is copied, fp32 row-major; what it leaves
    /// alone is shared.
    public func copy(on engine: Engine) -> Weights {
        var copy = self
        for parameter in transformer.trained {
            copy.tensors[parameter.name] = self[parameter.name].dense(on: engine)
        }
        return copy
    }

    /// Weights for inference: matrices in panels of the given element type, vectors as they are.
    public func packed(_ element: ElementType, on engine: Engine) -> Weights {
        var packed = self
        for parameter in transformer.parameters where parameter.isProjection {
            let panels = Tensor(TensorType(parameter.shape, element), layout: .panels)
            panels.load(self[parameter.name], on: engine)
            packed.tensors[parameter.name] = panels
        }
        return packed
    }

    /// Loads what training moves from other weights of the same model, whatever the layout of these.
    public func load(_ other: Weights, on engine: Engine) {
        for parameter in transformer.trained where self[parameter.name] !== other[parameter.name] {
            self[parameter.name].load(other[parameter.name], on: engine)
        }
    }

    /// One weight.
    public subscript(name: String) -> Tensor {
        guard let tensor = tensors[name] else { preconditionFailure("the model has no weight \(name)") }
        return tensor
    }
}

// MARK: - Adapters and heads

extension Weights {
    /// The same tensors, with a new adapter: A from a seed, B at zero.
    public func adding(_ adapter: LoRAConfig, seed: UInt64, on engine: Engine) -> Weights {
        var transformer = transformer
        transformer.adapter = adapter
        let old = Set(self.transformer.parameters.filter { $0.role == .adapter }.map(\.name))
        return Weights(
            transformer, tensors.filter { !old.contains($0.key) }, seed: seed, on: engine)
    }

    /// The same tensors, with an adapter that is there already.
    ///
    /// - Throws: `ModelError` if a tensor is missing or of another shape.
    public func adding(
        _ adapter: LoRAConfig, _ parts: [String: Tensor]
    ) throws(ModelError) -> Weights {
        var transformer = transformer
        transformer.adapter = adapter
        return try Weights(transformer, parts.merging(tensors) { part, _ in part })
    }

    /// The same tensors, with a value head at zero.
    public func addingValueHead(on engine: Engine) -> Weights {
        var transformer = transformer
        transformer.hasValueHead = true
        return Weights(transformer, tensors, seed: 0, on: engine)
    }

    /// The model's own weights alone: neither adapter nor head.
    public var own: Weights {
        var other = self
        other.transformer.adapter = nil
        other.transformer.hasValueHead = false
        let names = Set(other.transformer.parameters.map(\.name))
        other.tensors = tensors.filter { names.contains($0.key) }
        return other
    }

    /// A plain model: each adapted weight is `W + (B A) * scale`, in fp32; the head is left out.
    public func merged(on engine: Engine) -> Weights {
        var plain = own
        guard let adapter = transformer.adapter else { return plain }
        for parameter in plain.transformer.parameters where parameter.name.hasSuffix("_proj.weight") {
            let names = LoRAConfig.names(of: String(parameter.name.dropLast(".weight".count)))
            guard let a = tensors[names.a], let b = tensors[names.b] else { continue }
            plain.tensors[parameter.name] = LoRAConfig.merged(
                self[parameter.name].dense(on: engine), a.dense(on: engine), b.dense(on: engine),
                scale: adapter.scale, on: engine)
        }
        return plain
    }

    /// The same weights as training binds them: what is trained in fp32, matrices that it leaves alone in
    /// `frozenElement`. What is so already is not copied.
    func trainable(on engine: Engine) -> Weights {
        var other = self
        let element = transformer.frozenElement
        for parameter in transformer.parameters {
            let tensor = self[parameter.name]
            let isHalf = parameter.isProjection && parameter.role == .model
            let type = TensorType(parameter.shape, isHalf ? element : .float32)
            if tensor.type == type, tensor.layout == .rowMajor { continue }
            let stored = Tensor(type)
            stored.load(tensor.layout == .rowMajor ? tensor : tensor.dense(on: engine), on: engine)
            other.tensors[parameter.name] = stored
        }
        return other
    }
}

extension LoRAConfig {
    /// `w + (b a) * scale`, by a program of the canonical operators.
    fileprivate static func merged(
        _ w: Tensor, _ a: Tensor, _ b: Tensor, scale: Float, on engine: Engine
    ) -> Tensor {
        var graph = Graph()
        let product = graph.matmul(
            graph.parameter("b", b.type.shape), graph.parameter("a", a.type.shape))
        let change = graph.affine(product, scale: scale, offset: 0)
        graph.assign(
            graph.add(graph.parameter("w", w.type.shape), change),
            to: graph.state("merged", w.type.shape))
        let merged = Tensor(w.type)
        do {
            try Session(Plan(Program(graph)), on: engine, ["w": w, "a": a, "b": b, "merged": merged])
                .run()
        } catch {
            preconditionFailure("the program's tensors are all given: \(error)")
        }
        return merged
    }
}

/// Weights that do not make a model.
public enum ModelError: Error, Hashable, CustomStringConvertible {
    /// A weight is not in the checkpoint.
    case missingWeight(String)
    /// A weight has another shape than the configuration says.
    case wrongShape(name: String, expected: Shape, found: [Int])

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .missingWeight(let name):
            "the checkpoint has no tensor \(name); is it complete, and of the architecture in config.json?"
        case .wrongShape(let name, let expected, let found):
            "tensor \(name) is \(found) where config.json asks for \(expected); do they belong together?"
        }
    }
}
