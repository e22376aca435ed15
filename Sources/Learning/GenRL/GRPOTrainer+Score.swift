import Neural

extension GRPOTrainer {
    /// Scores answers by the forward pass of training, which gives the bits that generation gave.
    public func score(_ answers: [ClaimedAnswer]) -> [[Float]]? {
        var scores = answers.map { [Float](repeating: 0, count: $0.tokens.count) }
        // Batches have an order of their own: each token carries the number of its answer.
        let sequences = answers.enumerated().map { index, answer in
            TrainingSequence(
                prompt: answer.prompt, tail: answer.tokens,
                inputs: ["answer": Array(repeating: Float(index), count: answer.tokens.count)])
        }
        precondition(answers.count < 1 << 24, "fp32 counts them")
        for batch in config.packing.batches(
            sequences, vocabulary: learner.transformer.config.vocabulary)
        {
            let numbers = learner.score(batch, temperature: config.temperature)
            var position = 0, last = -1
            for (answer, number) in zip(batch.inputs["answer"] ?? [], numbers) {
                let answer = Int(answer)
                position = answer == last ? position + 1 : 0
                last = answer
                scores[answer][position] = number
            }
        }
        return scores
    }
}
