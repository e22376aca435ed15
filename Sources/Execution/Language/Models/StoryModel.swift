public import Bytes
import Neural
public import World

/// A model in the format of llama2.c: seven sizes, then fp32 weights in a fixed order.
public struct StoryModel: Sendable {
    /// The model's shape.
    public let config: ModelConfig
    /// Its tensors under their Hugging Face names.
    public let checkpoint: Checkpoint

    /// Reads a model file.
    public init(_ file: MappedFile) throws(CheckpointError) {
        var reader = ByteReader(file.bytes)
        var sizes: [Int] = []
        do throws(ByteReaderError) {
            for _ in 0..<7 { sizes.append(Int(try reader.integer(Int32.self))) }
        } catch { throw .malformed(path: file.path, reason: error.description) }
        // A negative vocabulary says that the output has weights of its own.
        let isTied = sizes[5] > 0
        sizes[5] = abs(sizes[5])
        guard sizes.allSatisfy({ (1...(1 << 20)).contains($0) }), sizes[2] <= 1 << 10,
            sizes[0].isMultiple(of: sizes[3]), sizes[3].isMultiple(of: sizes[4]),
            (sizes[0] / sizes[3]).isMultiple(of: 2)
        else {
            throw .malformed(path: file.path, reason: "its sizes \(sizes) make no llama2.c model")
        }
        var shape = TransformerConfig(
            vocabulary: sizes[5], width: sizes[0], feedForward: sizes[1], layers: sizes[2],
            heads: sizes[3], keyHeads: sizes[4])
        shape.contextLength = sizes[6]
        shape.tiedEmbeddings = isTied
        var config = ModelConfig(shape)
        config.beginToken = 1
        config.endTokens = [1, 2]
        self.config = config
        checkpoint = try Checkpoint(try Self.slices(file, shape))
    }

    private static func slices(
        _ file: MappedFile, _ shape: TransformerConfig
    ) throws(CheckpointError) -> [TensorSlice] {
        var slices: [TensorSlice] = []
        var position = 28
        func take(_ name: String?, _ sizes: [Int], heads: Int? = nil) throws(CheckpointError) {
            guard let count = elementCount(sizes), count <= (file.bytes.count - position) / 4 else {
                throw .malformed(path: file.path, reason: "it ends inside \(name ?? "its tables")")
            }
            let range = position..<(position + 4 * count)
            position = range.upperBound
            guard let name else { return }
            var slice = TensorSlice(name: name, type: .f32, shape: sizes, file: file, range: range)
            if let heads { slice.rows = .interleaved(heads: heads) }
            slices.append(slice)
        }
        func layers(_ part: String, _ sizes: [Int], heads: Int? = nil) throws(CheckpointError) {
            for layer in 0..<shape.layers {
                try take("model.layers.\(layer).\(part).weight", sizes, heads: heads)
            }
        }
        let width = shape.width, keys = shape.keyHeads * shape.headWidth
        try take("model.embed_tokens.weight", [shape.vocabulary, width])
        try layers("input_layernorm", [width])
        try layers("self_attn.q_proj", [width, width], heads: shape.heads)
        try layers("self_attn.k_proj", [keys, width], heads: shape.keyHeads)
        try layers("self_attn.v_proj", [keys, width])
        try layers("self_attn.o_proj", [width, width])
        try layers("post_attention_layernorm", [width])
        try layers("mlp.gate_proj", [shape.feedForward, width])
        try layers("mlp.down_proj", [width, shape.feedForward])
        try layers("mlp.up_proj", [shape.feedForward, width])
        try take("model.norm.weight", [width])
        // Two tables of rotations, which follow from the shape.
        try take(nil, [2, shape.contextLength, shape.headWidth / 2])
        if !shape.tiedEmbeddings { try take("lm_head.weight", [shape.vocabulary, width]) }
        guard position == file.bytes.count else {
            throw .malformed(
                path: file.path, reason: "it has \(file.bytes.count) bytes, \(position) expected")
        }
        return slices
    }
}

/// The tokenizer of llama2.c: pieces with scores, of which the best-scored pair merges first.
public struct StoryTokenizer: Tokenizer {
    private let pieces: [[UInt8]]
    private let ids: [[UInt8]: Int32]
    private let merges: MergeTable
    private static let firstByteToken: Int32 = 3
    static let beginToken: Int32 = 1, endToken: Int32 = 2

    /// Reads a tokenizer file: the longest piece's length, then score, length and bytes of each.
    public init(_ bytes: UnsafeRawBufferPointer) throws(TokenizerError) {
        var reader = ByteReader(bytes)
        var pieces: [[UInt8]] = []
        var scores: [Float] = []
        do throws(ByteReaderError) {
            _ = try reader.integer(UInt32.self)
            while reader.remaining > 0, pieces.count < BytePairTokenizer.idLimit {
                scores.append(try reader.float())
                let length = Int(try reader.integer(UInt32.self))
                guard length <= 1 << 10 else {
                    throw .truncated(offset: reader.position, needed: length)
                }
                pieces.append(Array(try reader.slice(length)))
            }
        } catch { throw .malformed("llama2.c pieces that end early: \(error)") }
        guard pieces.count > 258, scores.allSatisfy({ !$0.isNaN }) else {
            throw .malformed("\(pieces.count) pieces; llama2.c has 3 marks, 256 bytes and more")
        }
        self.pieces = pieces
        var ids: [[UInt8]: Int32] = [:]
        // Of equal pieces the first counts; bytes are not looked up by their names.
        for (id, piece) in pieces.enumerated() where id > 258 && ids[piece] == nil {
            ids[piece] = Int32(id)
        }
        self.ids = ids
        merges = Self.merges(pieces, ids, scores)
    }

    /// Every way to make a piece of two others; the better its score, the lower its rank.
    private static func merges(
        _ pieces: [[UInt8]], _ ids: [[UInt8]: Int32], _ scores: [Float]
    ) -> MergeTable {
        let order = Set(scores).sorted(by: >)
        let ranks = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        var table = MergeTable(capacity: pieces.count)
        for (piece, id) in ids where piece.count > 1 {
            for cut in 1..<piece.count {
                guard let left = ids[Array(piece[..<cut])], let right = ids[Array(piece[cut...])],
                    let rank = ranks[scores[Int(id)]]
                else { continue }
                table.insert(left, right, result: id, rank: rank)
            }
        }
        return table
    }

    /// Nothing: other tools have no such scores.
    public var file: JSON? { nil }

    /// The number of pieces.
    public var vocabularySize: Int { pieces.count }

    /// The ids of a text, which begins with a blank as in training.
    public func encode(_ text: String, addingSpecials: Bool = true) -> [Int32] {
        var tokens: [Int32] = []
        for scalar in (text.isEmpty ? "" : " " + text).unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if let id = ids[bytes] {
                tokens.append(id)
            } else {
                tokens += bytes.map { Self.firstByteToken + Int32($0) }
            }
        }
        return (addingSpecials ? [Self.beginToken] : []) + merges.apply(tokens)
    }

    /// The bytes that a token stands for; the first one's blank is not part of the text.
    public func bytes(of id: Int32, isFirst: Bool) -> [UInt8] {
        guard pieces.indices.contains(Int(id)), !isSpecial(id) else { return [] }
        if id < Self.firstByteToken + 256, id >= Self.firstByteToken {
            return [UInt8(id - Self.firstByteToken)]
        }
        let piece = pieces[Int(id)]
        return isFirst && piece.first == 0x20 ? Array(piece.dropFirst()) : piece
    }

    /// Whether the token is unknown, begin or end.
    public func isSpecial(_ id: Int32) -> Bool { (0..<Self.firstByteToken).contains(id) }

    /// The id of a token as the vocabulary spells it.
    public func id(of token: String) -> Int32? {
        let bytes = Array(token.utf8)
        return ids[bytes] ?? pieces.prefix(259).firstIndex(of: bytes).map(Int32.init)
    }

    /// How the vocabulary spells a token.
    public func token(_ id: Int32) -> String? {
        pieces.indices.contains(Int(id)) ? String(decoding: pieces[Int(id)], as: UTF8.self) : nil
    }
}
