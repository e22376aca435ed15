extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `algorithmic`.
    static let algorithmic: [any TaskFormat.Type] = [
        BaseConversion.self, BinaryMatrix.self, CountPrimes.self, LetterCounting.self, NumberFiltering.self,
        NumberSorting.self, SpellBackward.self,
    ]
}
