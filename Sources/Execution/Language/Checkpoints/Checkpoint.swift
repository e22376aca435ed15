import Bytes
import World

/// All tensors of a model, in one file or in shards with an index.
public struct Checkpoint: Sendable {
    /// The file of a model that is not sharded.
    public static let fileName = "model.safetensors"
    /// The index of one that is.
    public static let indexName = "model.safetensors.index.json"
    static let shardLimit = 1 << 12

    /// Its tensors by name.
    public let tensors: [String: TensorSlice]

    /// A checkpoint of tensors that are already found.
    public init(_ slices: [TensorSlice]) throws(CheckpointError) {
        var tensors: [String: TensorSlice] = [:]
        for slice in slices {
            guard tensors.updateValue(slice, forKey: slice.name) == nil else {
                throw .badTensor(name: slice.name, reason: "is there twice")
            }
        }
        self.tensors = tensors
    }

    /// The checkpoint in a folder: one file, or an index and its shards.
    public init(folder: String) throws(CheckpointError) {
        let index = "\(folder)/\(Self.indexName)"
        let text: String
        do throws(FileError) { text = try MappedFile.text(path: index) } catch {
            guard error.isMissing else { throw .file(error) }
            try self.init(try SafetensorsFile(path: "\(folder)/\(Self.fileName)").tensors)
            return
        }
        let value: JSON
        do throws(JSONError) { value = try JSON(parsing: text) } catch {
            throw .malformed(path: index, reason: error.description)
        }
        guard let map = value["weight_map"]?.orderedMembers else {
            throw .malformed(path: index, reason: "it has no weight_map")
        }
        try self.init(try Self.shards(map, folder, index))
    }

    private static func shards(
        _ map: [JSON.Member], _ folder: String, _ index: String
    ) throws(CheckpointError) -> [TensorSlice] {
        var fileOf: [ExactText: String] = [:]
        for member in map {
            guard let name = member.value.text, isPlainName(name) else {
                throw .malformed(path: index, reason: "\(member.value.text()) is no shard's name")
            }
            fileOf[ExactText(member.key)] = name
        }
        let names = Set(fileOf.values).sorted()
        guard names.count <= shardLimit else {
            throw .malformed(path: index, reason: "it names \(names.count) shards")
        }
        var slices: [TensorSlice] = []
        for name in names {
            slices += try SafetensorsFile(path: "\(folder)/\(name)").tensors.filter {
                fileOf[ExactText($0.name)] == name
            }
        }
        let found = Set(slices.map { ExactText($0.name) })
        for member in map where !found.contains(ExactText(member.key)) {
            throw .missingTensor(member.key)
        }
        return slices
    }

    /// A shard lies in the folder itself: an index must not lead elsewhere.
    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && !name.utf8.contains(0x2f) && !name.utf8.contains(0) && name != ".."
            && name != "."
    }

    /// One tensor.
    public func tensor(_ name: String) throws(CheckpointError) -> TensorSlice {
        guard let tensor = tensors[name] else { throw .missingTensor(name) }
        return tensor
    }
}
