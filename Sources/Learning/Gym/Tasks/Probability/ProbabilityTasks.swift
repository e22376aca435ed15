extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `probability`.
    static let probability: [any TaskFormat.Type] = [
        CoinFlip.self
    ]
}
