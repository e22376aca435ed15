import Swarm
import Tensor

/// What an experiment plays: the recipe of a file, or one of the program's own from the seedling.
struct ExperimentRecipe {
    /// The file; nil for the program's own.
    let file: String?
    /// The program's own, one of `BuiltInRecipe`.
    let builtIn: String
    /// How long the seedling is taught; nil for as long as its recipe says.
    var taughtSteps: Int?

    /// The recipe under a seed, and the swarm it describes.
    func read(seed: Int) throws -> (recipe: Recipe, swarm: SwarmConfig) {
        let overrides = ["seed=\(seed)"]
        let recipe =
            try file.map { try Recipe.read($0, overrides: overrides) }
            ?? Recipe.builtIn(builtIn, overrides: overrides)
        guard case .grpo(let swarm, _) = recipe.task else {
            throw Failure("the recipe teaches otherwise; give one with a [grpo] section")
        }
        return (recipe, swarm)
    }

    /// What all nodes start from.
    func start(_ recipe: Recipe, on engine: Engine) throws -> StartingModel {
        guard file == nil else { return try StartingModel(recipe, on: engine) }
        return try SupervisedSession.seedling(steps: taughtSteps, on: engine)
    }
}
