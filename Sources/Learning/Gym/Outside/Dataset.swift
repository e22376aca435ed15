import Bytes
import Keys
import World

/// Questions and answers from a JSONL or CSV file.
///
/// Each seed gives another order of the rows; after the last row they come in yet another order, so there
/// is an entry at every index. Some rows are held out: seeds from 2^32 on ask those, smaller ones the
/// others. Who shares rollouts must have the same file: the hash of its content is in every entry.
struct Dataset: TaskFormat {
    static let name = "dataset"
    /// The largest file.
    static let byteCountMax = 1 << 30
    /// Seeds from here on ask held-out rows, as those of `EnvironmentMix` do.
    static let heldOutSeeds = 1 << 32
    let seed: Int
    private let rows: [(question: String, answer: String)]
    private let content: String
    private let scoring: String
    private let prefix: String

    init(_ settings: inout Settings) throws(EnvironmentError) {
        let path = try settings.longText("path", default: "")
        let question = try settings.longText("question", default: "question")
        let answer = try settings.longText("answer", default: "answer")
        let after = try settings.longText("answer_after", default: "")
        prefix = try settings.longText("prompt", default: "")
        let share = try settings.number("held_out", default: 0.1, within: 0...0.9)
        scoring = try settings.word("score", default: "text", of: ["text", "exact", "number"])
        seed = try settings.seed()
        guard !path.isEmpty else { throw settings.invalid("path", "names a .jsonl or .csv file") }
        func fault(_ reason: String) -> EnvironmentError { .source(environment: Self.name, reason: reason) }
        let text: String
        do throws(FileError) {
            text = try MappedFile.text(path: path, limit: Self.byteCountMax)
        } catch { throw fault("\(error)") }
        let pairs =
            path.hasSuffix(".csv")
            ? try Self.table(text, path, question, answer) : try Self.lines(text, path, question, answer)
        let all = pairs.map { ($0.question, Self.tail(of: $0.answer, after: after)) }
        // Which rows are held out depends on the file alone, and not on how it is sorted.
        let order = Permutation(count: max(1, all.count), seed: 0), held = Int(Double(all.count) * share)
        let places = seed < Self.heldOutSeeds || held == 0 ? held..<all.count : 0..<held
        rows = places.map { all[order[$0]] }
        guard !rows.isEmpty else { throw fault("\(path) has no rows to ask") }
        content = Digest(of: text).hex
    }

    func entry(at index: Int) -> Entry {
        let (epoch, place) = index.quotientAndRemainder(dividingBy: rows.count)
        let row = rows[Permutation(count: rows.count, seed: seed, epoch: epoch)[place]]
        return Entry(
            question: prefix.isEmpty ? row.question : "\(prefix)\n\(row.question)", answer: row.answer,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("content", .text(content)),
            ]))
    }

    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        switch scoring {
        case "exact": return PythonText.equal(PythonText.strip(answer), expected) ? 1 : 0
        case "number":
            return Scoring.decimal(expected: expected, answer: PythonText.strip(answer)) == 1 ? 1 : 0
        default: return Scoring.containment(of: expected, in: answer)
        }
    }

    /// What stands behind the last mark, as the `####` of GSM8K; all of it where there is none.
    private static func tail(of answer: String, after mark: String) -> String {
        guard !mark.isEmpty, let at = answer.ranges(of: mark).last else { return PythonText.strip(answer) }
        return PythonText.strip(String(answer[at.upperBound...]))
    }

    private static func lines(_ text: String, _ path: String, _ question: String, _ answer: String)
        throws(EnvironmentError) -> [(question: String, answer: String)]
    {
        var rows: [(question: String, answer: String)] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            guard let row = try? JSON(parsing: String(line)), let asked = row.member(question)?.text,
                let wanted = row.member(answer),
                let wanted = wanted.text ?? wanted.wholeNumber.map(String.init)
            else {
                throw .source(
                    environment: name,
                    reason: "\(path), line \(number + 1): wanted {\"\(question)\": …, \"\(answer)\": …}; "
                        + "name other keys by \"question\" and \"answer\"")
            }
            rows.append((asked, wanted))
        }
        return rows
    }

    private static func table(_ text: String, _ path: String, _ question: String, _ answer: String)
        throws(EnvironmentError) -> [(question: String, answer: String)]
    {
        let rows: [[String]]
        do throws(CSV.Fault) {
            rows = try CSV.rows(of: text)
        } catch { throw .source(environment: name, reason: "\(path), \(error)") }
        guard let head = rows.first, let asked = head.firstIndex(of: question),
            let wanted = head.firstIndex(of: answer)
        else {
            throw .source(
                environment: name,
                reason: "\(path) has columns \(rows.first?.joined(separator: ", ") ?? "of no name"); "
                    + "name two of them by \"question\" and \"answer\"")
        }
        return rows.dropFirst().map { ($0[asked], $0[wanted]) }
    }
}
