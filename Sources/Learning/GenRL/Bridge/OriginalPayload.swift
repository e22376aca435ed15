// What peers of GenRL 0.3.0 send each other: a map from a question's name to payloads, as MessagePack with
// binary types. Maps that stand for objects begin with "__type__"; keys come in the order of the fields.

import Keys

/// What an agent of the original sees of the world.
public struct OriginalWorldState: Sendable, Equatable {
    /// The question with its answer and metadata.
    public var environment: MessagePack
    /// What others said, and the agent's own.
    public var opponents: MessagePack, personal: MessagePack

    /// A world state.
    public init(environment: MessagePack, opponents: MessagePack = .null, personal: MessagePack = .null) {
        self.environment = environment
        self.opponents = opponents
        self.personal = personal
    }

    /// The state of a question, as the original's environments make it.
    public init(question: String, answer: String?, metadata: MessagePack) {
        self.init(
            environment: .members([
                ("question", .text(question)), ("answer", answer.map(MessagePack.text) ?? .null),
                ("metadata", metadata),
            ]))
    }

    /// The question, where it has one.
    public var question: String? { environment.member("question")?.text }
}

/// What an agent of the original did in a world state: texts, one for each generation.
public struct OriginalPayload: Sendable, Equatable {
    /// What it saw.
    public var worldState: OriginalWorldState
    /// What it said.
    public var actions: [String]
    /// What else it tells.
    public var metadata: MessagePack

    /// A payload.
    public init(worldState: OriginalWorldState, actions: [String], metadata: MessagePack = .null) {
        self.worldState = worldState
        self.actions = actions
        self.metadata = metadata
    }
}

/// A message of one agent of the original: payloads by the names of questions, in their order.
public struct OriginalMessage: Sendable, Equatable {
    /// The payloads of one question.
    public struct Batch: Sendable, Equatable {
        /// The question's name: the MD5 of its text in hexadecimal.
        public var id: String
        /// What was said.
        public var payloads: [OriginalPayload]

        /// A batch.
        public init(id: String, payloads: [OriginalPayload]) {
            self.id = id
            self.payloads = payloads
        }
    }

    /// The batches.
    public var batches: [Batch]

    /// A message.
    public init(batches: [Batch]) { self.batches = batches }

    /// The name that the original gives a question.
    public static func batchID(of question: String) -> String { LegacyDigest.md5(question) }

    /// Questions of one message, payloads of one question and texts of one payload that are read.
    public static let countMax = 4096

    /// The message as bytes.
    public var encoded: [UInt8] {
        MessagePack.members(
            batches.map { batch in (batch.id, .list(batch.payloads.map(\.value))) }
        ).encoded
    }

    /// Reads a message; ids that are numbers, as versions before 0.3 send them, are refused.
    public init(
        decoding bytes: [UInt8], limits: MessagePack.Limits = .init()
    ) throws(MessagePackError) {
        guard case .pairs(let pairs) = try MessagePack(decoding: bytes, limits: limits) else {
            throw .unexpected("it is no map of questions")
        }
        guard pairs.count <= Self.countMax else { throw .tooMany("questions", limit: Self.countMax) }
        batches = []
        for pair in pairs {
            guard let id = pair.key.text else { throw .unexpected("a question's name is no text") }
            guard let list = pair.value.elements else { throw .unexpected("a question has no list") }
            guard list.count <= Self.countMax else { throw .tooMany("payloads", limit: Self.countMax) }
            var payloads: [OriginalPayload] = []
            for value in list { payloads.append(try OriginalPayload(value)) }
            batches.append(Batch(id: id, payloads: payloads))
        }
    }
}

extension OriginalPayload {
    fileprivate static let names = ["world_state", "actions", "metadata"]

    fileprivate var value: MessagePack {
        .members([
            ("__type__", .text("Payload")), ("world_state", worldState.value),
            ("actions", .list(actions.map(MessagePack.text))), ("metadata", metadata),
        ])
    }

    fileprivate init(_ value: MessagePack) throws(MessagePackError) {
        let fields = try value.fields(of: "Payload", Self.names)
        guard let items = fields[1].elements else { throw .unexpected("actions are no list") }
        guard items.count <= OriginalMessage.countMax else {
            throw .tooMany("actions", limit: OriginalMessage.countMax)
        }
        var actions: [String] = []
        for item in items {
            guard let text = item.text else { throw .unexpected("an action is no text") }
            actions.append(text)
        }
        self.init(
            worldState: try OriginalWorldState(fields[0]), actions: actions, metadata: fields[2])
    }
}

extension OriginalWorldState {
    private static let names = ["environment_states", "opponent_states", "personal_states"]

    fileprivate var value: MessagePack {
        .members([
            ("__type__", .text("WorldState")), ("environment_states", environment),
            ("opponent_states", opponents), ("personal_states", personal),
        ])
    }

    fileprivate init(_ value: MessagePack) throws(MessagePackError) {
        let fields = try value.fields(of: "WorldState", Self.names)
        self.init(environment: fields[0], opponents: fields[1], personal: fields[2])
    }
}

extension MessagePack {
    /// The fields of an object of a type, which has these and no others.
    fileprivate func fields(
        of type: String, _ names: [String]
    ) throws(MessagePackError) -> [MessagePack] {
        guard case .pairs(let pairs) = self, member("__type__")?.text == type else {
            throw .unexpected("no \(type) where one belongs")
        }
        guard pairs.count == names.count + 1 else {
            throw .unexpected("a \(type) has \(pairs.count) fields")
        }
        var fields: [MessagePack] = []
        for name in names {
            guard let field = member(name) else { throw .unexpected("a \(type) has no \(name)") }
            fields.append(field)
        }
        return fields
    }
}
