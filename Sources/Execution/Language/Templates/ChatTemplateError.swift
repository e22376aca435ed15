/// Why a chat template gives no text.
public enum ChatTemplateError: Error, Hashable, CustomStringConvertible {
    /// The template is not in the language that is built.
    case syntax(line: Int, reason: String)
    /// The template asks its data for something that they do not have.
    case evaluation(line: Int, reason: String)
    /// The template itself refuses the conversation.
    case refused(String)
    /// A limit on work, text or nesting is passed.
    case limit(String)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .syntax(let line, let reason): "line \(line) of the chat template: \(reason)"
        case .evaluation(let line, let reason):
            "line \(line) of the chat template: \(reason); does the conversation have what it asks for?"
        case .refused(let reason): "the chat template refuses the conversation: \(reason)"
        case .limit(let what): "the chat template passes its limit of \(what)"
        }
    }
}
