public import Bytes

/// One message of a conversation.
public struct ChatMessage: Hashable, Sendable {
    /// Who speaks: `system`, `user`, `assistant`, `tool`.
    public var role: String
    /// What is said.
    public var content: String

    /// A message.
    public init(role: String, content: String) {
        self.role = role
        self.content = content
    }

    /// The message as templates see it.
    public var json: JSON { ["role": .text(role), "content": .text(content)] }
}

/// The text around a conversation that a model was trained with: a template in the part of Jinja
/// that models use, with transformers' settings.
///
/// Templates come from strangers, so time, text and nesting are bounded.
public struct ChatTemplate: Sendable {
    /// What one rendering may cost.
    public struct Limits: Sendable {
        /// Expressions and statements; every 16 bytes that are made count as one too.
        public var steps = 2_000_000
        /// Bytes of the result, and of any text on the way.
        public var outputBytes = 1 << 22
        /// Expressions, statements and macros inside each other.
        public var depth = 150

        /// The usual limits.
        public init() {}
    }

    /// Longer templates are not read.
    public static let sourceLimit = 1 << 18

    /// The template as written.
    public let source: String
    private let statements: [TemplateStatement]

    /// Reads a template.
    public init(_ source: String) throws(ChatTemplateError) {
        guard source.utf8.count <= Self.sourceLimit else {
            throw .limit("\(Self.sourceLimit) bytes of template")
        }
        self.source = source
        statements = try TemplateParser.statements(source)
    }

    /// The text of a conversation.
    ///
    /// Messages have `role` and `content`, and what else the template knows; `tools` are functions
    /// that the model may call; `generating` says whether the text ends where the assistant's
    /// answer begins; `variables` are further names, such as `bos_token` and `enable_thinking`;
    /// `date` is today, for templates that say it.
    public func render(
        _ messages: [JSON], tools: [JSON]? = nil, generating: Bool, variables: [String: JSON] = [:],
        date: CivilTime? = nil, limits: Limits = Limits()
    ) throws(ChatTemplateError) -> String {
        var names = TemplateMap()
        names["messages"] = .list(messages.map(TemplateValue.init))
        names["tools"] = tools.map { .list($0.map(TemplateValue.init)) } ?? TemplateValue.none
        names["documents"] = TemplateValue.none
        names["add_generation_prompt"] = .flag(generating)
        for (name, value) in variables { names[name] = TemplateValue(value) }
        var renderer = TemplateRenderer(names, limits: limits, date: date)
        return try renderer.render(statements)
    }

    /// The text of a conversation.
    public func render(
        _ messages: [ChatMessage], generating: Bool, variables: [String: JSON] = [:],
        date: CivilTime? = nil
    ) throws(ChatTemplateError) -> String {
        try render(
            messages.map(\.json), generating: generating, variables: variables, date: date)
    }
}
