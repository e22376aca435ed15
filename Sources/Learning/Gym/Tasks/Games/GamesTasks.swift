extension EnvironmentRegistry {
    /// Tasks of Reasoning Gym's category `games`.
    static let games: [any TaskFormat.Type] = [
        EmojiMystery.self, Futoshiki.self, Kakurasu.self, Maze.self, MiniSudoku.self, NQueens.self,
        Sudoku.self,
        Survo.self, TowerOfHanoi.self,
    ]
}
