extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `cognition`.
    static let cognition: [any TaskFormat.Type] = [
        ColorCubeRotation.self, ModuloGrid.self, NeedleHaystack.self, NumberSequence.self,
        RectangleCount.self,
    ]
}
