import Bytes
import Foundation
import Language
import Neural
import Tensor
import TestSupport
import Testing
import World

/// Writes small GGUF files.
struct GGUFBytes {
    var bytes: [UInt8] = []

    mutating func put<T: FixedWidthInteger>(_ number: T) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
    mutating func put(_ text: String) {
        put(UInt64(text.utf8.count))
        bytes += text.utf8
    }
    mutating func header(tensors: Int, keys: Int, version: UInt32 = 3) {
        bytes += Array("GGUF".utf8)
        put(version)
        put(UInt64(tensors))
        put(UInt64(keys))
    }
    mutating func pair(_ key: String, _ value: Value) {
        put(key)
        put(value)
    }
    mutating func put(_ value: Value) {
        switch value {
        case .int(let number):
            put(UInt32(4))
            put(UInt32(number))
        case .float(let number):
            put(UInt32(6))
            put(number.bitPattern)
        case .text(let text):
            put(UInt32(8))
            put(text)
        case .texts(let texts):
            put(UInt32(9))
            put(UInt32(8))
            put(UInt64(texts.count))
            for text in texts { put(text) }
        }
    }
    mutating func tensor(_ name: String, _ sizes: [Int], type: UInt32, offset: Int) {
        put(name)
        put(UInt32(sizes.count))
        for size in sizes { put(UInt64(size)) }
        put(type)
        put(UInt64(offset))
    }
    mutating func align() { bytes += [UInt8](repeating: 0, count: -bytes.count & 31) }

    enum Value {
        case int(Int), float(Float), text(String), texts([String])
    }
}

@Suite struct GGUFTests {
    private func open(_ writer: GGUFBytes) throws -> GGUFFile {
        try GGUFFile(MappedFile(path: "a", copying: writer.bytes))
    }

    /// One tensor of the given type.
    private func file(type: UInt32, sizes: [Int], data: [UInt8], offset: Int = 0) throws -> GGUFFile {
        var writer = GGUFBytes()
        writer.header(tensors: 1, keys: 1)
        writer.pair("general.name", .text("é"))
        writer.tensor("t", sizes, type: type, offset: offset)
        writer.align()
        writer.bytes += data
        return try open(writer)
    }

    // Scale 0.5 (0x3800), offset 1 (0x3c00); nibbles count up in the low half and down in the high
    // half.
    private static let nibbles = (0..<16).map { UInt8($0 | (15 - $0) << 4) }

    @Test func `blocks widen as ggml defines them`() throws {
        let q8 = try file(
            type: 8, sizes: [32],
            data: [0, 0x38] + (0..<32).map { UInt8(bitPattern: Int8($0 - 16)) })
        #expect(q8.metadata["general.name"]?.text == "é")
        #expect(try q8.tensors[0].floats() == (0..<32).map { Float($0 - 16) / 2 })
        let q4 = try file(type: 2, sizes: [32], data: [0, 0x38] + Self.nibbles)
        #expect(
            try q4.tensors[0].floats()
                == (0..<16).map { Float($0 - 8) / 2 } + (0..<16).map { Float(7 - $0) / 2 })
        let offset = try file(type: 3, sizes: [32], data: [0, 0x38, 0, 0x3c] + Self.nibbles)
        #expect(
            try offset.tensors[0].floats()
                == (0..<16).map { Float($0) / 2 + 1 } + (0..<16).map { Float(15 - $0) / 2 + 1 })
        let half = try file(type: 1, sizes: [2, 1], data: [0, 0x3c, 0, 0xc0])
        #expect(try half.tensors[0].floats() == [1, -2] && half.tensors[0].shape == [1, 2])
    }

    @Test func `places that do not fit are errors`() {
        func refused(_ error: CheckpointError, _ make: () throws -> GGUFFile) {
            #expect(throws: error) { try make() }
        }
        let outside = CheckpointError.badTensor(name: "t", reason: "does not lie inside the file")
        refused(outside) { try file(type: 0, sizes: [2], data: [0, 0, 0, 0]) }
        refused(outside) { try file(type: 0, sizes: [1], data: [0, 0, 0, 0], offset: 32) }
        refused(.badTensor(name: "t", reason: "overlaps another or is not aligned")) {
            try file(type: 0, sizes: [1], data: [UInt8](repeating: 0, count: 64), offset: 4)
        }
        refused(.badTensor(name: "t", reason: "has no valid shape")) {
            try file(type: 8, sizes: [31], data: [UInt8](repeating: 0, count: 64))
        }
        refused(.badTensor(name: "t", reason: "has no valid shape")) {
            try file(type: 0, sizes: [1 << 39, 1 << 39], data: [])
        }
        refused(.unsupported(path: "a", what: "tensors of ggml type 12")) {
            try file(type: 12, sizes: [256], data: [])
        }
        refused(.badTensor(name: "t", reason: "has rank 5")) {
            try file(type: 0, sizes: [1, 1, 1, 1, 1], data: [])
        }
    }

    @Test func `headers that lie are errors`() {
        func refused(_ error: CheckpointError, _ change: (inout GGUFBytes) -> Void) {
            var writer = GGUFBytes()
            change(&writer)
            #expect(throws: error) { try open(writer) }
        }
        refused(.malformed(path: "a", reason: "it does not begin with GGUF")) { $0.put(UInt64(0)) }
        refused(.unsupported(path: "a", what: "GGUF version 1")) {
            $0.header(tensors: 0, keys: 0, version: 1)
        }
        refused(
            .malformed(
                path: "a",
                reason:
                    "byte 16 announces 1099511627776 where at most 65536 is read; is the file damaged?"
            )
        ) {
            $0.header(tensors: 0, keys: 1 << 40)
        }
        refused(.malformed(path: "a", reason: "the key a is there twice")) {
            $0.header(tensors: 0, keys: 2)
            $0.pair("a", .int(1))
            $0.pair("a", .int(2))
        }
        refused(.malformed(path: "a", reason: "a list is longer than the file")) {
            $0.header(tensors: 0, keys: 1)
            $0.put("a")
            $0.put(UInt32(9))
            $0.put(UInt32(0))
            $0.put(UInt64(1 << 20))
        }
        refused(.malformed(path: "a", reason: "its alignment is 3")) {
            $0.header(tensors: 0, keys: 1)
            $0.pair("general.alignment", .int(3))
        }
        refused(.malformed(path: "a", reason: "its lists are nested too deep")) {
            $0.header(tensors: 0, keys: 1)
            $0.put("a")
            $0.put(UInt32(9))
            for _ in 0..<10 {
                $0.put(UInt32(9))
                $0.put(UInt64(1))
            }
        }
    }

    @Test func `every shorter file is an error and no trap`() throws {
        var writer = GGUFBytes()
        writer.header(tensors: 1, keys: 2)
        writer.pair("a", .texts(["x", "y"]))
        writer.pair("b", .float(1.5))
        writer.tensor("t", [1], type: 0, offset: 0)
        writer.align()
        writer.bytes += [0, 0, 0x80, 0x3f]
        let whole = writer
        #expect(try open(whole).tensors[0].floats() == [1])
        for count in 0..<whole.bytes.count {
            var shorter = whole
            shorter.bytes.removeLast(whole.bytes.count - count)
            #expect(throws: CheckpointError.self) { try open(shorter) }
        }
    }

    /// The metadata of a tiny Llama.
    private func model(_ change: [(String, GGUFBytes.Value)] = []) throws -> GGUFModel {
        var pairs: [(String, GGUFBytes.Value)] = [
            ("general.architecture", .text("llama")), ("llama.block_count", .int(1)),
            ("llama.embedding_length", .int(8)), ("llama.feed_forward_length", .int(16)),
            ("llama.attention.head_count", .int(1)), ("llama.vocab_size", .int(4)),
            ("llama.attention.layer_norm_rms_epsilon", .float(1e-5)),
            ("tokenizer.ggml.eos_token_id", .int(2)),
        ]
        pairs.removeAll { pair in change.contains { $0.0 == pair.0 } }
        pairs += change
        var writer = GGUFBytes()
        writer.header(tensors: 1, keys: pairs.count)
        for pair in pairs { writer.pair(pair.0, pair.1) }
        writer.tensor("blk.0.attn_q.weight", [1, 8], type: 0, offset: 0)
        writer.align()
        for row in 0..<8 { writer.put(Float(row).bitPattern) }
        return try GGUFModel(try open(writer))
    }

    @Test func `configurations read and Q is put back in half-split order`() throws {
        let model = try model()
        #expect(model.config.transformer.epsilon == 1e-5 && model.config.endTokens == [2])
        #expect(model.config.transformer.keyHeads == 1 && model.config.transformer.headWidth == 8)
        let query = try model.checkpoint().tensor("model.layers.0.self_attn.q_proj.weight")
        #expect(try query.floats() == [0, 2, 4, 6, 1, 3, 5, 7])
        #expect(throws: CheckpointError.missingTensor("model.norm.weight")) {
            try model.checkpoint().tensor("model.norm.weight")
        }
    }

    @Test func `configurations that are not built are refused`() {
        #expect(throws: ModelConfigError.unknownArchitecture("gemma")) {
            try model([("general.architecture", .text("gemma"))])
        }
        #expect(throws: ModelConfigError.invalid(key: "llama.block_count", value: "0")) {
            try model([("llama.block_count", .int(0))])
        }
        #expect(throws: ModelConfigError.unsupported(key: "rope.scaling.type", value: "yarn")) {
            try model([("llama.rope.scaling.type", .text("yarn"))])
        }
        #expect(
            throws: ModelConfigError.invalid(key: "tokenizer.ggml.eos_token_id", value: "int(4)")
        ) {
            try model([("tokenizer.ggml.eos_token_id", .int(4))])
        }
    }

    @Test func `tokenizers that are not built are refused`() throws {
        func refused(_ error: TokenizerError, _ pairs: [(String, GGUFBytes.Value)]) throws {
            let file = try model(pairs.map { ("tokenizer.ggml.\($0.0)", $0.1) }).file
            #expect(throws: error) { try file.tokenizer() }
        }
        try refused(.unsupported(part: "model", value: "none"), [])
        try refused(.unsupported(part: "model", value: "llama"), [("model", .text("llama"))])
        let whole: [(String, GGUFBytes.Value)] = [
            ("model", .text("gpt2")), ("tokens", .texts(["a", "b"])), ("merges", .texts([])),
        ]
        try refused(.unsupported(part: "pre-tokenizer", value: "none"), whole)
        try refused(.malformed("no tokenizer.ggml.merges"), Array(whole.prefix(2)))
        try refused(
            .unknownMerge("a b"),
            Array(whole.prefix(2)) + [
                ("merges", .texts(["a b"])), ("pre", .text("gpt-2")),
            ])
    }
}

@Suite(
    .enabled(
        if: Fixtures.sharedExists("stories260k/stories260K.bin"),
        "shared/fixtures/stories260k is not beside the checkout"))
struct StoryModelTests {
    @Test func `a llama2.c model opens and its tokenizer goes there and back`() throws {
        let model = try PretrainedModel(path: Fixtures.shared("stories260k/stories260K.bin").path)
        #expect(model.config.transformer.parameterCount == 260_032)
        #expect(try model.weights().tensors.count == 47)
        let tokenizer = try #require(model.tokenizer)
        for text in [
            "Once upon a time, there was a little girl.", "Zoë said 'hi' 🙂\n\nThe end", "", "  two",
        ] {
            #expect(tokenizer.decode(tokenizer.encode(text, addingSpecials: true)) == text)
        }
        #expect(
            tokenizer.encode("Once upon a time", addingSpecials: true).prefix(4) == [
                1, 403, 407, 261,
            ])
    }

    @Test func `cut files are errors`() throws {
        let file = try MappedFile(path: Fixtures.shared("stories260k/stories260K.bin").path)
        for count in [0, 27, 28, 1000, file.bytes.count - 1] {
            let cut = MappedFile(path: "a", copying: Array(file.bytes.prefix(count)))
            #expect(throws: CheckpointError.self) { try StoryModel(cut) }
        }
        #expect(throws: TokenizerError.self) {
            try StoryTokenizer(UnsafeRawBufferPointer(rebasing: file.bytes[..<100]))
        }
    }
}
