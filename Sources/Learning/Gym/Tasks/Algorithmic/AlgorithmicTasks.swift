extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `algorithmic`.
    static let algorithmic: [any TaskFormat.Type] = [
        AB.self, BaseConversion.self, BinaryAlternation.self, BinaryMatrix.self,
        CaesarCipher.self, CountPrimes.self, Cryptarithm.self, GraphColor.self, Jugs.self,
        LetterCounting.self, LetterJumble.self, ManipulateMatrix.self, NumberFiltering.self,
        NumberSorting.self, PalindromeGeneration.self, PalindromePartitioning.self,
        PoolMatrix.self, RotateMatrix.self, RottenOranges.self, SentenceReordering.self,
        SpellBackward.self, SpiralMatrix.self, StringInsertion.self, StringManipulation.self,
        StringSplitting.self, StringSynthesis.self, WordSequenceReversal.self, WordSorting.self,
    ]
}
