extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `arithmetic`.
    static let arithmetic: [any TaskFormat.Type] = [
        BasicArithmetic.self, CalendarArithmetic.self, ChainSum.self, CountBits.self, DecimalArithmetic.self,
        FractionSimplification.self, GreatestCommonDivisor.self,
    ]
}
