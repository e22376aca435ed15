public import Neural
public import Tensor

extension Generator {
    /// The program of one run: so many rows are read, and so many of them have logits.
    static func graph(
        _ transformer: Transformer, _ element: ElementType, _ key: SessionKey, slots: Int,
        capacity: Int
    ) -> Graph {
        let c = transformer.config
        var graph = Graph()
        let model = TransformerGraph(
            transformer, in: &graph, as: .parameter, element: element, positions: capacity)
        let tokens = graph.input("tokens", [key.rows], .int32)
        let slotOfRow = graph.input("slots", [key.rows], .int32)
        let positions = graph.input("positions", [key.rows], .int32)
        let shape: Shape = [
            slots + 1, c.keyHeads, capacity / 64, c.headWidth, 64,
        ]
        let keys = (0..<c.layers).map { graph.state("keys.\($0)", shape) }
        let values = (0..<c.layers).map {
            graph.state("values.\($0)", [slots + 1, c.keyHeads, capacity, c.headWidth])
        }
        var hidden = model.hidden(
            in: &graph, tokens: tokens, positions: positions,
            attending: .cache(slots: slotOfRow, keys: keys, values: values))
        if key.logits > 0 {
            if key.logits != key.rows {
                hidden = graph.gatherRows(hidden, graph.input("rows", [key.logits], .int32))
            }
            graph.output("logits", model.logits(in: &graph, hidden))
        } else {
            graph.output("hidden", hidden)
        }
        return graph
    }

    /// Memory that generating takes, known before any is taken.
    ///
    /// - Parameters:
    ///   - requests: that run at the same time.
    ///   - context: tokens of the longest, prompt and answer together.
    public static func memory(
        _ transformer: Transformer, element: ElementType, requests: Int, context: Int
    ) -> MemoryNeed {
        var transformer = transformer
        if element == .bfloat16 { transformer.product = .bfloat16 }
        let c = transformer.config
        let capacity = (context + 63) / 64 * 64
        let slotBytes = 2 * c.layers * c.keyHeads * c.headWidth * capacity * 4
        let slots = max(1, min(rounded(requests), cacheLimit / slotBytes))
        let prefill = SessionKey(rows: rounded(min(prefillRows, context)), logits: 1)
        let decode = SessionKey(rows: slots, logits: slots)
        let arenas = [prefill, decode].map { key in
            Plan(Program(graph(transformer, element, key, slots: slots, capacity: capacity)))
                .arenaByteCount
        }
        let dense = transformer.parameters.reduce(0) { $0 + TensorType($1.shape).byteCount }
        let packed = transformer.parameters.filter(\.isProjection).reduce(0) {
            $0 + Tensor.byteCount(TensorType($1.shape, element), .panels)
        }
        return MemoryNeed(parts: [
            .init(name: "weights", byteCount: dense),
            .init(name: "weights in panels", byteCount: packed),
            .init(name: "key-value cache", byteCount: slotBytes * (slots + 1)),
            .init(name: "intermediate values", byteCount: arenas.max() ?? 0),
        ])
    }
}
