public import Keys

/// The hash that names a rollout, and with it a node of a game.
public typealias RolloutID = Digest

/// One move of a game: what one agent said, several times over, to one prompt.
public struct GameNode: Sendable, Equatable {
    /// The hash of the rollout, which names the node everywhere.
    public let id: RolloutID
    /// The answers, who gave them, and at which stage.
    public let rollout: Rollout
    /// What was asked, as tokens.
    public let prompt: [Int32]

    /// A node of these parts.
    public init(id: RolloutID, rollout: Rollout, prompt: [Int32]) {
        self.id = id
        self.rollout = rollout
        self.prompt = prompt
    }

    /// Who moved.
    public var peer: String { rollout.peer }
    /// The stage it belongs to, from 0.
    public var stage: Int { rollout.stage }
    /// The nodes that its agent saw before it moved.
    public var parents: [RolloutID] { rollout.parents }
    /// The texts of the answers.
    public var texts: [String] { rollout.completions.map(\.text) }
}

/// Why a node does not fit into a tree.
public enum GameTreeError: Error, Hashable, Sendable {
    /// A node that it says it saw is not there.
    case missingParent
    /// A node that it says it saw belongs to a later stage.
    case wrongOrder
    /// The agent has made this move already.
    case repeated
    /// The tree has as many nodes as one may have.
    case full
}

/// Everything that was said about one task in one round, as a value.
///
/// A node names the nodes it was made from by their hashes: a partial order without cycles, in which no
/// parent belongs to a later stage than its child. Nodes lie in one order, whatever order they came in, so
/// equal sets of moves are equal trees and give equal prompts.
public struct GameTree: Sendable, Equatable {
    /// The task at the root.
    public let task: RoundTask
    /// The nodes by stage, then agent, then turn.
    public private(set) var nodes: [GameNode] = []

    /// The most nodes of one tree.
    public static let nodeCountMax = 4096

    /// A tree without moves.
    public init(task: RoundTask) { self.task = task }

    /// Adds a node whose parents are there.
    public mutating func insert(_ node: GameNode) throws(GameTreeError) {
        guard nodes.count < Self.nodeCountMax else { throw .full }
        for parent in node.parents {
            guard let seen = self[parent] else { throw .missingParent }
            guard seen.stage <= node.stage else { throw .wrongOrder }
        }
        let place = nodes.firstIndex { !Self.precedes($0.rollout, node.rollout) } ?? nodes.count
        if place < nodes.count, !Self.precedes(node.rollout, nodes[place].rollout) { throw .repeated }
        nodes.insert(node, at: place)
    }

    /// The node of this name.
    public subscript(id: RolloutID) -> GameNode? { nodes.first { $0.id == id } }

    /// The nodes of a stage.
    public func nodes(inStage stage: Int) -> [GameNode] { nodes.filter { $0.stage == stage } }

    /// The nodes that were made with sight of this one.
    public func children(of id: RolloutID) -> [GameNode] { nodes.filter { $0.parents.contains(id) } }

    /// The nodes that none was made from.
    public var leaves: [GameNode] {
        let parents = Set(nodes.flatMap(\.parents))
        return nodes.filter { !parents.contains($0.id) }
    }

    /// What an agent saw: these nodes and no other. Each must be there with all its own parents.
    public func view(of ids: [RolloutID]) throws(GameTreeError) -> GameTree {
        let wanted = Set(ids)
        var view = GameTree(task: task)
        for node in nodes where wanted.contains(node.id) { try view.insert(node) }
        guard view.nodes.count == wanted.count, wanted.count == ids.count else { throw .missingParent }
        return view
    }

    /// What an agent sees when a stage begins: the nodes of earlier stages, as many as a rollout may name.
    func before(stage: Int) -> GameTree {
        var view = self
        view.nodes = Array(nodes.prefix { $0.stage < stage }.prefix(RolloutRule.parentCountMax))
        return view
    }

    private static func precedes(_ a: Rollout, _ b: Rollout) -> Bool {
        (a.stage, a.peer, a.turn) < (b.stage, b.peer, b.turn)
    }
}
