extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `code`.
    static let code: [any TaskFormat.Type] = [
        Bf.self
    ]
}
