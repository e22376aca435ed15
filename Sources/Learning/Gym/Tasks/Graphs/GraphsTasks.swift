extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `graphs`.
    static let graphs: [any TaskFormat.Type] = [
        CourseSchedule.self, FamilyRelationships.self, LargestIsland.self, PathStar.self,
        QuantumLock.self, ShortestPath.self,
    ]
}
