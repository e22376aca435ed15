extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `algebra`.
    static let algebra: [any TaskFormat.Type] = [
        ComplexArithmetic.self
    ]
}
