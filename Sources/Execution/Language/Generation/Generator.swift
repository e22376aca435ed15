public import Neural
public import Tensor

/// What to continue, and how.
public struct GenerationRequest: Sendable {
    /// Token ids to continue, at least one.
    public var prompt: [Int32]
    /// At most so many tokens are made.
    public var maxNewTokens: Int
    /// How tokens are drawn.
    public var sampling: Sampling
    /// Key of the random numbers.
    public var seed: UInt64
    /// Stream of the random numbers; requests of one seed differ by it.
    public var stream: UInt64
    /// Tokens after which generation ends.
    public var stopTokens: Set<Int32>

    /// A request.
    public init(
        prompt: [Int32], maxNewTokens: Int, sampling: Sampling = Sampling(), seed: UInt64 = 0,
        stream: UInt64 = 0, stopTokens: Set<Int32> = []
    ) {
        self.prompt = prompt
        self.maxNewTokens = maxNewTokens
        self.sampling = sampling
        self.seed = seed
        self.stream = stream
        self.stopTokens = stopTokens
    }
}

/// What was made of a request.
public struct Generation: Hashable, Sendable {
    /// The new tokens, the stop token included.
    public var tokens: [Int32] = []
    /// For each, its log-probability in nats under the whole distribution at the sampling temperature: the
    /// bits that training computes for the same tokens.
    public var logProbabilities: [Float] = []
    /// Why it ended.
    public var finish = Finish.length

    /// Why a generation ended.
    public enum Finish: String, Hashable, Sendable {
        /// At a stop token, or because the observer asked.
        case stop
        /// At the most tokens allowed.
        case length
        /// The logits were no numbers: the weights are damaged.
        case fault
    }
}

/// Requests that cannot be run.
public enum GenerationError: Error, Hashable, CustomStringConvertible {
    /// A prompt without tokens.
    case emptyPrompt
    /// A token that the vocabulary does not have.
    case unknownToken(Int32, vocabulary: Int)
    /// Prompt and new tokens do not fit into the model's context.
    case tooLong(tokens: Int, context: Int)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .emptyPrompt: "the prompt has no tokens; give some text or a beginning-of-text token"
        case .unknownToken(let token, let vocabulary):
            "token \(token) is outside the vocabulary of \(vocabulary); is the tokenizer the model's own?"
        case .tooLong(let tokens, let context):
            "\(tokens) tokens do not fit the model's context of \(context); "
                + "shorten the prompt or ask for less"
        }
    }
}

/// Generates for many requests at once over a key-value cache.
///
/// Equal prompts are read once. Each row's result is independent of its neighbours, so the tokens of a
/// request do not depend on what it is batched with.
public final class Generator {
    /// The model.
    public let transformer: Transformer
    /// Where it runs.
    public let engine: Engine
    /// Element type of the matrices.
    public let element: ElementType
    /// Bytes the key-value cache may take.
    public var cacheByteCountMax = Generator.cacheLimit

    private let weights: Weights
    private let sampler: Sampler
    private var cache: Cache?
    private var sessions: [SessionKey: Session] = [:]

    private struct Cache {
        let slots: Int, capacity: Int
        let tensors: [String: Tensor]
    }
    struct SessionKey: Hashable { let rows: Int, logits: Int }

    /// Bytes the key-value cache takes at most, unless said.
    public static let cacheLimit = 2 << 30
    /// Rows of one prefill run.
    static let prefillRows = 512

    /// A generator over its own packed copy of the weights; bf16 makes bf16 products.
    public init(_ weights: Weights, element: ElementType = .float32, on engine: Engine) {
        self.engine = engine
        self.element = element
        self.weights = weights.packed(element, on: engine)
        var transformer = weights.transformer
        if element == .bfloat16 { transformer.product = .bfloat16 }
        transformer.hasValueHead = false
        self.transformer = transformer
        sampler = Sampler(vocabulary: transformer.config.vocabulary, on: engine)
    }

    /// Takes over other weights of the same model, as training moves them.
    ///
    /// What training leaves alone is there already, and is not loaded again.
    public func load(_ other: Weights) { weights.load(other, on: engine) }

    /// Generates for all requests.
    ///
    /// - Parameter observe: is told each new token of a request; answering false ends that request.
    /// - Returns: one generation per request, in order.
    public func generate(
        _ requests: [GenerationRequest], observe: ((_ request: Int, _ token: Int32) -> Bool)? = nil
    ) throws(GenerationError) -> [Generation] {
        for request in requests { try check(request) }
        guard !requests.isEmpty else { return [] }
        var run = Run(requests, observe)
        let longest = requests.map { $0.prompt.count + $0.maxNewTokens }.max() ?? 1
        let slots = reserve(slots: requests.count, capacity: longest)
        run.freeSlots = Array((0..<slots).reversed())
        while !run.waiting.isEmpty || !run.active.isEmpty {
            prefill(&run)
            decode(&run)
        }
        return run.results
    }

    /// Logits `[tokens, V]` after each token of a sequence.
    public func logits(_ tokens: [Int32]) throws(GenerationError) -> [[Float]] {
        try check(GenerationRequest(prompt: tokens, maxNewTokens: 0))
        _ = reserve(slots: 1, capacity: tokens.count)
        var result: [[Float]] = []
        for start in stride(from: 0, to: tokens.count, by: Generator.prefillRows) {
            let part = tokens[start..<min(start + Generator.prefillRows, tokens.count)]
            let rows = part.indices.map { Row(token: tokens[$0], slot: 0, position: $0) }
            run(rows, logitsOf: Array(rows.indices)) { logits, vocabulary in
                for row in rows.indices {
                    let line = UnsafeBufferPointer(start: logits + row * vocabulary, count: vocabulary)
                    result.append(Array(line))
                }
            }
        }
        return result
    }

    private func check(_ request: GenerationRequest) throws(GenerationError) {
        let vocabulary = transformer.config.vocabulary
        guard !request.prompt.isEmpty else { throw .emptyPrompt }
        if let stranger = request.prompt.first(where: { !(0..<Int32(vocabulary)).contains($0) }) {
            throw .unknownToken(stranger, vocabulary: vocabulary)
        }
        let tokens = request.prompt.count + max(0, request.maxNewTokens)
        guard tokens <= transformer.config.contextLength else {
            throw .tooLong(tokens: tokens, context: transformer.config.contextLength)
        }
    }
}

// MARK: - One call

extension Generator {
    /// A token to be read: where it stands.
    package struct Row {
        let token: Int32
        let slot: Int, position: Int

        package init(token: Int32, slot: Int, position: Int) {
            self.token = token
            self.slot = slot
            self.position = position
        }
    }

    /// Requests of one call, waiting, running and done.
    fileprivate struct Run {
        let requests: [GenerationRequest]
        let observe: ((Int, Int32) -> Bool)?
        var results: [Generation]
        /// Requests by prompt, in order of first appearance.
        var waiting: [[Int]]
        var active: [Active] = []
        var freeSlots: [Int] = []

        struct Active {
            let request: Int, slot: Int
            var token: Int32
            var position: Int
        }

        init(_ requests: [GenerationRequest], _ observe: ((Int, Int32) -> Bool)?) {
            self.requests = requests
            self.observe = observe
            results = Array(repeating: Generation(), count: requests.count)
            var groups: [[Int32]: Int] = [:]
            waiting = []
            for (index, request) in requests.enumerated() where request.maxNewTokens > 0 {
                if let group = groups[request.prompt] {
                    waiting[group].append(index)
                } else {
                    groups[request.prompt] = waiting.count
                    waiting.append([index])
                }
            }
        }

        /// Notes a drawn token; whether the request goes on.
        mutating func accept(_ token: Int32, _ logProbability: Float, for index: Int) -> Bool {
            results[index].tokens.append(token)
            results[index].logProbabilities.append(logProbability)
            let wanted = observe?(index, token) ?? true
            if !wanted || requests[index].stopTokens.contains(token) {
                results[index].finish = .stop
                return false
            }
            return results[index].tokens.count < requests[index].maxNewTokens
        }
    }

    /// Reads prompts into free slots and draws their first tokens.
    private func prefill(_ run: inout Run) {
        while !run.waiting.isEmpty, !run.freeSlots.isEmpty {
            let group = run.waiting[0].prefix(run.freeSlots.count)
            run.waiting[0].removeFirst(group.count)
            if run.waiting[0].isEmpty { run.waiting.removeFirst() }
            let slots = group.map { _ in run.freeSlots.removeLast() }
            let prompt = run.requests[group[group.startIndex]].prompt
            read(prompt, into: slots[0]) { logits in
                for (request, slot) in zip(group, slots) {
                    self.draw(from: logits, request, slot, at: prompt.count, &run)
                }
            }
            for active in run.active where slots.dropFirst().contains(active.slot) {
                copy(prompt.count, from: slots[0], to: active.slot)
            }
        }
    }

    /// Draws the next token of a request; it goes on as active, or its slot is free.
    private func draw(
        from logits: UnsafePointer<Float>, _ request: Int, _ slot: Int, at position: Int, _ run: inout Run
    ) {
        let asked = run.requests[request]
        let uniform = Canonical.uniform(
            key: asked.seed, stream: asked.stream, index: UInt64(run.results[request].tokens.count))
        let (token, logProbability) = sampler.draw(logits, asked.sampling, uniform: uniform)
        guard token >= 0 else {
            run.results[request].finish = .fault
            run.freeSlots.append(slot)
            return
        }
        if run.accept(token, logProbability, for: request) {
            run.active.append(
                Run.Active(request: request, slot: slot, token: token, position: position))
        } else {
            run.freeSlots.append(slot)
        }
    }

    /// Reads a prompt into a slot and hands out the logits after its last token.
    private func read(_ prompt: [Int32], into slot: Int, _ body: (UnsafePointer<Float>) -> Void) {
        for start in stride(from: 0, to: prompt.count, by: Generator.prefillRows) {
            let end = min(start + Generator.prefillRows, prompt.count)
            let rows = (start..<end).map { Row(token: prompt[$0], slot: slot, position: $0) }
            let wanted = end == prompt.count ? [rows.count - 1] : []
            run(rows, logitsOf: wanted) { logits, _ in if !wanted.isEmpty { body(logits) } }
        }
    }

    /// One more token for every active request.
    private func decode(_ run: inout Run) {
        guard !run.active.isEmpty else { return }
        let active = run.active
        run.active = []
        let rows = active.map { Row(token: $0.token, slot: $0.slot, position: $0.position) }
        self.run(rows, logitsOf: Array(rows.indices)) { logits, vocabulary in
            for (row, one) in active.enumerated() {
                self.draw(
                    from: logits + row * vocabulary, one.request, one.slot, at: one.position + 1, &run)
            }
        }
    }
}

// MARK: - Programs and cache

extension Generator {
    /// The smallest of a few row counts that holds `count`.
    static func rounded(_ count: Int) -> Int {
        var size = 1
        while size < count { size += size < 8 ? 1 : size < 32 ? 4 : size < 128 ? 16 : 64 }
        return size
    }

    /// Makes room for sequences of `capacity` tokens; returns how many can run at once.
    package func reserve(slots: Int, capacity: Int) -> Int {
        let c = transformer.config
        let rounded = (capacity + 63) / 64 * 64
        let slotBytes = 2 * c.layers * c.keyHeads * c.headWidth * rounded * 4
        let slots = max(1, min(Generator.rounded(slots), cacheByteCountMax / slotBytes))
        if let cache, cache.slots >= slots, cache.capacity >= rounded { return slots }
        // The last slot takes the padding rows of partly filled runs.
        var tensors = transformer.rotaryTables(positions: rounded)
        for layer in 0..<c.layers {
            tensors["keys.\(layer)"] = Tensor(
                TensorType([slots + 1, c.keyHeads, rounded / 64, c.headWidth, 64]))
            tensors["values.\(layer)"] = Tensor(
                TensorType([slots + 1, c.keyHeads, rounded, c.headWidth]))
        }
        cache = Cache(slots: slots, capacity: rounded, tensors: tensors)
        sessions = [:]
        return slots
    }

    private func copy(_ count: Int, from: Int, to: Int) {
        guard let cache else { return }
        for layer in 0..<transformer.config.layers {
            guard let keys = cache.tensors["keys.\(layer)"], let values = cache.tensors["values.\(layer)"]
            else { preconditionFailure("the cache has every layer") }
            copyCache(keys: keys, values: values, from: from, to: to, count: count, on: engine)
        }
    }

    /// Reads rows and hands out the logits `[wanted, V]` of some of them.
    package func run(
        _ rows: [Row], logitsOf wanted: [Int], _ body: (UnsafePointer<Float>, _ vocabulary: Int) -> Void
    ) {
        guard let cache else { preconditionFailure("slots are reserved before a run") }
        let count = Generator.rounded(rows.count)
        let logitCount =
            wanted.count == rows.count ? count : wanted.isEmpty ? 0 : Generator.rounded(wanted.count)
        let session = session(SessionKey(rows: count, logits: logitCount), cache)
        let tokens = session.input("tokens").integers, slots = session.input("slots").integers
        let positions = session.input("positions").integers
        for index in 0..<count {
            let row = index < rows.count ? rows[index] : Row(token: 0, slot: cache.slots, position: 0)
            tokens[index] = row.token
            slots[index] = Int32(row.slot)
            positions[index] = Int32(row.position)
        }
        if session.hasInput("rows") {
            let picked = session.input("rows").integers
            for index in 0..<logitCount {
                picked[index] = Int32(index < wanted.count ? wanted[index] : 0)
            }
        }
        session.run()
        guard logitCount > 0 else { return }
        let logits = session.floats("logits")
        guard let base = logits.baseAddress else { return }
        body(UnsafePointer(base), logits.count / logitCount)
    }

    private func session(_ key: SessionKey, _ cache: Cache) -> Session {
        if let session = sessions[key] { return session }
        let graph = Generator.graph(
            transformer, element, key, slots: cache.slots, capacity: cache.capacity)
        let tensors = weights.tensors.merging(cache.tensors) { current, _ in current }
        do {
            let session = try Session(Plan(Program(graph)), on: engine, tensors)
            sessions[key] = session
            return session
        } catch {
            preconditionFailure("a generator binds every tensor of its programs: \(error)")
        }
    }
}
