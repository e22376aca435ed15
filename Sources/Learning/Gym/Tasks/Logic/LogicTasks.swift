extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `logic`.
    static let logic: [any TaskFormat.Type] = [
        AliceInWonderland.self, CircuitLogic.self, KnightsKnaves.self, PropositionalLogic.self,
        SelfReference.self, Syllogism.self,
    ]
}
