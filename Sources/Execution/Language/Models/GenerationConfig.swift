public import Bytes

/// What `generation_config.json` recommends.
public struct GenerationConfig: Hashable, Sendable {
    /// The token that begins a text.
    public var beginToken: Int32?
    /// The tokens that end one.
    public var endTokens: [Int32] = []
    /// The token that fills up batches.
    public var padToken: Int32?
    /// Whether tokens are drawn rather than the likeliest taken.
    public var samples: Bool?
    /// The temperature of the distribution.
    public var temperature: Double?
    /// How many of the likeliest tokens are drawn from.
    public var topK: Int?
    /// Which share of the probability is drawn from.
    public var topP: Double?
    /// Which share of the likeliest token's probability a token needs.
    public var minP: Double?
    /// What logits of tokens that occurred are divided by.
    public var repetitionPenalty: Double?
    /// At most so many tokens.
    public var maxNewTokens: Int?

    /// Nothing recommended.
    public init() {}

    /// The recommendations in a `generation_config.json`.
    public init(_ file: JSON) throws(ModelConfigError) {
        guard file.orderedMembers != nil else {
            throw .invalid(key: "generation_config", value: file.kind)
        }
        let fields = ConfigFields(file)
        let limit = BytePairTokenizer.idLimit
        beginToken = try fields.tokens("bos_token_id", below: limit).first
        endTokens = try fields.tokens("eos_token_id", below: limit)
        padToken = try fields.tokens("pad_token_id", below: limit).first
        if file["do_sample"] != nil { samples = try fields.flag("do_sample") }
        temperature = try Self.share(fields, "temperature", upTo: 100)
        topP = try Self.share(fields, "top_p", upTo: 1)
        minP = try Self.share(fields, "min_p", upTo: 1)
        repetitionPenalty = try Self.share(fields, "repetition_penalty", upTo: 100)
        // 0 switches the limit off.
        if let k = file["top_k"], k != 0 { topK = try fields.size("top_k", limit: limit) }
        if file["max_new_tokens"] != nil {
            maxNewTokens = try fields.size("max_new_tokens", limit: 1 << 24)
        }
    }

    private static func share(
        _ fields: ConfigFields, _ key: String, upTo limit: Double
    ) throws(ModelConfigError) -> Double? {
        guard fields.file[key] != nil else { return nil }
        let number = try fields.number(key, default: 0)
        guard (0...limit).contains(number) else { throw .invalid(key: key, value: "\(number)") }
        return number
    }

    /// The recommendations as a `generation_config.json`.
    public var file: JSON {
        var members: [(String, JSON)] = []
        func add(_ key: String, _ value: JSON?) { if let value { members.append((key, value)) } }
        add("bos_token_id", beginToken.map { .int(Int($0)) })
        switch endTokens.count {
        case 0: break
        case 1: add("eos_token_id", .int(Int(endTokens[0])))
        default: add("eos_token_id", .ints(endTokens.map(Int.init)))
        }
        add("pad_token_id", padToken.map { .int(Int($0)) })
        add("do_sample", samples.map(JSON.flag))
        add("temperature", temperature.map(JSON.real))
        add("top_k", topK.map(JSON.int))
        add("top_p", topP.map(JSON.real))
        add("min_p", minP.map(JSON.real))
        add("repetition_penalty", repetitionPenalty.map(JSON.real))
        add("max_new_tokens", maxNewTokens.map(JSON.int))
        return .members(members)
    }
}
