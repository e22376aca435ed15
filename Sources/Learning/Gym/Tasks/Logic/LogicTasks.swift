extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `logic`.
    static let logic: [any TaskFormat.Type] = [
        AliceInWonderland.self, PropositionalLogic.self, Syllogism.self,
    ]
}
