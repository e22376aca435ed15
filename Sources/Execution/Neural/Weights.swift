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
        self.transformer = transformer
        tensors = [:]
        for (position, parameter) in transformer.parameters.enumerated() {
            let tensor = Tensor(TensorType(parameter.shape))
            switch parameter.start {
            case .constant(let value): tensor.fill(value)
            case .normal(let deviation):
                tensor.fillNormal(
                    deviation: deviation, key: seed, stream: UInt64(position), on: engine)
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

    /// A deep copy, fp32 row-major.
    public func copy(on engine: Engine) -> Weights {
        var copy = self
        copy.tensors = tensors.mapValues { $0.dense(on: engine) }
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

    /// Loads other weights of the same model into these, whatever their layout.
    public func load(_ other: Weights, on engine: Engine) {
        for (name, tensor) in tensors where tensor !== other[name] {
            tensor.load(other[name], on: engine)
        }
    }

    /// One weight.
    public subscript(name: String) -> Tensor {
        guard let tensor = tensors[name] else { preconditionFailure("the model has no weight \(name)") }
        return tensor
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
