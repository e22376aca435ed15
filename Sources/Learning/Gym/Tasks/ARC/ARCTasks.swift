extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `arc`.
    static let arc: [any TaskFormat.Type] = [
        Arc1D.self
    ]
}
