import Bytes
import Foundation
import Language
import Neural
import Tensor
import TestSupport
import Testing
import World

/// A folder that goes when the test ends.
struct TemporaryFolder: ~Copyable {
    let path = NSTemporaryDirectory() + "language-\(UUID().uuidString)"
    init() throws { try Folder.make(path) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct SafetensorsTests {
    private func bytes(_ header: String, _ data: [UInt8]) -> [UInt8] {
        let count = header.utf8.count
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + Array(header.utf8)
            + data
    }

    private func read(_ bytes: [UInt8]) throws -> SafetensorsFile {
        try SafetensorsFile(MappedFile(path: "a", copying: bytes))
    }

    @Test func `reads every plain type it may hold`() throws {
        let header = """
            {"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},\
            "a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},\
            "h":{"dtype":"F16","shape":[],"data_offsets":[8,10]},"i":{"dtype":"I32","shape":[0,5],\
            "data_offsets":[10,10]}}
            """
        let file = try read(bytes(header, [0, 0, 0x80, 0x3f, 0x80, 0x3f, 0x00, 0xc0, 0x00, 0x3c]))
        #expect(file.metadata == ["format": "pt"])
        #expect(file.tensors.map(\.name) == ["a", "b", "h", "i"])
        #expect(try file.tensors[0].floats() == [1])
        #expect(try file.tensors[1].floats() == [1, -2])
        #expect(try file.tensors[2].floats() == [1] && file.tensors[2].shape == [])
        #expect(throws: CheckpointError.notReal(name: "i", type: .i32)) {
            try file.tensors[3].floats()
        }
    }

    private static let broken: [(String, Int, CheckpointError)] = [
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5,
            .malformed(path: "a", reason: "its tensors fill 4 of 5 bytes")
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4,
            .badTensor(name: "a", reason: "does not lie inside the file")
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4,
            .badTensor(name: "a", reason: "has 4 bytes where its shape needs 8")
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8,
            .badTensor(name: "a", reason: "begins at byte 4 where 0 is next")
        ),
        (
            #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
                + #""b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#,
            3, .badTensor(name: "b", reason: "begins at byte 1 where 2 is next")
        ),
        (
            #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
                + #""a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
            2, .badTensor(name: "a", reason: "is there twice")
        ),
        (
            #"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}}"#, 0,
            .badTensor(name: "a", reason: "has no valid shape")
        ),
        (
            #"{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0,
            .badTensor(name: "a", reason: "has no valid shape")
        ),
        (
            #"{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}"#, 1,
            .badTensor(name: "a", reason: "has no valid shape")
        ),
        (
            #"{"a":{"dtype":"Q8_0","shape":[32],"data_offsets":[0,34]}}"#, 34,
            .unsupported(path: "a", what: "the type Q8_0")
        ),
        (
            #"{"a":{"shape":[1],"data_offsets":[0,1]}}"#, 1,
            .badTensor(name: "a", reason: "has no dtype")
        ),
        (
            #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}"#, 1,
            .badTensor(name: "a", reason: "does not lie inside the file")
        ),
        ("[]", 0, .malformed(path: "a", reason: "its header is no object")),
        (
            "{", 0,
            .malformed(
                path: "a",
                reason:
                    "its header at byte 1: the JSON text ends in the middle; is the file complete?")
        ),
        (
            #"{"a":{"dtype":"U8","shape":[[[[1]]]],"data_offsets":[0,1]}}"#, 1,
            .malformed(
                path: "a", reason: "its header at byte 29: JSON nested deeper than 4 is not read")
        ),
    ]

    @Test(arguments: broken)
    func `a damaged file is an error that says where`(
        header: String, data: Int, error: CheckpointError
    ) {
        #expect(throws: error) { try read(bytes(header, [UInt8](repeating: 0, count: data))) }
    }

    @Test func `a header longer than the file or the limit is an error`() {
        #expect(throws: CheckpointError.self) { try read([1, 2, 3]) }
        #expect(
            throws: CheckpointError.malformed(
                path: "a",
                reason:
                    "the data ends at byte 8 where 9 more are needed; is the file complete?")
        ) {
            try read([9, 0, 0, 0, 0, 0, 0, 0])
        }
        #expect(throws: CheckpointError.self) { try read([UInt8](repeating: 0xff, count: 20)) }
    }

    @Test func `every shorter file is an error and no trap`() throws {
        let whole = bytes(
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
            [UInt8](repeating: 1, count: 8))
        #expect(try read(whole).tensors.count == 1)
        for count in 0..<whole.count {
            #expect(throws: CheckpointError.self) { try read(Array(whole[..<count])) }
        }
    }

    @Test func `reads back what it writes`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/model.safetensors"
        let numbers: [Float] = [1, -2.5, 3.0000002, .infinity, .leastNonzeroMagnitude, 0]
        var writer = try SafetensorsWriter(
            path: path,
            entries: [
                .init(name: "x", type: .f32, shape: [2, 3]),
                .init(name: "y", type: .bf16, shape: [6]),
            ])
        try writer.append(numbers)
        try writer.append(numbers)
        try writer.commit()
        let file = try SafetensorsFile(path: path)
        #expect(try file.tensors[0].floats() == numbers && file.tensors[0].shape == [2, 3])
        #expect(try file.tensors[1].floats() == [1, -2.5, 3, .infinity, 0, 0])
        #expect(file.metadata == ["format": "pt"])
    }
}

@Suite(
    .enabled(
        if: Fixtures.sharedExists("tiny_oracles/qwen2"),
        "shared/fixtures/tiny_oracles is not beside the checkout"))
struct TinyModelTests {
    @Test(arguments: ["qwen2", "qwen2_untied", "qwen3", "llama3rope", "smollm2"])
    func `checkpoints of transformers open whole`(name: String) throws {
        let model = try PretrainedModel(path: Fixtures.shared("tiny_oracles/\(name)").path)
        let weights = try model.weights()
        #expect(weights.tensors.values.allSatisfy { $0.floats.allSatisfy(\.isFinite) })
        #expect(model.tokenizer == nil)
        // A written configuration is the same again.
        #expect(try ModelConfig(JSON(parsing: model.config.file.text())) == model.config)
    }

    @Test func `an index that leads out of the folder is refused`() throws {
        let folder = try TemporaryFolder()
        for name in ["../a", "", ".", "a/b", "a\u{0}"] {
            let index: JSON = ["weight_map": ["x": .text(name)]]
            try AtomicFile.write(index.bytes(), to: folder.path + "/" + Checkpoint.indexName)
            #expect(
                throws: CheckpointError.malformed(
                    path: folder.path + "/" + Checkpoint.indexName,
                    reason: "\(JSON.text(name).text()) is no shard's name")
            ) {
                try Checkpoint(folder: folder.path)
            }
        }
    }
}

@Suite(
    .enabled(
        if: Fixtures.sharedExists("tiny_oracles/qwen3"),
        "shared/fixtures/tiny_oracles is not beside the checkout"))
struct ModelFolderTests {
    @Test(arguments: [5_000_000_000, 100_000])
    func `a written folder opens as the same model`(shardBytes: Int) throws {
        var model = try PretrainedModel(path: Fixtures.shared("tiny_oracles/qwen3").path)
        model.tokenizer = try CharacterTokenizer(alphabet: "abc", specials: ["<s>"])
        model.chatTemplate = try ChatTemplate("{{ messages[0].content }}\n")
        model.templateVariables = ["bos_token": "<s>"]
        let folder = try TemporaryFolder()
        let weights = try model.weights()
        let engine = Engine(threads: 1)
        try model.write(weights, to: folder.path, shardBytes: shardBytes, on: engine)
        let again = try PretrainedModel(path: folder.path)
        #expect(again.config == model.config && again.generation == model.generation)
        #expect(again.tokenizer as? CharacterTokenizer == model.tokenizer as? CharacterTokenizer)
        #expect(again.chatTemplate?.source == "{{ messages[0].content }}\n")
        #expect(again.templateVariables == ["bos_token": "<s>"])
        let read = try again.weights()
        for (name, tensor) in weights.tensors {
            #expect(read.tensors[name].map { Array($0.floats) } == Array(tensor.floats))
        }
        let sharded = try FileManager.default.contentsOfDirectory(atPath: folder.path).count {
            $0.hasSuffix("safetensors")
        }
        #expect((sharded > 1) == (shardBytes < 1_000_000))
        // BF16 keeps the upper halves.
        try model.write(weights, to: folder.path, type: .bf16, on: engine)
        let rounded = try PretrainedModel(path: folder.path)
        #expect(rounded.config.storedType == .bf16)
        for (name, tensor) in try rounded.weights().tensors {
            #expect(
                zip(tensor.floats, weights[name].floats).allSatisfy {
                    $0.bitPattern & 0xffff == 0 && abs($0 - $1) <= abs($1) / 128
                })
        }
    }

    @Test func `what is missing is named`() throws {
        let folder = try TemporaryFolder()
        #expect { try PretrainedModel(path: folder.path) } throws: {
            "\($0)".contains("config.json") && "\($0)".contains("No such file")
        }
        try AtomicFile.write("{", to: folder.path + "/config.json")
        #expect(
            throws: ModelFileError.json(
                path: folder.path + "/config.json", JSONError(code: .truncated, offset: 1))
        ) {
            try PretrainedModel(path: folder.path)
        }
    }
}
