extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `arithmetic`.
    static let arithmetic: [any TaskFormat.Type] = [
        BasicArithmetic.self, BitwiseArithmetic.self, CalendarArithmetic.self, ChainSum.self, CountBits.self,
        DecimalArithmetic.self, DecimalChainSum.self, Dice.self, FractionSimplification.self,
        GreatestCommonDivisor.self, LeastCommonMultiple.self, LegCounting.self, NumberFormat.self,
        PowerFunction.self, PrimeFactorization.self, Products.self, TimeIntervals.self,
    ]
}
