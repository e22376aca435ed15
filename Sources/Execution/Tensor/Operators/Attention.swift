import CKernels

/// Causal grouped-query attention over whole sequences (arXiv 2305.13245, tiled as in 2205.14135), see
/// `ck_attention.h`.
///
/// Inputs `q [B * T, heads * dim]`, `k` and `v [B * T, keyHeads * dim]`; outputs `[B * T, heads * dim]` and
/// the statistics `[B, heads, T, 2]`.
struct Attention: Operator {
    static let name = "attention"
    let batch: Int, heads: Int, keyHeads: Int
    let scale: Float

    init(batch: Int, heads: Int, keyHeads: Int, scale: Float) {
        self.batch = batch
        self.heads = heads
        self.keyHeads = keyHeads
        self.scale = scale
    }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        batch = try attributes.integer()
        heads = try attributes.integer()
        keyHeads = try attributes.integer()
        scale = try attributes.float()
        guard batch > 0, heads > 0, keyHeads > 0 else { throw .malformed("positive counts of heads") }
    }
    func encode(into attributes: inout AttributeWriter) {
        attributes.integer(batch)
        attributes.integer(heads)
        attributes.integer(keyHeads)
        attributes.float(scale)
    }

    fileprivate func check(_ q: Shape, _ k: Shape, _ v: Shape) throws(ShapeError) {
        try require(
            heads % keyHeads == 0 && q.last % heads == 0 && k == v && q.rows == k.rows
                && q.rows % batch == 0 && k.last == q.last / heads * keyHeads,
            "\(q), \(k), \(v) are no \(heads) heads over \(keyHeads) in \(batch) sequences")
    }
    fileprivate func time(_ q: Operand) -> Int { q.rows / batch }

    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 3, "queries, keys and values")
        try check(inputs[0].shape, inputs[1].shape, inputs[2].shape)
        return [inputs[0], TensorType([batch, heads, inputs[0].shape.rows / batch, 2])]
    }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil, nil] }
        return graph.apply(AttentionGradient(forward: self), node.inputs + node.outputs + [dy])
    }
    func run(_ frame: Frame) {
        let q = frame.inputs[0], k = frame.inputs[1], v = frame.inputs[2]
        ck_attention_f32(
            frame.context, batch, time(q), heads, keyHeads, q.last / heads, q.floats, q.last, k.floats,
            k.last, v.floats, v.last, scale, frame.outputs[0].floats, frame.outputs[1].floats)
    }
}

/// The gradients of queries, keys and values.
struct AttentionGradient: Operator {
    static let name = "attention_gradient"
    let forward: Attention

    init(forward: Attention) { self.forward = forward }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        forward = try Attention(from: &attributes)
    }
    func encode(into attributes: inout AttributeWriter) { forward.encode(into: &attributes) }
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 6, "queries, keys, values, output, statistics, gradient")
        try forward.check(inputs[0].shape, inputs[1].shape, inputs[2].shape)
        try require(
            inputs[3] == inputs[0] && inputs[5] == inputs[0]
                && inputs[4].shape.count == 2 * inputs[0].shape.rows * forward.heads, "matching outputs")
        return Array(inputs.prefix(3))
    }
    func run(_ frame: Frame) {
        let inputs = frame.inputs, q = frame.inputs[0]
        ck_attention_backward_f32(
            frame.context, forward.batch, forward.time(q), forward.heads, forward.keyHeads,
            q.last / forward.heads, q.floats, q.last, inputs[1].floats, inputs[1].last,
            inputs[2].floats, inputs[2].last, forward.scale, inputs[3].floats, inputs[4].floats,
            inputs[5].floats, frame.outputs[0].floats, frame.outputs[1].floats,
            frame.outputs[2].floats)
    }
}

/// Writes keys and values of new tokens into a cache, then attends to it: row r reads keys 0...position of
/// its slot. The same bits as `Attention` over the whole sequence.
///
/// Inputs `q [R, heads * dim]`, `k`, `v [R, keyHeads * dim]`, `slots` and `positions int32 [R]`, and the
/// states `keys [slots, keyHeads, capacity / 64, dim, 64]` and `values [slots, keyHeads, capacity, dim]`.
struct CachedAttention: Operator {
    static let name = "cached_attention"
    let heads: Int, keyHeads: Int
    let scale: Float

    init(heads: Int, keyHeads: Int, scale: Float) {
        self.heads = heads
        self.keyHeads = keyHeads
        self.scale = scale
    }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        heads = try attributes.integer()
        keyHeads = try attributes.integer()
        scale = try attributes.float()
        guard heads > 0, keyHeads > 0 else { throw .malformed("positive counts of heads") }
    }
    func encode(into attributes: inout AttributeWriter) {
        attributes.integer(heads)
        attributes.integer(keyHeads)
        attributes.float(scale)
    }
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 7, "queries, keys, values, slots, positions and a cache")
        let q = inputs[0].shape, keys = inputs[5].shape, values = inputs[6].shape
        try require(
            q.last % heads == 0 && heads % keyHeads == 0 && inputs[1] == inputs[2]
                && inputs[1].shape == [q.rows, q.last / heads * keyHeads]
                && inputs[3].shape.count == q.rows && inputs[4].shape.count == q.rows
                && inputs[3].element == .int32 && inputs[4].element == .int32,
            "rows of \(heads) query and \(keyHeads) key heads with a slot and a position each")
        let dim = q.last / heads
        try require(
            keys.rank == 5 && values.rank == 4 && keys[1] == keyHeads && keys[3] == dim && keys[4] == 64
                && values.dimensions == [keys[0], keyHeads, keys[2] * 64, dim], "a cache of these heads")
        return [inputs[0], inputs[5], inputs[6]]
    }
    var updates: [Int: Int] { [1: 5, 2: 6] }
    func run(_ frame: Frame) {
        let inputs = frame.inputs, q = frame.inputs[0], k = frame.inputs[1]
        let dim = q.last / heads, capacity = inputs[6].type.shape[2]
        ck_cache_append_f32(
            frame.context, q.rows, keyHeads, dim, capacity, k.floats, k.last, inputs[2].floats, k.last,
            inputs[3].integers, inputs[4].integers, inputs[5].floats, inputs[6].floats)
        ck_attention_cached_f32(
            frame.context, q.rows, heads, keyHeads, dim, capacity, q.floats, q.last, inputs[5].floats,
            inputs[6].floats, inputs[3].integers, inputs[4].integers, scale, frame.outputs[0].floats)
    }
}

extension Graph {
    /// Causal attention of `q [B * T, heads * dim]` over `k` and `v [B * T, keyHeads * dim]`.
    public mutating func attention(
        _ q: Value, _ k: Value, _ v: Value, batch: Int, heads: Int, keyHeads: Int, scale: Float
    ) -> Value {
        apply(Attention(batch: batch, heads: heads, keyHeads: keyHeads, scale: scale), [q, k, v])[0]
    }

    /// Attention of new tokens over a cache that takes their keys and values first.
    public mutating func cachedAttention(
        _ q: Value, _ k: Value, _ v: Value, slots: Value, positions: Value, keys: Value, values: Value,
        heads: Int, keyHeads: Int, scale: Float
    ) -> Value {
        let operation = CachedAttention(heads: heads, keyHeads: keyHeads, scale: scale)
        return apply(operation, [q, k, v, slots, positions, keys, values])[0]
    }
}

/// Copies the first `count` keys and values of one slot of a cache to another.
public func copyCache(keys: Tensor, values: Tensor, from: Int, to: Int, count: Int, on engine: Engine) {
    let shape = values.type.shape
    precondition(count <= shape[2] && max(from, to) < shape[0], "slots and keys within \(shape)")
    engine.exclusively {
        ck_cache_copy_f32(
            engine.context, shape[1], shape[3], shape[2], from, to, count, keys.floats.baseAddress,
            values.floats.baseAddress)
    }
}
