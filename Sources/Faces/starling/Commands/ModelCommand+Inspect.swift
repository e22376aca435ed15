import ArgumentParser
import Bytes
import Dashboard
import Foundation
import Keys
import Language
import Neural
import Tensor

extension ModelCommand {
    /// What a model is.
    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a model's shape, its tensors and their number of weights.",
            discussion: """
                Examples:
                  starling model inspect --model ~/models/Qwen2.5-0.5B-Instruct
                  starling model inspect --model smollm2.gguf --json
                """)

        @OptionGroup var source: ModelOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let model = try source.open()
            let tensors = model.checkpoint.tensors.sorted { $0.key < $1.key }.map(\.value)
            if output.json {
                Output.line(json(model, tensors))
            } else {
                describe(model, tensors)
            }
        }

        private func json(_ model: PretrainedModel, _ tensors: [TensorSlice]) -> JSON {
            .members([
                ("family", .text(model.config.family.rawValue)),
                ("parameters", .int(model.config.transformer.parameterCount)),
                ("config", model.config.file), ("generation", model.generation.file),
                ("tokens", model.tokenizer.map { .int($0.vocabularySize) } ?? .null),
                ("chatTemplate", .flag(model.chatTemplate != nil)),
                (
                    "tensors",
                    .list(
                        tensors.map {
                            .members([
                                ("name", .text($0.name)), ("type", .text($0.type.rawValue)),
                                ("shape", .ints($0.shape)), ("bytes", .int($0.byteCount)),
                            ])
                        })
                ),
            ])
        }

        private func describe(_ model: PretrainedModel, _ tensors: [TensorSlice]) {
            let shape = model.config.transformer
            func row(_ name: String, _ value: String) {
                Output.line(name.padding(toLength: 16, withPad: " ", startingAt: 0) + value)
            }
            row("family", model.config.family.rawValue)
            row("weights", "\(shape.parameterCount) (\(Numbers.short(Double(shape.parameterCount))))")
            row("layers", "\(shape.layers)")
            row("width", "\(shape.width), feed-forward \(shape.feedForward)")
            row("heads", "\(shape.heads) of \(shape.headWidth), \(shape.keyHeads) for keys and values")
            row("vocabulary", "\(shape.vocabulary)\(shape.tiedEmbeddings ? ", output tied to it" : "")")
            row("context", "\(shape.contextLength)")
            row("tokenizer", model.tokenizer.map { "\($0.vocabularySize) tokens" } ?? "none")
            row("chat template", model.chatTemplate == nil ? "none" : "yes")
            let bytes = tensors.reduce(0) { $0 + $1.byteCount }
            row("tensors", "\(tensors.count), \(ByteText.of(bytes)) on disk")
            for tensor in tensors {
                Output.line("  \(tensor.name)  \(tensor.type.rawValue)  \(tensor.shape)")
            }
        }
    }

    /// What names a model.
    struct Hash: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the hash of a model: what it computes with, not how it is stored.",
            discussion: """
                SHA-256 over the shape and over the fp32 bits of all weights in the order of their \
                names. A GGUF file and the folder converted from it have one hash.

                Examples:
                  starling model hash --model DIR
                """)

        @OptionGroup var source: ModelOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let hash = try source.open().weights().digest.hex
            Output.line(output.json ? JSON.members([("hash", .text(hash))]).text() : hash)
        }
    }

    /// A model in another form.
    struct Convert: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a model as a Hugging Face folder.",
            discussion: """
                Reads GGUF files, llama2.c files and folders; transformers and other tools read the result.

                Examples:
                  starling model convert --model smollm2.gguf --to smollm2
                  starling model convert --model DIR --to half --dtype bf16
                """)

        @OptionGroup var source: ModelOptions
        @Option(help: ArgumentHelp("The folder to write.", valueName: "path")) var to: String
        @Option(help: "Numbers to store: fp32, or bf16 rounded to nearest.") var dtype = Precision.fp32
        @OptionGroup var machine: MachineOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let model = try source.open()
            let weights = try model.weights()
            try model.write(weights, to: to, type: dtype.stored, on: machine.engine())
            if model.tokenizer != nil, model.tokenizer?.file == nil {
                Output.note("the tokenizer has no form that a folder could hold; it was left out")
            }
            let hash = try PretrainedModel(path: to).weights().digest.hex
            Output.line(
                output.json
                    ? JSON.members([("folder", .text(to)), ("hash", .text(hash))]).text()
                    : "\(to): \(hash)")
        }
    }

    /// A model and its adapter in one.
    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a model with a low-rank adapter as a plain Hugging Face folder.",
            discussion: """
                Each adapted weight becomes W + (B A) * scale, computed in fp32.

                Examples:
                  starling model merge --model DIR --adapter runs/chat/adapter --to merged
                """)

        @OptionGroup var source: ModelOptions
        @Option(
            help: ArgumentHelp("The adapter, as training or PEFT writes it.", valueName: "folder"))
        var adapter: String
        @Option(help: ArgumentHelp("The folder to write.", valueName: "path")) var to: String
        @Option(help: "Numbers to store: fp32, or bf16 rounded to nearest.") var dtype = Precision.fp32
        @OptionGroup var machine: MachineOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let model = try source.open(), engine = machine.engine()
            let merged = try model.weights(adapter: adapter).merged(on: engine)
            try model.write(merged, to: to, type: dtype.stored, on: engine)
            let hash = try PretrainedModel(path: to).weights().digest.hex
            Output.line(
                output.json
                    ? JSON.members([("folder", .text(to)), ("hash", .text(hash))]).text()
                    : "\(to): \(hash)")
        }
    }

    /// What a model thinks of the next token.
    struct Logits: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the logits after each token of a sequence.",
            discussion: """
                With --json one object {"logits": [[...]]}, one row a position; without, the five \
                most probable tokens of each.

                Examples:
                  starling model logits --model DIR --tokens 1,2,3 --json
                """)

        @OptionGroup var source: ModelOptions
        @Option(help: ArgumentHelp("Token ids, separated by commas.", valueName: "ids")) var tokens: String
        @Option(help: "Numbers of the weights and products: fp32 or bf16.")
        var precision = Precision.fp32
        @OptionGroup var machine: MachineOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let words = tokens.split(separator: ",", omittingEmptySubsequences: false)
            let ids = words.compactMap { Int32($0.filter { $0 != " " }) }
            guard ids.count == words.count else {
                throw ValidationError("--tokens takes ids separated by commas, such as 1,2,3")
            }
            let model = try source.open()
            let generator = Generator(
                try model.weights(), element: precision.element, on: machine.engine())
            let rows = try generator.logits(ids)
            guard output.json else {
                for (position, row) in rows.enumerated() { describe(position, row, model.tokenizer) }
                return
            }
            // Swift writes the shortest decimal that gives the fp32 back.
            let texts = rows.map { row in
                "[" + row.map { $0.isFinite ? "\($0)" : "null" }.joined(separator: ",") + "]"
            }
            Output.line("{\"logits\":[\(texts.joined(separator: ","))]}")
        }

        private func describe(_ position: Int, _ row: [Float], _ tokenizer: (any Tokenizer)?) {
            let best = row.indices.sorted { (row[$1], $0) < (row[$0], $1) }.prefix(5)
            let shown = best.map { id in
                let name = tokenizer?.token(Int32(id)).map { " \(JSON.text($0).text())" } ?? ""
                return "\(id)\(name) \(Numbers.fixed(Double(row[id]), 3))"
            }
            Output.line("\(position): " + shown.joined(separator: "  "))
        }
    }
}

/// Sizes as people read them.
enum ByteText {
    static func of(_ count: Int) -> String {
        var value = Double(count)
        for unit in ["bytes", "KiB", "MiB"] {
            if value < 1024 { return "\(Numbers.fixed(value, unit == "bytes" ? 0 : 1)) \(unit)" }
            value /= 1024
        }
        return "\(Numbers.fixed(value, 2)) GiB"
    }
}
