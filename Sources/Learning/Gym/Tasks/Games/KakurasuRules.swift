/// The ways in which the rules of a Kakurasu are told.
enum KakurasuRules {
    /// All of them, without the grid.
    static func texts(rows: Int, columns: Int, rowSums: [Int], columnSums: [Int]) -> [String] {
        [
            """
            You are given a \(rows) x \(columns) grid representing a Kukurasu puzzle. In this \
            puzzle, you need to place 1s in the grid so that the weighted sum of each row and \
            column matches the given constraints. The row sums are \(rowSums) and the column \
            sums are \(columnSums).
            1. Rules:
              1. Each cell can contain either a 1 or an 0.
              2. The weight of a 1 in a row is its column position (1 to \(columns)).
              3. The weight of a 1 in a column is its row position (1 to \(rows)).
              4. The weighted sum of each row must match the corresponding row constraint.
              5. The weighted sum of each column must match the corresponding column constraint.
            """,
            """
            This is a \(rows) x \(columns) Kukurasu puzzle grid. Your task is to fill in the \
            grid with 1s and 0s such that the weighted sums match the given constraints. The row \
            sums are \(rowSums) and the column sums are \(columnSums).
            1. Rules:
              1. Each cell must contain either a 1 or an 0.
              2. In each row, a 1 in position j contributes j points to that row's sum \
            (positions are 1-indexed).
              3. In each column, a 1 in position i contributes i points to that column's sum \
            (positions are 1-indexed).
              4. The weighted sum of each row must equal its constraint value.
              5. The weighted sum of each column must equal its constraint value.
            """,
            """
            You're presented with a \(rows) x \(columns) Kukurasu puzzle grid. The goal is to \
            place 1s in the grid so that the weighted sums of rows and columns match the given \
            constraints: row sums \(rowSums) and column sums \(columnSums).
            1. Rules:
              1. Each cell must be filled with either a 1 or an 0.
              2. A 1 in column j of any row contributes j points to that row's sum (j ranges \
            from 1 to \(columns)).
              3. A 1 in row i of any column contributes i points to that column's sum (i ranges \
            from 1 to \(rows)).
              4. Each row's weighted sum must match its constraint value.
              5. Each column's weighted sum must match its constraint value.
            """,
            """
            Below is a \(rows) x \(columns) Kukurasu puzzle grid. Your objective is to place 1s \
            in the grid such that the weighted sums of rows and columns match the given \
            constraints. Row sums: \(rowSums). Column sums: \(columnSums).
            1. Rules:
              1. Each cell must contain either a 1 or an 0.
              2. The weight of a 1 in a row equals its column number (1 to \(columns)).
              3. The weight of a 1 in a column equals its row number (1 to \(rows)).
              4. The sum of weighted 1s in each row must equal the row constraint.
              5. The sum of weighted 1s in each column must equal the column constraint.
            """,
            """
            Here's a \(rows) x \(columns) Kukurasu logic puzzle. You need to place 1s in the \
            grid so that the weighted sums match the constraints. Row sums: \(rowSums). Column \
            sums: \(columnSums).
            1. Rules:
              1. Each cell can be filled with either a 1 or an 0.
              2. A 1 in the jth position of a row contributes j points to that row's sum.
              3. A 1 in the ith position of a column contributes i points to that column's sum.
              4. The weighted sum of each row must equal its constraint value.
              5. The weighted sum of each column must equal its constraint value.
            """,
            """
            I'm presenting you with a \(rows) x \(columns) Kukurasu puzzle. Your task is to \
            place 1s in the grid so that the weighted sums match the given constraints: row sums \
            \(rowSums) and column sums \(columnSums).
            1. Rules:
              1. Each cell must be filled with either a 1 or an 0.
              2. In each row, a 1 in position j has a weight of j (where j ranges from 1 to \
            \(columns)).
              3. In each column, a 1 in position i has a weight of i (where i ranges from 1 to \
            \(rows)).
              4. The weighted sum of each row must match its constraint.
              5. The weighted sum of each column must match its constraint.
            """,
            """
            Consider this \(rows) x \(columns) Kukurasu puzzle grid. You need to place 1s in the \
            grid such that the weighted sums match the constraints. Row sums: \(rowSums). Column \
            sums: \(columnSums).
            1. Rules:
              1. Each cell must contain either a 1 or an 0.
              2. A 1 in column position j contributes j points to its row's sum.
              3. A 1 in row position i contributes i points to its column's sum.
              4. Each row's weighted sum must equal its constraint value.
              5. Each column's weighted sum must equal its constraint value.
            """,
            """
            You have a \(rows) x \(columns) Kukurasu puzzle grid. Your goal is to place 1s in \
            the grid so that the weighted sums match the given constraints: row sums \(rowSums) \
            and column sums \(columnSums).
            1. Rules:
              1. Each cell must be filled with either a 1 or an 0.
              2. The weight of a 1 in a row is its column position (1 to \(columns)).
              3. The weight of a 1 in a column is its row position (1 to \(rows)).
              4. The weighted sum of each row must match its constraint.
              5. The weighted sum of each column must match its constraint.
            """,
            """
            This \(rows) x \(columns) grid represents a Kukurasu puzzle. Your task is to place \
            1s in the grid so that the weighted sums match the constraints. Row sums: \
            \(rowSums). Column sums: \(columnSums).
            1. Rules:
              1. Each cell must contain either a 1 or an 0.
              2. A 1 in the jth position of a row contributes j points to that row's sum.
              3. A 1 in the ith position of a column contributes i points to that column's sum.
              4. The weighted sum of each row must equal its constraint value.
              5. The weighted sum of each column must equal its constraint value.
            """,
            """
            Examine this \(rows) x \(columns) Kukurasu puzzle grid. Your objective is to place \
            1s in the grid such that the weighted sums match the given constraints: row sums \
            \(rowSums) and column sums \(columnSums).
            1. Rules:
              1. Each cell must be filled with either a 1 or an 0.
              2. The weight of a 1 in a row equals its column number (1 to \(columns)).
              3. The weight of a 1 in a column equals its row number (1 to \(rows)).
              4. The weighted sum of each row must match its constraint.
              5. The weighted sum of each column must match its constraint.
            """,
        ]
    }
}
