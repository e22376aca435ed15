/// A rule about single lines, with an example that breaks it and one that keeps it.
struct Rule: Sendable, CustomStringConvertible {
    let name: String
    let advice: String
    let applies: @Sendable (SourceFile) -> Bool
    /// A line that breaks the rule has one of these in it; none: any line may. Most files have none of
    /// them, and a search for bytes is a thousand times faster than a pattern.
    var signs: [String] = []
    let breaks: @Sendable (String) -> Bool
    let bad: String
    let good: String

    var description: String { name }

    /// "path:line: rule", for each line that breaks it.
    func findings(in file: SourceFile) -> [String] {
        guard applies(file), signs.isEmpty || signs.contains(where: file.has) else { return [] }
        return file.lines.enumerated().compactMap { index, line in
            breaks(line) ? "\(file.path):\(index + 1): \(name): \(advice)" : nil
        }
    }
}

/// This file and its test carry the bad examples, so no rule reads them.
private func isOurs(_ file: SourceFile) -> Bool { !file.path.hasPrefix("Tests/Tidy/") }
private func isCode(_ file: SourceFile) -> Bool {
    isOurs(file) && (["swift", "c", "h", "py", "sh", ""].contains(file.suffix))
}
private func isSwift(_ file: SourceFile) -> Bool { isOurs(file) && file.suffix == "swift" }
private func isKernel(_ file: SourceFile) -> Bool { file.path.hasPrefix("Sources/Kernels/") }

private func code(_ line: String) -> Substring {
    let trimmed = line.drop(while: \.isWhitespace)
    if trimmed.hasPrefix("#") && !trimmed.hasPrefix("#pragma") && !trimmed.hasPrefix("#include") {
        return ""
    }
    return trimmed.prefix(upTo: trimmed.firstRange(of: "//")?.lowerBound ?? trimmed.endIndex)
}

let rules: [Rule] = [
    Rule(
        name: "columns", advice: "break the line; 110 columns at most",
        applies: isCode, breaks: { $0.utf8.count > 110 && $0.count > 110 },
        bad: String(repeating: "x", count: 111), good: String(repeating: "x", count: 110)),
    Rule(
        name: "bare fatalError", advice: "say why the line cannot be reached",
        applies: isSwift, signs: ["fatalError"], breaks: { code($0).contains(/\bfatalError\(\s*\)/) },
        bad: "default: fatalError()", good: "fatalError(\"the table has every case\")"),
    Rule(
        name: "try!", advice: "throw, or say with a precondition why it cannot fail",
        applies: isSwift, signs: ["try!"], breaks: { code($0).contains(/\btry!/) },
        bad: "let x = try! load()", good: "let x = try load()"),
    Rule(
        name: "detached task", advice: "use structured concurrency: a task group, a service",
        applies: isSwift, signs: ["detached"], breaks: { code($0).contains(/\bTask\s*\.\s*detached\b/) },
        bad: "Task.detached { }", good: "group.addTask { }"),
    Rule(
        name: "unbounded stream",
        advice: "state .bufferingOldest(limit) or .bufferingNewest(limit)",
        applies: isSwift,
        signs: [".unbounded", "makeStream"],
        breaks: { code($0).contains(/bufferingPolicy:\s*\.unbounded|\.makeStream\(of: [^,]*\)$/) },
        bad: "let (a, b) = AsyncStream.makeStream(of: Int.self)",
        good: "AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingOldest(8))"),
    Rule(
        name: "unfinished", advice: "finish it, or open an issue and name it without this word",
        applies: isOurs, signs: ["TODO", "FIXME", "XXX", "HACK"],
        breaks: { $0.contains(/\b(TODO|FIXME|XXX|HACK)\b/) },
        bad: "// TODO: later", good: "// The tod0 list is elsewhere."),
    Rule(
        name: "name", advice: "say what it does; no Manager, Util, Helper, Impl of our own",
        applies: isSwift,
        signs: ["Manager", "Util", "Helper", "Impl"],
        breaks: { line in
            let pattern =
                /\b(?:struct|class|enum|actor|protocol)\s+(\w*(?:Manager|Utils?|Helpers?|Impl))\b/
            guard let match = code(line).firstMatch(of: pattern) else { return false }
            let allowed = ["DataManager", "RewardManager", "GameManager"]
            return !allowed.contains { match.output.1.hasSuffix($0) }
        },
        bad: "struct SocketManager {", good: "protocol SortDataManager {"),
    Rule(
        name: "machine path", advice: "use a path relative to the repository",
        applies: isOurs, signs: ["/work", "/root", "/home"],
        breaks: { $0.contains(/(?:^|[^\w.\/~-])\/(?:work|root|home)(?:\/|\b)/) },
        bad: "cd \"/work/data\"", good: "cd ../shared/work # a tree/root, ~/home, $X/work"),
    Rule(
        name: "registry host", advice: "which index serves packages is the machine's setting",
        applies: { isOurs($0) && $0.suffix != "md" },
        signs: ["pypi.", "pythonhosted.", "npmjs.", "crates.io", "deb.debian.", "index-url"],
        breaks: {
            $0.contains(/pypi\.org|pythonhosted\.org|npmjs\.|crates\.io|deb\.debian\.org|index-url/)
        },
        bad: "pip install --index-url http://x numpy", good: "pip install numpy"),
    Rule(
        name: "unsafe arithmetic", advice: "no flag or pragma may change what kernels compute",
        applies: isCode,
        signs: ["fast", "FP_CONTRACT"],
        breaks: { code($0).contains(/fast-?math|Ofast|FP_CONTRACT\s+ON|ffp-contract=(?:fast|on)/) },
        bad: "cSettings: [.unsafeFlags([\"-ffast-math\"])]", good: "// never -ffast-math"),
    Rule(
        name: "libm in a kernel", advice: "use the canonical functions of ck_elementary.h",
        applies: isKernel,
        signs: ["#include", "__builtin_"],
        breaks: {
            code($0).contains(
                /#include\s*<(?:math|tgmath|complex|fenv)\.h>|__builtin_(?:exp|log|sin|cos|tanh|pow)f?\(/
            )
        },
        bad: "#include <math.h>", good: "#include \"ck_elementary.h\""),
]
