import Bytes
import Foundation
import Neural
import Tensor
import TestSupport
import Testing

@testable import Language

/// The 260,032-parameter story model against numpy in fp64 (`Tests/Golden/stories260k.py`).
@Suite(
    .enabled(
        if: Fixtures.sharedExists("stories260k/stories260K.bin"),
        "shared/fixtures/stories260k is not beside the checkout"))
struct StoryTests {
    private struct Story {
        let beginning: String, text: String
        let ids: [Int32], greedy: [Int32]
        let logProbabilities: [Double]
    }

    private func stories() throws -> [Story] {
        let file = Fixtures.root.appendingPathComponent("Tests/Golden/stories260k.json")
        let golden = try JSON(parsing: String(contentsOf: file, encoding: .utf8))
        return try #require(golden.elements).map { story in
            Story(
                beginning: try #require(story["beginning"]?.text),
                text: try #require(story["text"]?.text), ids: try ModelOracle.ids(story["ids"]),
                greedy: try ModelOracle.ids(story["greedy"]),
                logProbabilities: try #require(story["logprobs"]?.elements).map {
                    try #require($0.realNumber)
                })
        }
    }

    @Test func `tells its stories word for word`() throws {
        let model = try PretrainedModel(path: Fixtures.shared("stories260k/stories260K.bin").path)
        let tokenizer = try #require(model.tokenizer)
        let generator = Generator(try model.weights(), on: Engine(threads: 2))
        let stories = try stories()
        #expect(stories.count == 3)
        let requests = stories.map { story in
            GenerationRequest(
                prompt: tokenizer.encode(story.beginning, addingSpecials: true), maxNewTokens: 200,
                sampling: .greedy, stopTokens: model.endTokens)
        }
        for (story, told) in zip(stories, zip(requests, try generator.generate(requests))) {
            let (request, answer) = told
            #expect(request.prompt == story.ids)
            #expect(answer.tokens == story.greedy)
            #expect(tokenizer.decode(request.prompt + answer.tokens) == story.text)
            let difference = ModelOracle.Difference(answer.logProbabilities, story.logProbabilities)
            #expect(difference.worst <= 1e-4, "\(difference)")
        }
    }
}
