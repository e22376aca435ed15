import Foundation
import TestSupport
import Testing

@Suite struct ModelCommandTests {
    private static let story = Fixtures.shared("stories260k/stories260K.bin").path
    private static let oracle = Fixtures.shared("tiny_oracles/qwen3").path

    @Test(.enabled(if: Fixtures.sharedExists("stories260k/stories260K.bin")))
    func `a real model tells its story, the same on every kernel`() throws {
        let arguments = ["generate", "--model", Self.story, "Once upon a time", "--max-tokens", "40"]
        let result = try Program.run(arguments)
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.hasPrefix(", there was a little girl named Lily."))
        let scalar = try Program.run(arguments + ["--kernels", "scalar", "--threads", "1"])
        #expect(scalar.output == result.output)
        let json = try #require(
            try Program.run(arguments + ["--json", "--stop", " girl"]).objects().first)
        #expect(json["text"] as? String == ", there was a little")
        #expect(json["finish"] as? String == "stop" && json["promptTokens"] as? Int == 5)
    }

    @Test(.enabled(if: Fixtures.sharedExists("stories260k/stories260K.bin")))
    func `draws follow the seed`() throws {
        func text(_ seed: Int) throws -> String {
            try Program.run([
                "generate", "--model", Self.story, "Once", "--max-tokens", "20", "--temperature", "1",
                "--top-p", "0.95", "--seed", "\(seed)",
            ]).output
        }
        #expect(try text(1) == text(1))
        #expect(try text(1) != text(2))
    }

    @Test(.enabled(if: Fixtures.sharedExists("stories260k/stories260K.bin")))
    func `a converted model has the same hash and the same logits`() throws {
        try Program.inFolder { folder in
            let to = folder.appendingPathComponent("story").path
            let converted = try #require(
                try Program.run(["model", "convert", "--model", Self.story, "--to", to, "--json"])
                    .objects().last)
            let hash = try Program.run(["model", "hash", "--model", Self.story]).lines
            #expect(hash == [converted["hash"] as? String])
            #expect(hash.first?.count == 64)
            let tokens = ["--tokens", "1,5,9", "--json"]
            let logits = try Program.run(["model", "logits", "--model", to] + tokens)
            #expect(
                logits.output
                    == (try Program.run(["model", "logits", "--model", Self.story] + tokens)).output)
            let rows = try #require(try logits.objects().first?["logits"] as? [[Double]])
            #expect(rows.count == 3 && rows.allSatisfy { $0.count == 512 })
            let half = folder.appendingPathComponent("half").path
            #expect(
                try Program.run(
                    ["model", "convert", "--model", to, "--to", half, "--dtype", "bf16"]).code == 0)
            #expect(try Program.run(["model", "hash", "--model", half]).lines != hash)
        }
    }

    @Test(.enabled(if: Fixtures.sharedExists("stories260k/stories260K.bin")))
    func `what does not fit is refused, with what would`() throws {
        let plan = ["model", "plan", "--model", Self.story, "--for", "training", "--batch", "64"]
        let whole = try Program.run(plan + ["--memory", "64", "--json"])
        #expect(whole.code == 0)
        let training = try #require(try whole.objects().first?["training"] as? [String: Any])
        let bytes = try #require(training["bytes"] as? Int)
        let parts = try #require(training["parts"] as? [String: Int])
        #expect(parts.values.reduce(0, +) == bytes)
        #expect(parts["weights"].map { $0 >= 260_032 * 4 } == true)
        let half = Double(bytes) / 2 / 1_073_741_824
        let refused = try Program.run(plan + ["--memory", "\(half)"])
        #expect(refused.code == 1)
        // What it names does fit.
        let words = refused.errors.split(separator: " ").map(String.init)
        let place = try #require(words.firstIndex(of: "--batch"))
        let smaller = try Program.run(
            [
                "model", "plan", "--model", Self.story, "--for", "training", "--batch", words[place + 1],
                "--memory", "\(half)",
            ])
        #expect(smaller.code == 0, "\(refused.errors)")
    }

    @Test func `a model that is not there is an error in one line`() throws {
        for command in [["model", "inspect"], ["model", "hash"], ["generate", "hello"], ["tokenize"]] {
            let result = try Program.run(command + ["--model", "/nowhere"])
            #expect(result.code == 1 && result.output.isEmpty)
            #expect(result.errors.contains("/nowhere"))
            #expect(result.errors.split(separator: "\n").count == 1)
        }
    }

    @Test(.enabled(if: Fixtures.sharedExists("stories260k/stories260K.bin")))
    func `tokens outside the vocabulary are refused`() throws {
        let result = try Program.run(["model", "logits", "--model", Self.story, "--tokens", "1,99999"])
        #expect(result.code == 1 && result.errors.contains("99999"))
        #expect(
            try Program.run(
                ["model", "logits", "--model", Self.story, "--tokens", "1,x"]).code == 64)
    }

    @Test(.enabled(if: Fixtures.sharedExists("tokenizers")))
    func `lines become ids and ids become lines`() throws {
        let vocabulary = Fixtures.shared("tokenizers")
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: vocabulary.path)
                .filter { $0.hasSuffix(".gguf") && $0.contains("qwen2") }.first)
        let path = vocabulary.appendingPathComponent(name).path
        let texts = ["Hello, world", "two\nlines", "größer 東京 👩‍🔬", ""]
        let input = try texts.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        let ids = try Program.run(
            ["tokenize", "--model", path, "--json"], input: input.joined(separator: "\n") + "\n")
        #expect(ids.code == 0, "\(ids.errors)")
        #expect(ids.lines.count == 4 && ids.lines.last == "[]")
        let back = try Program.run(
            ["tokenize", "--model", path, "--decode", "--json"], input: ids.output)
        let decoded = try back.lines.map { try JSONDecoder().decode(String.self, from: Data($0.utf8)) }
        #expect(decoded == texts)
    }
}
