import Bytes
public import Neural
public import Tensor
import World

extension Checkpoint {
    /// The weights of a model, fp32 and row-major.
    ///
    /// - Throws: `CheckpointError` if a tensor cannot be read, `ModelError` if one is missing or of another
    ///   shape than the configuration says.
    public func weights(_ transformer: Transformer) throws -> Weights {
        var loaded: [String: Tensor] = [:]
        for parameter in transformer.parameters {
            guard let slice = tensors[parameter.name] else { throw ModelError.missingWeight(parameter.name) }
            guard let shape = Shape(checking: slice.shape), shape == parameter.shape else {
                throw ModelError.wrongShape(
                    name: parameter.name, expected: parameter.shape, found: slice.shape)
            }
            let tensor = Tensor(TensorType(shape))
            try slice.read(into: tensor.floats)
            loaded[parameter.name] = tensor
        }
        return try Weights(transformer, loaded)
    }
}

extension Weights {
    /// Writes the weights as one safetensors file, in the order of the checkpoint.
    ///
    /// - Parameter type: F32, or BF16 rounded to nearest.
    public func write(safetensors path: String, as type: StoredType = .f32, on engine: Engine) throws {
        let parameters = transformer.parameters
        var writer = try SafetensorsWriter(
            path: path,
            entries: parameters.map {
                SafetensorsWriter.Entry(name: $0.name, type: type, shape: $0.shape.dimensions)
            })
        for parameter in parameters {
            try writer.append(UnsafeBufferPointer(self[parameter.name].dense(on: engine).floats))
        }
        try writer.commit()
    }
}
