/// Where each value of a program lies while it runs, and how much memory that takes: known before
/// anything runs.
public struct Plan: Sendable {
    /// The program.
    public let program: Program
    /// Bytes of intermediate values at the worst moment.
    public let arenaByteCount: Int
    /// Bytes of inputs, weights and states, dense.
    public let sourceByteCount: Int
    /// Where each value lies.
    let places: [Place]

    /// Where a value lies.
    enum Place: Hashable {
        /// In the tensor bound to this source.
        case source(Int)
        /// At this byte of the arena.
        case arena(Int)
    }

    /// All bytes a run needs, workspaces of kernels aside.
    public var peakByteCount: Int { arenaByteCount + sourceByteCount }

    /// Values start at multiples of a cache line.
    private static let alignment = 64

    /// Plans a program: each value's memory is taken when it is made and given back after its last use.
    public init(_ program: Program) {
        self.program = program
        var planner = Planner(program)
        for position in program.nodes.indices { planner.visit(position) }
        places = planner.places.map { $0 ?? .arena(0) }
        arenaByteCount = planner.memory.end
        sourceByteCount = program.sources.reduce(0) { $0 + Plan.aligned($1.type.byteCount) }
    }

    fileprivate static func aligned(_ byteCount: Int) -> Int {
        (max(byteCount, 1) + alignment - 1) / alignment * alignment
    }
}

/// Walks the nodes in order and hands out memory.
private struct Planner {
    let program: Program
    var places: [Plan.Place?]
    var memory = FreeList()
    /// Values that share memory with another: the value whose memory it is.
    private var owner: [Int]
    /// The last node that reads each owner's memory; `nodes.count` for results.
    private var lastUse: [Int]
    /// Values that are made in the memory of the state they are assigned to.
    private var forwarded: [Int: Plan.Place] = [:]

    init(_ program: Program) {
        self.program = program
        places = Array(repeating: nil, count: program.types.count)
        owner = Array(program.types.indices)
        lastUse = Array(repeating: -1, count: program.types.count)
        for (position, source) in program.sources.enumerated() {
            places[source.value.index] = .source(position)
        }
        for node in program.nodes where node.operation.isView {
            owner[node.outputs[0].index] = owner[node.inputs[0].index]
        }
        for (position, node) in program.nodes.enumerated() {
            for input in node.inputs { lastUse[owner[input.index]] = position }
        }
        for output in program.outputs { lastUse[owner[output.value.index]] = program.nodes.count }
        forwardAssignments()
    }

    /// Where a state's only use is to be assigned a fresh value, that value is made in its memory.
    private mutating func forwardAssignments() {
        var uses: [Value: Int] = [:]
        for node in program.nodes { for input in node.inputs { uses[input, default: 0] += 1 } }
        var maker: [Value: Node] = [:]
        for node in program.nodes {
            for output in node.outputs { maker[output] = node }
            guard node.operation is Assign, let made = maker[node.inputs[1]],
                uses[node.inputs[0]] == 1, uses[node.inputs[1]] == 1,
                !made.operation.isView, made.operation.updates.isEmpty
            else { continue }
            forwarded[node.inputs[1].index] = places[node.inputs[0].index]
        }
    }

    mutating func visit(_ position: Int) {
        let node = program.nodes[position]
        var reused: Int?
        for (index, output) in node.outputs.enumerated() {
            if node.operation.isView {
                places[output.index] = places[node.inputs[0].index]
            } else if let input = node.operation.updates[index] {
                places[output.index] = update(of: node.inputs[input], at: position)
            } else if let place = forwarded[output.index] {
                places[output.index] = place
            } else if index == 0, let input = overwritten(by: node, at: position) {
                // The output takes the input's memory over and becomes its owner.
                reused = owner[input.index]
                places[output.index] = places[input.index]
            } else {
                places[output.index] = .arena(memory.take(byteCount(output.index)))
            }
        }
        release(node, at: position, but: reused)
    }

    /// The place of a source that is updated in place; nobody may read the old value afterwards.
    private func update(of input: Value, at position: Int) -> Plan.Place? {
        precondition(
            lastUse[owner[input.index]] <= position,
            "\(program.nodes[position].operation) updates a value that is read later")
        guard case .source(let source)? = places[input.index],
            program.sources[source].kind == .state
        else { preconditionFailure("only a state can be updated, not the value \(input.index)") }
        return places[input.index]
    }

    private func overwritten(by node: Node, at position: Int) -> Value? {
        for index in node.operation.overwritable {
            let input = node.inputs[index]
            guard case .arena? = places[input.index], lastUse[owner[input.index]] == position,
                byteCount(input.index) == byteCount(node.outputs[0].index)
            else { continue }
            return input
        }
        return nil
    }

    /// Gives back what nobody reads any more, unread outputs included.
    private mutating func release(_ node: Node, at position: Int, but reused: Int?) {
        let candidates = Set(node.inputs.map { owner[$0.index] } + node.outputs.map { owner[$0.index] })
        for value in candidates.sorted() where value != reused && lastUse[value] <= position {
            if case .arena(let offset)? = places[value] {
                memory.give(offset, byteCount(value))
            }
        }
    }

    private func byteCount(_ value: Int) -> Int { Plan.aligned(program.types[value].byteCount) }
}

/// Free stretches of the arena, by offset; the smallest that fits is taken.
private struct FreeList {
    private var free: [(offset: Int, byteCount: Int)] = []
    private(set) var end = 0

    mutating func take(_ byteCount: Int) -> Int {
        let fitting = free.indices.filter { free[$0].byteCount >= byteCount }
        if let best = fitting.min(by: { free[$0].byteCount < free[$1].byteCount }) {
            let offset = free[best].offset
            if free[best].byteCount == byteCount {
                free.remove(at: best)
            } else {
                free[best] = (offset + byteCount, free[best].byteCount - byteCount)
            }
            return offset
        }
        // A free stretch at the end grows instead of staying behind as a hole.
        if let last = free.last, last.offset + last.byteCount == end {
            free.removeLast()
            end = last.offset + byteCount
            return last.offset
        }
        defer { end += byteCount }
        return end
    }

    mutating func give(_ offset: Int, _ byteCount: Int) {
        var start = offset, length = byteCount
        let position = free.firstIndex { $0.offset > offset } ?? free.count
        var range = position..<position
        if position < free.count, free[position].offset == start + length {
            length += free[position].byteCount
            range = position..<(position + 1)
        }
        if position > 0, free[position - 1].offset + free[position - 1].byteCount == start {
            start = free[position - 1].offset
            length += free[position - 1].byteCount
            range = (position - 1)..<range.upperBound
        }
        free.replaceSubrange(range, with: [(start, length)])
    }
}
