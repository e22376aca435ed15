/// What `starling env test` asks of an environment before anyone trains on it.
public struct EnvironmentCheck: Sendable {
    /// One thing that was looked at.
    public struct Finding: Sendable, Equatable {
        /// What must hold.
        public let rule: String
        /// What broke it first; nil where it holds.
        public let fault: String?
    }

    /// What was found, in order.
    public private(set) var findings: [Finding] = []
    /// Questions that were made, and how many of them are different.
    public private(set) var questionCount = 0, differentCount = 0
    /// The longest question, in bytes.
    public private(set) var longestQuestion = 0

    /// Whether every rule holds.
    public var isSound: Bool { findings.allSatisfy { $0.fault == nil } }

    /// Answers that a model may well give.
    static let hostile = [
        "", " ", "\u{0}", "nan", "-inf", "1e999999", "{", "]", "<answer>", "🏳️‍🌈", "0x10", "\n\n",
        String(repeating: "9", count: 20_000), String(repeating: "(", count: 20_000),
        String(repeating: "a b ", count: 5_000),
    ]

    /// Looks at the first `count` entries under a seed.
    ///
    /// - Parameter make: makes the environment anew; two of them must agree.
    public init(count: Int, seed: Int, make: (_ seed: Int) throws(EnvironmentError) -> any Environment) {
        do throws(EnvironmentError) {
            let first = try make(seed), second = try make(seed)
            let entries = look("every index has a question") { fault throws(EnvironmentError) in
                try Self.entries(of: first, count, &fault)
            }
            questionCount = entries?.count ?? 0
            differentCount = Set(entries?.map(\.entry.question) ?? []).count
            longestQuestion = entries?.map(\.entry.question.utf8.count).max() ?? 0
            guard let entries, !entries.isEmpty else { return }
            look("a question depends on seed and index alone") { fault throws(EnvironmentError) in
                for (index, entry) in entries.reversed() {
                    let again = try second.entry(at: index)
                    if again != entry { fault = "question \(index) is another, asked last to first" }
                }
            }
            look("another seed asks other questions") { fault throws(EnvironmentError) in
                let other = try make(seed + 1_000_003)
                var same = 0
                for (index, entry) in entries {
                    if try other.entry(at: index).question == entry.question { same += 1 }
                }
                if entries.count >= 20, same == entries.count { fault = "all \(same) are equal" }
            }
            look("the own answer has the full score") { fault throws(EnvironmentError) in
                for (index, entry) in entries {
                    guard let own = entry.answer else { continue }
                    let score = try first.score(own, for: entry)
                    if score != 1 { fault = fault ?? "question \(index): \(score)" }
                }
            }
            look("scores are from 0 to 1, equal each time, and less for no answer") {
                fault throws(EnvironmentError) in
                for (index, entry) in entries.prefix(20) {
                    guard fault == nil else { return }
                    if let found = try Self.fault(first, second, entry) {
                        fault = "question \(index): \(found)"
                    }
                }
            }
        } catch { findings.append(Finding(rule: "it can be made", fault: "\(error)")) }
    }

    @discardableResult
    private mutating func look<Found>(
        _ rule: String, _ body: (inout String?) throws(EnvironmentError) -> Found
    ) -> Found? {
        var fault: String?
        do throws(EnvironmentError) {
            let found = try body(&fault)
            findings.append(Finding(rule: rule, fault: fault))
            return found
        } catch {
            findings.append(Finding(rule: rule, fault: "\(error)"))
            return nil
        }
    }

    private static func entries(of environment: any Environment, _ count: Int, _ fault: inout String?)
        throws(EnvironmentError) -> [(index: Int, entry: Entry)]
    {
        var entries: [(Int, Entry)] = []
        for index in 0..<count {
            do throws(EnvironmentError) {
                entries.append((index, try environment.entry(at: index)))
            } catch {
                // Some formats have gaps, and everybody passes them over alike.
                guard case .notGenerated = error, entries.count * 2 >= index else { throw error }
            }
        }
        if entries.contains(where: { $0.1.question.isEmpty }) { fault = "a question is empty" }
        return entries
    }

    private static func fault(_ first: any Environment, _ second: any Environment, _ entry: Entry)
        throws(EnvironmentError) -> String?
    {
        for answer in hostile.map(Optional.some) + [nil] {
            let score = try first.score(answer, for: entry)
            let shown = answer.map { "\"\($0.prefix(20))\"" } ?? "no answer"
            guard (0...1).contains(score) else { return "\(score) for \(shown)" }
            guard try second.score(answer, for: entry) == score else { return "two scores for \(shown)" }
            guard answer != nil || score < 1 else { return "1 for no answer" }
        }
        return nil
    }
}
