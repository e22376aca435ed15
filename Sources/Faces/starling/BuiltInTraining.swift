import ArgumentParser
import Foundation
import Tensor

/// What `starling train` does without a recipe of one's own: which environment, by which of the program's
/// recipes, and what the model is taught first.
enum BuiltInTraining: String, CaseIterable, ExpressibleByArgument {
    /// Nodes that answer questions of Reasoning Gym.
    case reasoning
    /// A study group over sums.
    case maths
    /// Solver, proposer and evaluators of programs.
    case codezero

    /// The recipe, one of `BuiltInRecipe`.
    var recipe: String {
        switch self {
        case .reasoning: BuiltInRecipe.swarm
        case .maths: BuiltInRecipe.maths
        case .codezero: BuiltInRecipe.codezero
        }
    }

    /// The recipe of the model that it starts from, which is taught first; nil where its own recipe says.
    private var lessons: String? {
        switch self {
        case .reasoning: BuiltInRecipe.seedling
        case .maths: BuiltInRecipe.sums
        case .codezero: nil
        }
    }

    /// What nodes start from: the model that the recipe names where that is another than the program's own,
    /// else one that is taught now. The lessons are kept in the folder of the run, and taught once.
    func start(_ recipe: Recipe, on engine: Engine, in folder: RunFolder) throws -> StartingModel {
        let own = try Recipe.builtIn(self.recipe)
        guard let lessons, recipe.model == own.model, recipe.adapter == nil else {
            return try StartingModel(recipe, on: engine)
        }
        return try SupervisedSession.taught(
            try Recipe.builtIn(lessons), on: engine,
            in: RunFolder(folder.url.appendingPathComponent("start").path))
    }
}
