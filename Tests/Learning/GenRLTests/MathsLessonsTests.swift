import Bytes
import Gym
import Neural
import Tensor
import Testing

@testable import GenRL

@Suite struct MathsLessonsTests {
    private static let mix = EnvironmentMix(
        [
            EnvironmentMix.Part(
                "chain_sum",
                configuration: .members([
                    ("min_terms", .int(2)), ("max_terms", .int(2)), ("min_digits", .int(1)),
                    ("max_digits", .int(1)),
                ]))
        ], seed: 4)

    private struct Lesson {
        let task: RoundTask
        let text: String, answer: String
    }

    private func lessons(_ stage: Int, players: Int = 2) throws -> [Lesson] {
        let data = try GymDataManager(Self.mix, tasksPerRound: 40, codec: PlayingTrainer.codec)
        return try data.tasks(of: "a", round: 0).enumerated().compactMap { position, task in
            var random = CounterRandom(key: 1, stream: UInt64(position))
            let lesson = MathsLessons(maths: MathsGame(), players: players).lesson(
                task, stage: stage, codec: data.codec, &random)
            return lesson.map {
                Lesson(task: task, text: PlayingTrainer.text($0.prompt), answer: $0.answer)
            }
        }
    }

    @Test func `a lesson is a prompt of the game and a right answer to it`() throws {
        for stage in [0, 2] {
            let lessons = try lessons(stage)
            #expect(lessons.count == 40)
            for lesson in lessons {
                #expect(lesson.text.hasPrefix(lesson.task.entry.question))
                #expect(lesson.answer == "Answer: \(lesson.task.entry.answer ?? "")")
                #expect(lesson.text.contains("Critic #3 said:") == (stage == 2))
                #expect(lesson.text.contains("Student #3 said:") == (stage == 2))
            }
        }
        var none = 0
        for lesson in try lessons(1) {
            let right = "> Answer: \(lesson.task.entry.answer ?? "")\n"
            guard lesson.answer != "Choice: None" else {
                #expect(!lesson.text.contains(right))
                none += 1
                continue
            }
            let number = lesson.answer.dropFirst("Choice: Student #".count)
            #expect(lesson.text.contains("Student #\(number) said:\n\(right)"))
        }
        // Nobody of four is right once in sixteen.
        #expect((0...10).contains(none))
        #expect(try lessons(1, players: 1).contains { $0.answer == "Choice: None" })
    }

    @Test func `answers are right and wrong alike`() throws {
        var right = 0, all = 0
        for lesson in try lessons(1) {
            let said = lesson.text.split(separator: "\n").filter { $0.hasPrefix("> Answer: ") }
            all += said.count
            right += said.count { $0 == "> Answer: \(lesson.task.entry.answer ?? "")" }
        }
        #expect(all == 160 && (55...105).contains(right), "\(right) of \(all)")
    }

    @Test func `a model is taught the forms of the game`() throws {
        var config = SupervisedConfig(steps: 12, rate: 1e-2)
        config.batch = 6
        let plan = GymLessons.Plan(Self.mix, teaching: .maths(players: 1))
        let shape = Transformer(
            TransformerConfig(
                vocabulary: PlayingTrainer.codec.vocabulary, width: 32, feedForward: 64, layers: 1, heads: 2))
        func losses() throws -> [Float] {
            let training = try SupervisedTraining(
                shape, codec: PlayingTrainer.codec, plan: plan, config: config, on: Engine(threads: 1))
            while !training.isDone { _ = try training.advance() }
            return training.losses
        }
        let first = try losses()
        #expect(first[11] < first[0] - 1, "\(first)")
        #expect(try losses() == first)
    }
}
