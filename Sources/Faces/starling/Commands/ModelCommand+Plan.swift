import ArgumentParser
import Bytes
import Dashboard
import Foundation
import GenRL
import Language
import Neural
import Tensor

extension ModelCommand {
    /// Memory, before any is taken.
    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the peak memory of inference and training, and refuse what does not fit.",
            discussion: """
                Memory follows from the model's shape alone: nothing is run, and only the configuration \
                is read. What exceeds --memory ends with exit code 1 and names what would fit.

                Examples:
                  starling model plan --model DIR
                  starling model plan --model DIR --for training --batch 8 --time 512 --memory 16
                  starling model plan --model DIR --for training --lora-rank 16 --precision bf16
                """)

        /// What for.
        enum Purpose: String, CaseIterable, ExpressibleByArgument {
            case inference, training, both
        }

        @OptionGroup var source: ModelOptions
        @Option(name: .customLong("for"), help: "Inference, training or both.")
        var purpose = Purpose.both
        @Option(help: ArgumentHelp("Sequences at a time.", valueName: "n")) var batch = 1
        @Option(help: ArgumentHelp("Tokens of a sequence.", valueName: "n")) var time = 512
        @Option(
            help: "Numbers of weights and products in inference, and under an adapter: fp32 or bf16.")
        var precision = Precision.fp32
        @Option(
            help: ArgumentHelp("Train a low-rank adapter of all projections.", valueName: "rank"))
        var loraRank: Int?
        @Option(help: ArgumentHelp("Memory to fit into, in GiB (default: this machine's).", valueName: "gib"))
        var memory: Double?
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...65_536).contains(batch), (1...1_000_000).contains(time) else {
                throw ValidationError("--batch takes 1 to 65536, --time 1 to 1000000")
            }
            if let loraRank, !(1...LoRAConfig.rankMax).contains(loraRank) {
                throw ValidationError("--lora-rank takes 1 to \(LoRAConfig.rankMax)")
            }
            if let memory, !(memory > 0 && memory < 1e6) {
                throw ValidationError("--memory takes a number of GiB above 0")
            }
        }

        func run() throws {
            var transformer = Transformer(try source.open().config.transformer)
            if let loraRank {
                transformer.adapter = LoRAConfig(rank: loraRank)
                transformer.product = precision.element
            }
            let limit = memory.map { Int($0 * 1024 * 1024 * 1024) } ?? MachineMemory.byteCount
            let purposes = purpose == .both ? [.inference, .training] : [purpose]
            var members: [(String, JSON)] = [("memory", .int(limit))]
            var refusals: [String] = []
            for purpose in purposes {
                let need = need(transformer, purpose, batch: batch, time: time)
                let fits = need.byteCount <= limit
                members.append((purpose.rawValue, json(need, fits: fits)))
                if !output.json { describe(purpose, need) }
                if !fits { refusals.append(refusal(transformer, purpose, need, limit)) }
            }
            if output.json { Output.line(.members(members)) }
            guard refusals.isEmpty else { throw Failure(refusals.joined(separator: "\n")) }
        }

        private func need(
            _ transformer: Transformer, _ purpose: Purpose, batch: Int, time: Int
        ) -> MemoryNeed {
            purpose == .training
                ? Learner.memory(transformer, PolicyObjective(), batch: batch, time: time)
                : Generator.memory(
                    transformer, element: precision.element, requests: batch, context: time)
        }

        private func json(_ need: MemoryNeed, fits: Bool) -> JSON {
            .members(
                [("bytes", .int(need.byteCount)), ("fits", .flag(fits))]
                    + [("parts", .members(need.parts.map { ($0.name, .int($0.byteCount)) }))])
        }

        private func describe(_ purpose: Purpose, _ need: MemoryNeed) {
            Output.line(
                "\(purpose.rawValue), \(batch) x \(time) tokens: \(ByteText.of(need.byteCount))")
            for part in need.parts {
                let name = part.name.padding(toLength: 22, withPad: " ", startingAt: 0)
                Output.line("  \(name)\(ByteText.of(part.byteCount))")
            }
        }

        /// What does not fit, and the nearest that would.
        private func refusal(
            _ transformer: Transformer, _ purpose: Purpose, _ need: MemoryNeed, _ limit: Int
        ) -> String {
            let what =
                "\(purpose.rawValue) needs \(ByteText.of(need.byteCount)) of \(ByteText.of(limit))"
            func fits(_ batch: Int, _ time: Int) -> Bool {
                self.need(transformer, purpose, batch: batch, time: time).byteCount <= limit
            }
            for smaller in halves(of: batch) where fits(smaller, time) {
                return "\(what); --batch \(smaller) fits"
            }
            for shorter in halves(of: time) where shorter >= 8 && fits(1, shorter) {
                return "\(what); --batch 1 --time \(shorter) fits"
            }
            // What grows with the number of weights, whatever the batch.
            let fixed = need.parts.filter { !$0.name.hasPrefix("intermediate") }
                .reduce(0) { $0 + $1.byteCount }
            let share = Double(transformer.config.parameterCount) * Double(limit) / Double(fixed)
            return "\(what); a model of less than \(Numbers.short(share)) weights may fit"
        }

        private func halves(of count: Int) -> [Int] {
            Array(sequence(first: count / 2) { $0 > 1 ? $0 / 2 : nil }).filter { $0 >= 1 }
        }
    }
}

/// How much memory there is to use.
enum MachineMemory {
    /// The machine's, or what the system allows this process, whichever is less.
    static var byteCount: Int {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        // Outside a container there is no such file, or the word max in it.
        guard let text = try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8),
            let limit = Int(text.filter { !$0.isWhitespace })
        else { return physical }
        return min(physical, limit)
    }
}
