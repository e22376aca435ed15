import Bytes
import GenRL
import Gym
import Language
import Neural
import Tensor
import World

/// A parser of foreign bytes, with small inputs that it takes.
struct FuzzedParser: Sendable {
    let name: String
    let seeds: [[UInt8]]
    var words: [String] = []
    let run: @Sendable ([UInt8]) throws -> Void
}

let fuzzedParsers: [FuzzedParser] = [
    FuzzedParser(
        name: "json",
        seeds: texts([
            #"{"a":[1,-2.5e3,"é\n\u00e9\ud83d\ude00",true,false,null],"b":{"c":{}}}"#, "[[[[]]]]",
            "0",
        ]), words: jsonWords,
        run: { bytes in
            let value = try JSON(parsing: bytes)
            // What is read can be written and read again.
            let again = try JSON(parsing: value.bytes(.pretty(indent: 1)))
            precondition(again == value, "another value")
        }),
    FuzzedParser(
        name: "safetensors", seeds: [safetensors], words: jsonWords,
        run: { bytes in
            let file = try SafetensorsFile(MappedFile(path: "fuzz", copying: bytes))
            for tensor in file.tensors where tensor.type.isReal { _ = try tensor.floats() }
        }),
    FuzzedParser(
        name: "gguf", seeds: [gguf], words: ["GGUF", "llama", "tokenizer.ggml.", "weight"],
        run: { bytes in
            let file = try GGUFFile(MappedFile(path: "fuzz", copying: bytes))
            for tensor in file.tensors where tensor.type.isReal { _ = try tensor.floats() }
            let tokenizer = try file.tokenizer()
            _ = tokenizer.decode(tokenizer.encode("abc ab", addingSpecials: true))
            let checkpoint = try GGUFModel(file).checkpoint()
            for tensor in checkpoint.tensors.values where tensor.type.isReal {
                _ = try tensor.floats()
            }
        }),
    FuzzedParser(
        name: "tokenizer", seeds: [tokenizer, characterTokenizer], words: jsonWords,
        run: { bytes in
            let tokenizer = try TokenizerFile.tokenizer(try JSON(parsing: bytes))
            let ids = tokenizer.encode("hello <s> héllo\n12 \u{1F642}", addingSpecials: true)
            _ = tokenizer.decode(ids + [-1, .max], skippingSpecials: false)
            let file = tokenizer.file?.bytes() ?? []
            let again = try TokenizerFile.tokenizer(try JSON(parsing: file))
            precondition(again.file?.bytes() == file, "another tokenizer")
        }),
    FuzzedParser(
        name: "config", seeds: [config], words: jsonWords,
        run: { bytes in
            let config = try ModelConfig(try JSON(parsing: bytes))
            let again = try ModelConfig(config.file)
            precondition(again == config, "another configuration")
            _ = try GenerationConfig(try JSON(parsing: bytes))
        }),
    FuzzedParser(
        name: "adapter", seeds: [adapter], words: jsonWords + ["LORA", "q_proj", "all-linear"],
        run: { bytes in
            let config = try LoRAConfig(try JSON(parsing: bytes))
            let again = try LoRAConfig(config.file(baseName: nil))
            precondition(again == config, "another adapter")
        }),
    FuzzedParser(
        name: "jinja", seeds: texts(templates), words: templateWords,
        run: { bytes in
            let template = try ChatTemplate(String(decoding: bytes, as: UTF8.self))
            var limits = ChatTemplate.Limits()
            limits.steps = 50_000
            _ = try template.render(
                [
                    ["role": "user", "content": "a<think>b"],
                    ["role": "assistant", "content": "c"],
                ],
                tools: [["name": "f", "n": [1, 2.5, nil]]], generating: true,
                variables: ["bos_token": "<s>"], date: CivilTime(sinceEpoch: .seconds(1)),
                limits: limits)
        }),
    FuzzedParser(
        name: "llama2c", seeds: [story],
        run: { bytes in
            let model = try StoryModel(MappedFile(path: "fuzz", copying: bytes))
            for tensor in model.checkpoint.tensors.values { _ = try tensor.floats() }
        }),
    FuzzedParser(
        name: "rollouts", seeds: [RolloutPayload.encode([rollout]), RolloutPayload.encode([])],
        words: ["STARROLL"],
        run: { bytes in
            let rollouts = try RolloutPayload.decode(bytes)
            precondition(RolloutPayload.encode(rollouts) == bytes, "another encoding")
            for rollout in rollouts { try rolloutRule.check(rollout, round: 3) }
        }),
    FuzzedParser(
        name: "game", seeds: [game.encoded, GameRecord(round: 0).encoded],
        words: ["STARGAME", "over_quota"],
        run: { bytes in
            let record = try GameRecord(decoding: bytes)
            precondition(record.encoded == bytes, "another encoding")
        }),
    FuzzedParser(
        name: "checkpoint", seeds: [checkpointBytes(checkpoint)], words: ["STARLING-CKPT-1\n", "steps"],
        run: { bytes in
            let read = try bytes.withUnsafeBytes { try RunCheckpoint(from: $0) }
            // Names may come in any order; what is written comes back the same.
            let written = checkpointBytes(read)
            let again = try written.withUnsafeBytes { try RunCheckpoint(from: $0) }
            precondition(checkpointBytes(again) == written, "another checkpoint")
        }),
    FuzzedParser(
        name: "msgpack", seeds: [originalMessage.encoded, packed.encoded],
        words: ["__type__", "Payload", "WorldState", "actions", "world_state"],
        run: { bytes in
            let value = try MessagePack(decoding: bytes)
            // NaN is not equal to itself; its bytes are.
            let again = try MessagePack(decoding: value.encoded)
            precondition(again.encoded == value.encoded, "another value")
            guard case .pairs = value else { return }
            let message = try OriginalMessage(decoding: bytes)
            let heard = try OriginalMessage(decoding: message.encoded)
            precondition(heard.encoded == message.encoded, "another message")
        }),
    FuzzedParser(
        name: "maths", seeds: texts(["so\nAnswer: $1,234.5", "Choice: Student #3\n> Answer: -4", "1e9"]),
        words: ["Answer: ", "Choice:", "Student #", "None", ",", ".", "-", "$", "\n", "\u{0663}", "999999"],
        run: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let paid = OriginalMathsRewards.answer(text, expected: "4")
            precondition([0, 0.5, 1, 1.5].contains(paid))
            _ = OriginalMathsRewards.choice(text, solution: text)
            _ = MathsReading.last("Answer:", in: text).map { MathsReading.isEqual($0, text) }
        }),
    FuzzedParser(
        name: "preferences",
        seeds: texts([
            #"{"prompt":"a","chosen":"b","rejected":"c"}"# + "\n\n"
                + #"{"rejected":"1","prompt":"2","chosen":"\u00e9","more":[{}]}"#
        ]), words: jsonWords + ["\n", "\r\n", "\"prompt\"", "\"chosen\"", "\"rejected\""],
        run: { bytes in
            for pair in try PreferencePair.parse(lines: bytes) {
                precondition(pair.chosen != pair.rejected, "an answer preferred to itself")
            }
        }),
]

private let rollout = Rollout(
    task: TaskID(part: "p", seed: 1, index: 2), peer: "ab", round: 3,
    model: ModelID(family: "f", step: 4),
    completions: [
        Completion(tokens: [3, 4, 0], text: "01", logProbabilities: [-1, -0.5, -0.25]),
        Completion(tokens: [4, 0], text: "1", logProbabilities: [-1, -0.5]),
    ])
private let rolloutRule = RolloutRule(
    family: "f", completionCount: 2, tokenMax: 4, codec: .characters("0123456789"))
private let game: GameRecord = {
    var round = GameRecord.Round(number: 3, stage: 1, tasks: [rollout.task])
    round.own = [rollout]
    round.external = [rollout]
    round.judged = [rollout.id]
    round.learned = [rollout.id]
    return GameRecord(round: 3, refused: ["over_quota": 2, "repeated": 1], rounds: [round])
}()
private var checkpoint: RunCheckpoint {
    RunCheckpoint(
        identity: "run", counters: ["steps": 7], series: ["loss": [0.5, -1]],
        tensors: ["weight/a": Tensor([1, 2, 3, 4, 5, 6], [2, 3])], blobs: ["game": game.encoded])
}
private func checkpointBytes(_ checkpoint: RunCheckpoint) -> [UInt8] {
    var bytes: [UInt8] = []
    checkpoint.write { bytes += Array($0) }
    return bytes
}
private let originalMessage = OriginalMessage(batches: [
    .init(
        id: OriginalMessage.batchID(of: "2+2?"),
        payloads: [
            OriginalPayload(
                worldState: OriginalWorldState(question: "2+2?", answer: "4", metadata: .null),
                actions: ["<answer>4</answer>", "5"])
        ])
])
private let packed = MessagePack.list([
    .null, .flag(true), .int(-70_000), .large(.max), .real(0.1), .bytes([1, 2]), .text("é"),
    .pairs([.init(.int(1), .list([]))]),
])

private func texts(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

private let jsonWords = [
    "{", "}", "[", "]", ",", ":", "\"", "\\u", "\\ud800", "null", "-", "1e999",
    "9223372036854775807",
    "-1", "true", "\"a\":", "[[[[[[[[", "é", "\u{1F642}", "1e308", "0.1",
]
private let templateWords = [
    "{%", "%}", "{{", "}}", "{#", "#}", "-", " if ", " else ", "endif", "for x in ", "endfor",
    "set x = ",
    "macro m(a)", "endmacro", "|tojson", "|join", "|length", "|sort", "[::-1]", "[1:",
    " is defined",
    "range(", "namespace(", "'", "\"", "not ", " in ", "~", "//", "%", "*", "9223372036854775807",
    ".items()", ".split()", "messages", "loop.", "x", "é", "((((", "break", "continue",
]
private let templates = [
    """
    {%- set ns = namespace(n=0) %}{% macro m(a, b='x') %}[{{ a }}{{ b|upper }}]{% endmacro %}
    {% for message in messages[::-1] if message.role != 'x' %}
      {%- if loop.first and message.content is string %}{{ bos_token + message['content']|trim }}
      {%- elif not loop.last %}{{ message|tojson(indent=2) }}{% else %}{{ m(1, b='z') }}{% endif %}
      {%- set ns.n = ns.n + loop.index0 * 2 - 7 // 2 %}
    {% endfor %}{{ ns.n }}{{ strftime_now('%d %b %Y') }}
    """,
    "{% for k, v in tools[0]|items %}{{ k ~ ':' ~ v }}{{ ',' if not loop.last else '.' }}{% endfor %}"
        + "{{ [3, 1, 2]|sort|join('-') }}{{ 'a,b'.split(',')[-1][0:1] }}{{ range(3)|list }}{# c #}",
]

private let config = Array(
    """
    {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":64,"intermediate_size":176,\
    "num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":16,"vocab_size":320,\
    "rms_norm_eps":1e-05,"tie_word_embeddings":true,"eos_token_id":[1,2],"bos_token_id":0,"dtype":"bfloat16",\
    "rope_parameters":{"rope_type":"llama3","rope_theta":500000.0,"factor":32.0,"low_freq_factor":1.0,\
    "high_freq_factor":4.0,"original_max_position_embeddings":8192},"temperature":0.5,"top_k":3}
    """.utf8)

private let adapter = Array(
    """
    {"peft_type":"LORA","r":8,"lora_alpha":12.5,"use_rslora":true,"target_modules":["q_proj","down_proj"],\
    "bias":"none","init_lora_weights":true,"rank_pattern":{},"modules_to_save":null,"use_dora":false}
    """.utf8)

private let tokenizer = Array(
    #"""
    {"added_tokens":[{"id":9,"content":"<s>","special":true,"lstrip":true,"rstrip":true,"single_word":false,\#
    "normalized":false},{"id":10,"content":"lo","special":false,"normalized":true}],\#
    "normalizer":{"type":"NFC"},"pre_tokenizer":{"type":"Sequence","pretokenizers":[\#
    {"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false,\#
    "use_regex":true}]},"post_processor":{\#
    "type":"TemplateProcessing","single":\#
    [{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A"}}],\#
    "special_tokens":{"<s>":{"id":"<s>","ids":[9],"tokens":["<s>"]}}},"decoder":{"type":"ByteLevel"},\#
    "model":{"type":"BPE","unk_token":"h","ignore_merges":true,"vocab":{"h":0,"e":1,"l":2,"o":3,"Ġ":4,\#
    "he":5,"ll":6,"hell":7,"1":8},"merges":["h e",["l","l"],"he ll"]}}
    """#.utf8)

private let characterTokenizer: [UInt8] = {
    guard let tokenizer = try? CharacterTokenizer(alphabet: "helo 12", specials: ["<s>"]) else {
        return []
    }
    return tokenizer.file?.bytes() ?? []
}()

private func little<T: FixedWidthInteger>(_ number: T) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

private let safetensors: [UInt8] = {
    let header = #"""
        {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\#
        "b":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]},"c":{"dtype":"BF16","shape":[],\#
        "data_offsets":[12,14]},"d":{"dtype":"U8","shape":[2],"data_offsets":[14,16]}}
        """#
    return little(UInt64(header.utf8.count)) + Array(header.utf8) + (0..<16).map { UInt8($0) }
}()

private let gguf: [UInt8] = {
    func text(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }
    func int(_ key: String, _ number: UInt32) -> [UInt8] {
        text(key) + little(UInt32(4)) + little(number)
    }
    func word(_ key: String, _ value: String) -> [UInt8] {
        text(key) + little(UInt32(8)) + text(value)
    }
    func words(_ key: String, _ values: [String]) -> [UInt8] {
        text(key) + little(UInt32(9)) + little(UInt32(8)) + little(UInt64(values.count))
            + values.flatMap(text)
    }
    let pairs = [
        word("general.architecture", "llama"), int("llama.block_count", 1),
        int("llama.embedding_length", 8), int("llama.feed_forward_length", 16),
        int("llama.attention.head_count", 2), int("llama.attention.head_count_kv", 1),
        int("llama.vocab_size", 4), word("tokenizer.ggml.model", "gpt2"),
        word("tokenizer.ggml.pre", "smollm"), int("tokenizer.ggml.eos_token_id", 2),
        words("tokenizer.ggml.tokens", ["a", "b", "ab", "Ġ"]),
        words("tokenizer.ggml.merges", ["a b"]),
    ]
    var bytes =
        Array("GGUF".utf8) + little(UInt32(3)) + little(UInt64(2)) + little(UInt64(pairs.count))
    bytes += pairs.flatMap(\.self)
    for (name, type, offset) in [
        ("blk.0.attn_q.weight", UInt32(0), UInt64(0)), ("token_embd.weight", 8, 256),
    ] {
        bytes +=
            text(name) + little(UInt32(2)) + little(UInt64(type == 0 ? 8 : 32))
            + little(UInt64(type == 0 ? 8 : 1))
        bytes += little(type) + little(offset)
    }
    bytes += [UInt8](repeating: 0, count: -bytes.count & 31)
    return bytes + (0..<290).map { UInt8(truncatingIfNeeded: $0) }
}()

private let story: [UInt8] = {
    let sizes: [Int32] = [8, 4, 1, 2, 1, 3, 2]
    // Embedding, norms, projections, feed-forward, last norm, two tables.
    let count = 24 + 8 + 64 + 32 + 32 + 64 + 8 + 32 + 32 + 32 + 8 + 8
    return sizes.flatMap(little) + (0..<count).flatMap { little(Float($0).bitPattern) }
}()
