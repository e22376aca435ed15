/// The distinct positions of a batch: sequences that begin alike share the rows of that beginning, so what a
/// group of answers has in common with its question is computed once, and padding not at all.
///
/// A row is known by its token and the row before it. Rows are in order of first appearance.
struct PrefixRows {
    /// Tokens and positions, one per row.
    private(set) var tokens: [Int32] = [], positions: [Int32] = []
    /// For each position of the batch its row, `[batch * time]`; -1 where a sequence has ended.
    private(set) var spread: [Int32]
    /// For each row the first position of the batch that it stands for.
    private(set) var fold: [Int32] = []

    /// Rows of sequences that are laid out one after the other, `time` positions each.
    init(_ sequences: [[Int32]], time: Int) {
        spread = Array(repeating: -1, count: sequences.count * time)
        var known: [Key: Int32] = [:]
        for (sequence, ids) in sequences.enumerated() {
            var row: Int32 = -1
            for (position, token) in ids.enumerated() {
                let key = Key(before: row, token: token)
                if let seen = known[key] {
                    row = seen
                } else {
                    row = Int32(tokens.count)
                    known[key] = row
                    tokens.append(token)
                    positions.append(Int32(position))
                    fold.append(Int32(sequence * time + position))
                }
                spread[sequence * time + position] = row
            }
        }
    }

    private struct Key: Hashable {
        let before: Int32, token: Int32
    }
}
