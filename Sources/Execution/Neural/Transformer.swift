public import Tensor

/// A named weight of a model and how it starts out.
public struct Parameter: Hashable, Sendable {
    /// Its name in Hugging Face checkpoints.
    public let name: String
    /// `[out, in]` for a projection.
    public let shape: Shape
    /// What a new model starts from.
    public let start: Start
    /// What it belongs to.
    public var role = Role.model

    /// What a weight belongs to.
    public enum Role: Hashable, Sendable {
        /// The model itself.
        case model
        /// A low-rank adapter.
        case adapter
        /// The value head.
        case head
    }

    /// What a weight starts from.
    public enum Start: Hashable, Sendable {
        /// Normal numbers of this deviation.
        case normal(Float)
        /// Uniform numbers between minus this bound and this bound.
        case uniform(Float)
        /// One number everywhere.
        case constant(Float)
    }

    /// Whether it is the weight of a matrix product, which inference keeps in panels. A value head is no
    /// part of inference; its one row is multiplied in fp32.
    public var isProjection: Bool { shape.rank == 2 && role != .head }
}

/// Builds the graphs of a decoder transformer: pre-norm blocks of grouped-query attention and SwiGLU
/// (arXiv 2302.13971, 2407.10671, 2505.09388). T tokens in all are rows of one matrix; the residual stream is
/// fp32.
public struct Transformer: Hashable, Sendable {
    /// The shape.
    public let config: TransformerConfig
    /// Whether products are fp32 or bf16 with fp32 sums.
    public var product = ElementType.float32
    /// The low-rank adapter that is trained in place of the model's own weights, if there is one.
    public var adapter: LoRAConfig?
    /// Whether a linear head on the last norm's output estimates values.
    public var hasValueHead = false

    /// A transformer of the given shape.
    public init(_ config: TransformerConfig, product: ElementType = .float32) {
        self.config = config
        self.product = product
    }

    /// Every weight, in the order of a checkpoint.
    public var parameters: [Parameter] {
        let c = config, small = Parameter.Start.normal(0.02)
        let kv = c.keyHeads * c.headWidth, q = c.heads * c.headWidth
        // Projections into the residual stream start smaller the deeper the model (GPT-2).
        let into = Parameter.Start.normal(0.02 / Float(2 * c.layers).squareRoot())
        var all = [
            Parameter(name: "model.embed_tokens.weight", shape: [c.vocabulary, c.width], start: small)
        ]
        func add(_ name: String, _ shape: Shape, _ start: Parameter.Start) {
            all.append(Parameter(name: name, shape: shape, start: start))
        }
        func project(_ name: String, _ shape: Shape, _ start: Parameter.Start, bias: Bool) {
            add("\(name)_proj.weight", shape, start)
            if bias { add("\(name)_proj.bias", [shape[0]], .constant(0)) }
        }
        for layer in 0..<c.layers {
            let block = "model.layers.\(layer)"
            add("\(block).input_layernorm.weight", [c.width], .constant(1))
            for (name, rows) in [("q", q), ("k", kv), ("v", kv)] {
                project("\(block).self_attn.\(name)", [rows, c.width], small, bias: c.attentionBias)
            }
            if c.headNorm {
                add("\(block).self_attn.q_norm.weight", [c.headWidth], .constant(1))
                add("\(block).self_attn.k_norm.weight", [c.headWidth], .constant(1))
            }
            project("\(block).self_attn.o", [c.width, q], into, bias: c.outputBias)
            add("\(block).post_attention_layernorm.weight", [c.width], .constant(1))
            let bias = c.feedForwardBias
            project("\(block).mlp.gate", [c.feedForward, c.width], small, bias: bias)
            project("\(block).mlp.up", [c.feedForward, c.width], small, bias: bias)
            project("\(block).mlp.down", [c.width, c.feedForward], into, bias: bias)
        }
        add("model.norm.weight", [c.width], .constant(1))
        if !c.tiedEmbeddings { add("lm_head.weight", [c.vocabulary, c.width], small) }
        return all + additions(to: all)
    }

    /// Weights of the adapter, in the order of what they adapt, and of the value head, which starts at zero.
    private func additions(to own: [Parameter]) -> [Parameter] {
        var all: [Parameter] = []
        if let adapter {
            for parameter in own where parameter.name.hasSuffix("_proj.weight") {
                let projection = String(parameter.name.dropLast(".weight".count))
                guard adapter.adapts(projection) else { continue }
                let names = LoRAConfig.names(of: projection), shape = parameter.shape
                let bound = 1 / Float(shape[1]).squareRoot()
                all.append(
                    Parameter(
                        name: names.a, shape: [adapter.rank, shape[1]], start: .uniform(bound),
                        role: .adapter))
                all.append(
                    Parameter(
                        name: names.b, shape: [shape[0], adapter.rank], start: .constant(0),
                        role: .adapter))
            }
        }
        if hasValueHead {
            for (name, shape) in [(Self.headName, [1, config.width]), (Self.headBiasName, [1])] {
                all.append(
                    Parameter(name: name, shape: Shape(shape), start: .constant(0), role: .head))
            }
        }
        return all
    }

    /// Names of the value head's weights, `[1, C]` and `[1]`.
    public static let headName = "value_head.weight", headBiasName = "value_head.bias"

    /// The weights that training moves: all, or those of the adapter and the head.
    public var trained: [Parameter] {
        adapter == nil ? parameters : parameters.filter { $0.role != .model }
    }

    /// What the matrices that training leaves alone are kept in: no fp32 copy of a model that multiplies in
    /// bf16 is needed.
    public var frozenElement: ElementType { adapter == nil ? .float32 : product }

    /// Names of the tables that turn positions, `[positions, headWidth / 2]` each.
    public static let cosineName = "rotary.cosine", sineName = "rotary.sine"

    /// The tables for positions up to `positions`, by name.
    public func rotaryTables(positions: Int) -> [String: Tensor] {
        let tables = Tensor.rotaryTables(positions: positions, frequencies: config.rotaryFrequencies)
        return [Self.cosineName: tables.cosine, Self.sineName: tables.sine]
    }
}

extension Transformer: CustomStringConvertible {
    /// The shape in one fixed form. It is a part of a run's identity, so a model without additions is written
    /// as it was before there were any.
    public var description: String {
        var text = "config: \(String(reflecting: config)), product: \(String(reflecting: product))"
        if let adapter { text += ", adapter: \(adapter)" }
        if hasValueHead { text += ", value head" }
        return "Transformer(\(text))"
    }
}

/// How the tokens of a graph see each other.
public enum Attending: Sendable {
    /// `batch` sequences of equal length from position 0, one after the other; shorter ones end in padding.
    case sequences(batch: Int)
    /// The same, where sequences that begin alike share rows: `spread`, int32 `[batch * time]`, says which
    /// row stands at each position, `fold`, int32 `[rows]`, where each row stands first; -1 for none.
    case prefixes(batch: Int, spread: Value, fold: Value)
    /// Each token reads the cache of its slot; `keys` and `values` are one state per layer.
    case cache(slots: Value, keys: [Value], values: [Value])
}

/// A transformer in one graph: its weights as values.
public struct TransformerGraph {
    /// What is built.
    public let transformer: Transformer
    private var weights: [String: Value] = [:]
    private let cosine: Value, sine: Value

    /// Declares the weights in `graph`.
    ///
    /// - Parameters:
    ///   - kind: `.parameter` to read them, `.state` to train them.
    ///   - element: bf16 weights need bf16 products; vectors stay fp32.
    ///   - frozen: the same for matrices that are not trained; `element` unless said.
    ///   - positions: rows of the rotary tables.
    public init(
        _ transformer: Transformer, in graph: inout Graph, as kind: SourceKind,
        element: ElementType = .float32, frozen: ElementType? = nil, positions: Int
    ) {
        self.transformer = transformer
        for parameter in transformer.parameters {
            let stored = parameter.role == .model ? frozen ?? element : element
            let type = parameter.isProjection ? stored : .float32
            weights[parameter.name] =
                kind == .state
                ? graph.state(parameter.name, parameter.shape, type)
                : graph.parameter(parameter.name, parameter.shape, type)
        }
        let table: Shape = [positions, transformer.config.headWidth / 2]
        cosine = graph.parameter(Transformer.cosineName, table)
        sine = graph.parameter(Transformer.sineName, table)
    }

    /// The value of a weight.
    public func weight(_ name: String) -> Value {
        guard let value = weights[name] else { preconditionFailure("the model has no weight \(name)") }
        return value
    }

    /// The residual stream after the last norm: `tokens` and `positions` int32 `[T]` to `[T, C]`.
    public func hidden(
        in graph: inout Graph, tokens: Value, positions: Value, attending: Attending
    ) -> Value {
        let epsilon = transformer.config.epsilon
        var stream = graph.embedding(weight("model.embed_tokens.weight"), tokens)
        // bf16 storage rounds the table too: fp32 master weights must give what it gives.
        if transformer.product == .bfloat16 { stream = graph.roundBFloat16(stream) }
        for layer in 0..<transformer.config.layers {
            let block = "model.layers.\(layer)"
            let before = graph.rmsNorm(
                stream, weight: weight("\(block).input_layernorm.weight"), epsilon: epsilon)
            let mixed = attention(in: &graph, before, layer, positions, attending)
            stream = graph.add(stream, mixed)
            let middle = graph.rmsNorm(
                stream, weight: weight("\(block).post_attention_layernorm.weight"), epsilon: epsilon)
            let gate = project(in: &graph, middle, "\(block).mlp.gate_proj")
            let up = project(in: &graph, middle, "\(block).mlp.up_proj")
            let gated = graph.swiglu(gate: gate, up: up)
            stream = graph.add(stream, project(in: &graph, gated, "\(block).mlp.down_proj"))
        }
        return graph.rmsNorm(stream, weight: weight("model.norm.weight"), epsilon: epsilon)
    }

    /// Logits `[R, V]` of hidden rows `[R, C]`.
    public func logits(in graph: inout Graph, _ hidden: Value) -> Value {
        let name = transformer.config.tiedEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight"
        return graph.matmul(hidden, weight(name), transposeB: true, product: transformer.product)
    }

    /// Values `[R]` of hidden rows `[R, C]`, in fp32 whatever the model multiplies in.
    public func values(in graph: inout Graph, _ hidden: Value) -> Value {
        let head = weight(Transformer.headName), bias = weight(Transformer.headBiasName)
        let column = graph.matmul(hidden, head, bias: bias, transposeB: true)
        return graph.reshape(column, [graph.shape(column).count])
    }

    private func project(in graph: inout Graph, _ x: Value, _ name: String) -> Value {
        let whole = graph.matmul(
            x, weight("\(name).weight"), bias: weights["\(name).bias"], transposeB: true,
            product: transformer.product)
        let names = LoRAConfig.names(of: name)
        guard let adapter = transformer.adapter, let a = weights[names.a], let b = weights[names.b]
        else { return whole }
        var low = graph.matmul(x, a, transposeB: true, product: transformer.product)
        if adapter.scale != 1 { low = graph.affine(low, scale: adapter.scale, offset: 0) }
        return graph.add(
            whole, graph.matmul(low, b, transposeB: true, product: transformer.product))
    }

    private func attention(
        in graph: inout Graph, _ x: Value, _ layer: Int, _ positions: Value, _ attending: Attending
    ) -> Value {
        let c = transformer.config, block = "model.layers.\(layer).self_attn"
        func turned(_ name: String) -> Value {
            var heads = project(in: &graph, x, "\(block).\(name)_proj")
            if c.headNorm {
                let shape = graph.shape(heads)
                let rows = graph.reshape(heads, [shape.count / c.headWidth, c.headWidth])
                let norm = weight("\(block).\(name)_norm.weight")
                heads = graph.reshape(graph.rmsNorm(rows, weight: norm, epsilon: c.epsilon), shape)
            }
            return graph.rope(heads, dim: c.headWidth, positions: positions, cosine: cosine, sine: sine)
        }
        let q = turned("q"), k = turned("k")
        let v = project(in: &graph, x, "\(block).v_proj")
        let scale = 1 / Float(c.headWidth).squareRoot()
        let mixed =
            switch attending {
            case .sequences(let batch):
                graph.attention(
                    q, k, v, batch: batch, heads: c.heads, keyHeads: c.keyHeads, scale: scale)
            case .prefixes(let batch, let spread, let fold):
                graph.gatherRows(
                    graph.attention(
                        graph.gatherRows(q, spread), graph.gatherRows(k, spread),
                        graph.gatherRows(v, spread), batch: batch, heads: c.heads,
                        keyHeads: c.keyHeads, scale: scale),
                    fold)
            case .cache(let slots, let keys, let values):
                graph.cachedAttention(
                    q, k, v, slots: slots, positions: positions, keys: keys[layer],
                    values: values[layer], heads: c.heads, keyHeads: c.keyHeads, scale: scale)
            }
        return project(in: &graph, mixed, "\(block).o_proj")
    }
}
