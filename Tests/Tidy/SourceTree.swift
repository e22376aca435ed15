import Foundation
import TestSupport

/// A text file of the repository, by its path from the root.
struct SourceFile: Sendable {
    let path: String
    let lines: [String]
    private let bytes: Data

    init(path: String, lines: [String]) {
        (self.path, self.lines) = (path, lines)
        bytes = Data(lines.joined(separator: "\n").utf8)
    }

    /// Whether these letters are anywhere in it.
    func has(_ sign: String) -> Bool { bytes.range(of: Data(sign.utf8)) != nil }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var suffix: String { name.contains(".") ? String(name.split(separator: ".").last ?? "") : "" }

    /// The module names of its import lines; attributes and access levels do not matter. Lines of a text
    /// over several lines, a program of another language perhaps, are none.
    var imports: [(line: Int, module: String)] {
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|func|protocol|typealias|var|let)\s+)?(\w+)/
        guard has("import ") else { return [] }
        var isText = false
        return lines.enumerated().compactMap { index, line in
            let wasText = isText
            if line.utf8.contains(0x22), line.ranges(of: "\"\"\"").count % 2 == 1 { isText.toggle() }
            guard !wasText, line.utf8.count < 200, line.contains("import ") else { return nil }
            return line.firstMatch(of: pattern).map { (index + 1, String($0.output.1)) }
        }
    }
}

/// The repository's own files: what is built, fetched or trained is left out.
enum SourceTree {
    private static let ignored: Set<String> = [
        ".build", ".git", ".venv", ".swiftpm", "runs", "__pycache__", "node_modules",
    ]
    private static let texts: Set<String> = [
        "swift", "c", "h", "md", "sh", "py", "toml", "json", "yml", "yaml", "txt", "vy", "html",
        "css",
    ]
    private static let named: Set<String> = ["Makefile", "run", ".editorconfig", ".swift-format"]

    /// Every text file, read once.
    static let files: [SourceFile] = read(Fixtures.root, prefix: "")

    private static func read(_ folder: URL, prefix: String) -> [SourceFile] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().flatMap { name -> [SourceFile] in
            let url = folder.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            guard !ignored.contains(name),
                FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            else { return [] }
            if isFolder.boolValue { return read(url, prefix: "\(prefix)\(name)/") }
            let isText =
                texts.contains(url.pathExtension) || named.contains(name)
                || prefix.hasPrefix("Scripts/")
            // Data files are not prose or code; nothing here applies to them.
            guard isText, let data = try? Data(contentsOf: url), data.count < 1 << 20,
                let text = String(bytes: data, encoding: .utf8)
            else { return [] }
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init)
            if lines.last == "" { lines.removeLast() }
            return [SourceFile(path: prefix + name, lines: lines)]
        }
    }

    static func file(_ path: String) -> SourceFile? { files.first { $0.path == path } }
}
