/// A model of our own making, to be written with weights that are there already.
extension PretrainedModel {
    /// A model without a file: its weights are those it is written with.
    public init(
        new config: ModelConfig, tokenizer: (any Tokenizer)?, chatTemplate: ChatTemplate? = nil
    ) {
        do throws(CheckpointError) { checkpoint = try Checkpoint([]) } catch {
            preconditionFailure("no tensors have no name twice: \(error)")
        }
        self.config = config
        self.tokenizer = tokenizer
        self.chatTemplate = chatTemplate
        generation.beginToken = config.beginToken
        generation.endTokens = config.endTokens
        generation.padToken = config.padToken
        templateVariables = Self.variables(config, tokenizer)
    }
}
