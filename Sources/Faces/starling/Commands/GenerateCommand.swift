import ArgumentParser
import Bytes
import Dashboard
import Foundation
import Language
import Neural
import Tensor

/// Text from a model.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Continue a text, or answer in a chat.",
        discussion: """
            Text streams to standard output as it is made. A model with a chat template is asked the \
            prompt as a user; --raw continues the text itself. What is drawn depends on the seed, never \
            on threads or kernels. Without sampling options the model's generation_config.json counts; \
            where it says nothing, the most probable token is taken.

            Examples:
              starling generate --model ~/SmolLM2-135M-Instruct "What is a whale?"
              starling generate --model smollm2.gguf --temperature 0.7 --seed 3 "Hello"
              starling generate --model stories260K.bin --raw "Once upon a time"
              starling generate --model DIR --adapter runs/chat/adapter "What is a whale?"
              echo "Say hi" | starling generate --model DIR --json -
            """)

    @OptionGroup var source: ModelOptions
    @Argument(help: ArgumentHelp("The prompt; - reads it from standard input.")) var prompt: String
    @Flag(help: "Continue the text as it is, without a chat template.") var raw = false
    @Option(help: ArgumentHelp("What the model is told before the prompt.", valueName: "text"))
    var system: String?
    @Option(help: ArgumentHelp("Tokens to make at most.", valueName: "n")) var maxTokens = 256
    @Option(help: ArgumentHelp("Flatness of the distribution; 0 takes the most probable.", valueName: "t"))
    var temperature: Float?
    @Option(help: ArgumentHelp("Draw from the k most probable; 0 from all.", valueName: "k"))
    var topK: Int?
    @Option(help: ArgumentHelp("Draw from the most probable that reach this share.", valueName: "p"))
    var topP: Float?
    @Option(help: ArgumentHelp("Draw from those this fraction as probable as the first.", valueName: "p"))
    var minP: Float?
    @Option(help: ArgumentHelp("Seed of the draws.", valueName: "s")) var seed: UInt64 = 0
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("End before this text; may be given several times.", valueName: "text"))
    var stop: [String] = []
    @Option(
        help: ArgumentHelp(
            "A low-rank adapter on the model, as training or PEFT writes it.", valueName: "folder"))
    var adapter: String?
    @Option(help: "Numbers of the weights and products: fp32 or bf16.") var precision = Precision.fp32
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard maxTokens >= 1 else { throw ValidationError("--max-tokens takes a number from 1") }
        if let temperature, !(0...100).contains(temperature) {
            throw ValidationError("--temperature takes 0 to 100")
        }
        if let topK, topK < 0 { throw ValidationError("--top-k takes a number from 0") }
        for share in [topP, minP].compactMap({ $0 }) where !(0...1).contains(share) {
            throw ValidationError("--top-p and --min-p take 0 to 1")
        }
        if stop.contains("") { throw ValidationError("--stop takes a text of at least one character") }
    }

    func run() throws {
        let model = try source.open()
        let tokenizer = try model.requireTokenizer()
        let tokens = try model.prompt(try text(), system: system, isRaw: raw)
        let engine = machine.engine()
        let weights = try model.weights(adapter: adapter)
        let generator = Generator(weights, element: precision.element, on: engine)
        let room = model.config.transformer.contextLength - tokens.count
        var request = GenerationRequest(
            prompt: tokens, maxNewTokens: max(1, min(maxTokens, room)), sampling: sampling(model))
        request.seed = seed
        request.stopTokens = model.endTokens

        var written = StoppingText(StreamingDecoder(tokenizer), stops: stop)
        let isJSON = output.json
        let clock = ContinuousClock()
        let start = clock.now
        let results = try generator.generate([request]) { _, token in
            let fresh = written.append(token)
            if !isJSON { Output.write(fresh) }
            return !written.isStopped
        }
        let rest = written.finish()
        if !isJSON { Output.write(rest + "\n") }
        let seconds = (clock.now - start).seconds
        guard results[0].finish != .fault else {
            throw Failure("the logits are no numbers: the weights are damaged; fetch the model again")
        }
        show(results[0], written, promptCount: tokens.count, seconds: seconds)
    }

    private func text() throws -> String {
        guard prompt == "-" else { return prompt }
        let data = try FileHandle.standardInput.readToEnd() ?? Data()
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure("the prompt on standard input is not UTF-8; convert it first")
        }
        return text
    }

    /// What was asked for, over what the model recommends.
    private func sampling(_ model: PretrainedModel) -> Sampling {
        let advice = model.generation
        let advised = advice.samples == true ? Float(advice.temperature ?? 1) : 0
        // Who narrows the choice wants a choice.
        let isNarrowed = topK != nil || topP != nil || minP != nil
        return Sampling(
            temperature: temperature ?? (isNarrowed && advised == 0 ? 1 : advised),
            topK: topK ?? (advice.topK ?? 0), topP: topP ?? Float(advice.topP ?? 1),
            minP: minP ?? Float(advice.minP ?? 0))
    }

    private func show(
        _ result: Generation, _ written: StoppingText, promptCount: Int, seconds: Double
    ) {
        guard output.json else {
            Output.note(
                "\(promptCount) + \(result.tokens.count) tokens in \(Numbers.fixed(seconds, 1)) s, "
                    + "ended by \(result.finish == .stop ? "a stop" : "length")")
            return
        }
        Output.line(
            .members([
                ("text", .text(written.text)), ("tokens", .ints(result.tokens.map(Int.init))),
                ("logProbabilities", .list(result.logProbabilities.map(JSON.number))),
                ("promptTokens", .int(promptCount)), ("finish", .text(result.finish.rawValue)),
                ("seconds", .number(seconds)),
            ]))
    }
}
