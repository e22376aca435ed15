import Bytes

extension TaskFormat {
    /// Metadata as all formats order it: the source, the facts of the question, the bounds.
    func metadata(
        _ index: Int, _ facts: KeyValuePairs<String, JSON>, difficulty: KeyValuePairs<String, JSON>
    ) -> JSON {
        source(index, facts.map { ($0, $1) } + [("difficulty", .members(difficulty.map { ($0, $1) }))])
    }

    /// Metadata of a format that tells no bounds.
    func source(_ index: Int, _ facts: [(String, JSON)]) -> JSON {
        .members([("source_dataset", .text(Self.name)), ("source_index", .int(index))] + facts)
    }
}
