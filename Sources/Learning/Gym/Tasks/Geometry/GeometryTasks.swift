extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `geometry`.
    static let geometry: [any TaskFormat.Type] = [
        SimpleGeometry.self
    ]
}
