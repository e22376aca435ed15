public import Keys

/// A program ready to run: planned, with its tensors bound, on one engine.
///
/// Inputs keep what was written last; results are read before the engine's next run.
public final class Session {
    /// The plan that is run.
    public let plan: Plan
    /// Where it runs.
    public let engine: Engine
    private var bound: [Tensor]
    private var sourcePosition: [String: Int] = [:]
    private var frames: [Frame] = []
    private var framesArena: UnsafeMutableRawPointer?

    /// Binds the tensors of a program.
    ///
    /// - Parameters:
    ///   - plan: the planned program.
    ///   - engine: where it runs.
    ///   - tensors: every parameter and state by name; inputs that are absent get memory of their own.
    /// - Throws: `ProgramError.binding` if one is missing or of another type.
    public init(_ plan: Plan, on engine: Engine, _ tensors: [String: Tensor]) throws(ProgramError) {
        self.plan = plan
        self.engine = engine
        bound = []
        for (position, source) in plan.program.sources.enumerated() {
            sourcePosition[source.name] = position
            if let tensor = tensors[source.name] {
                guard tensor.type == source.type else {
                    throw .binding(name: source.name, message: "is \(tensor.type), not \(source.type)")
                }
                guard tensor.layout == .rowMajor || source.kind == .parameter else {
                    throw .binding(name: source.name, message: "only weights may lie in panels")
                }
                bound.append(tensor)
            } else if source.kind == .input {
                bound.append(Tensor(source.type))
            } else {
                throw .binding(name: source.name, message: "is not given")
            }
        }
    }

    /// The memory of an input, to be filled before a run.
    public func input(_ name: String) -> Tensor {
        guard let position = sourcePosition[name] else {
            preconditionFailure("the program has no input \(name)")
        }
        return bound[position]
    }

    /// Whether the program reads an input of this name.
    public func hasInput(_ name: String) -> Bool { sourcePosition[name] != nil }

    /// Fills a fp32 input.
    public func write(_ elements: [Float], to name: String) {
        let target = input(name).floats
        precondition(elements.count == target.count, "\(elements.count) elements for \(name)")
        for (index, element) in elements.enumerated() { target[index] = element }
    }

    /// Fills an int32 input.
    public func write(_ elements: [Int32], to name: String) {
        let target = input(name).integers
        precondition(elements.count == target.count, "\(elements.count) elements for \(name)")
        for (index, element) in elements.enumerated() { target[index] = element }
    }

    /// Runs every node in order.
    public func run() {
        engine.exclusively {
            prepare()
            for (frame, node) in zip(frames, plan.program.nodes) { node.operation.run(frame) }
        }
    }

    /// Runs every node in order and hands out the hash of each output's row-major bytes.
    public func run(tracing visit: (_ node: Int, _ output: Int, Digest) -> Void) {
        engine.exclusively {
            prepare()
            for (position, (frame, node)) in zip(frames, plan.program.nodes).enumerated() {
                node.operation.run(frame)
                for (index, output) in frame.outputs.enumerated() {
                    let bytes = UnsafeRawBufferPointer(
                        start: output.pointer, count: output.type.byteCount)
                    visit(position, index, Digest(of: bytes))
                }
            }
        }
    }

    /// Runs, then calls `body` with the memory of the results before another session can run.
    public func run<Result>(reading body: (Session) throws -> Result) rethrows -> Result {
        run()
        return try body(self)
    }

    /// A result of the last run, in place.
    public func floats(_ name: String) -> UnsafeMutableBufferPointer<Float> {
        let (pointer, type) = result(name)
        precondition(type.element == .float32, "\(name) is \(type)")
        return UnsafeMutableBufferPointer(
            start: pointer.assumingMemoryBound(to: Float.self), count: type.shape.count)
    }

    /// An int32 result of the last run, in place.
    public func integers(_ name: String) -> UnsafeMutableBufferPointer<Int32> {
        let (pointer, type) = result(name)
        precondition(type.element == .int32, "\(name) is \(type)")
        return UnsafeMutableBufferPointer(
            start: pointer.assumingMemoryBound(to: Int32.self), count: type.shape.count)
    }

    /// A result of one element.
    public func scalar(_ name: String) -> Float { floats(name)[0] }

    private func result(_ name: String) -> (UnsafeMutableRawPointer, TensorType) {
        guard let output = plan.program.outputs.first(where: { $0.name == name }) else {
            preconditionFailure("the program has no result \(name)")
        }
        let type = plan.program.types[output.value.index]
        return (pointer(to: output.value), type)
    }

    private func pointer(to value: Value) -> UnsafeMutableRawPointer {
        switch plan.places[value.index] {
        case .source(let position): bound[position].base
        case .arena(let offset): engine.arena(atLeast: plan.arenaByteCount) + offset
        }
    }

    /// Resolves pointers, again when the arena has moved.
    private func prepare() {
        let arena = engine.arena(atLeast: plan.arenaByteCount)
        guard arena != framesArena else { return }
        framesArena = arena
        frames = plan.program.nodes.map { node in
            Frame(
                context: engine.context, inputs: node.inputs.map(operand),
                outputs: node.outputs.map(operand))
        }
    }

    private func operand(_ value: Value) -> Operand {
        var layout = Layout.rowMajor
        if case .source(let position) = plan.places[value.index] { layout = bound[position].layout }
        return Operand(
            pointer: pointer(to: value), type: plan.program.types[value.index], layout: layout)
    }
}
