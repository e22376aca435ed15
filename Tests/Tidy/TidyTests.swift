import Foundation
import TestSupport
import Testing

/// The house's rules that a reviewer should not have to look for.
@Suite struct TidyTests {
    /// Modules of the system and the toolchain, open to every room.
    static let system: Set<String> = [
        "Swift", "Foundation", "FoundationEssentials", "Synchronization", "Glibc", "Musl", "Darwin",
    ]
    /// A longer file must be named here with its reason.
    static let longFiles: [String: String] = [
        "Sources/Learning/Gym/Words/EnglishWords.swift": "a word list, one literal"
    ]
    static let fileLinesMax = 600

    let files = SourceTree.files

    func manifest() throws -> Manifest {
        let file = try #require(SourceTree.file("Package.swift"))
        return Manifest(file.lines.joined(separator: "\n"))
    }

    @Test func `the whole tree is read`() throws {
        #expect(files.count > 20)
        for path in ["Package.swift", "Makefile", "Scripts/check", ".ci/run", "README.md"] {
            #expect(SourceTree.file(path) != nil, "\(path)")
        }
    }

    @Test(arguments: rules) func `no line breaks the rule`(rule: Rule) {
        #expect(rule.breaks(rule.bad) && !rule.breaks(rule.good), "the examples of \(rule)")
        let findings = files.flatMap(rule.findings)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func `a room imports what the table allows, and nothing else`() throws {
        let rooms = try manifest().rooms
        #expect(rooms.count >= 12)
        for room in rooms {
            let allowed = Self.system.union(room.rooms).union(room.libraries)
            let tests = allowed.union([room.name, "TestSupport", "Testing"])
            for file in files where file.suffix == "swift" {
                let isSource = file.path.hasPrefix(room.folder)
                guard isSource || file.path.hasPrefix(room.testFolder) else { continue }
                for (line, module) in file.imports
                where !(isSource ? allowed : tests).contains(module) {
                    Issue.record("\(file.path):\(line): \(room.name) may not import \(module)")
                }
            }
        }
    }

    @Test func `the table is read as it stands`() {
        let text = """
            enum Library {
                static let toml = Target.Dependency.product(
                    name: "TOMLKit", package: "TOMLKit")
            }
            let house: [Room] = [
                Room(name: "A", wing: "Base", floor: .base),
                Room(
                    name: "B", wing: "Faces", floor: .faces,
                    rooms: [
                        "A",
                    ],
                    libraries: [Library.toml]),
            ]
            for room in [1] {}
            """
        let rooms = Manifest(text).rooms
        #expect(rooms.map(\.name) == ["A", "B"] && rooms.map(\.wing) == ["Base", "Faces"])
        #expect(rooms.map(\.rooms) == [[], ["A"]] && rooms.map(\.libraries) == [[], ["TOMLKit"]])
    }

    @Test func `import lines are understood in all their forms`() {
        let file = SourceFile(
            path: "a.swift",
            lines: [
                "import Bytes", "public import Foundation", "@testable import Tensor",
                "@_spi(X) package import struct Keys.Key", "// import Nothing",
                "let importance = 1", "let program = \"\"\"", "    import os", "    \"\"\"",
                "import World",
            ])
        #expect(file.imports.map(\.module) == ["Bytes", "Foundation", "Tensor", "Keys", "World"])
    }

    @Test func `every source file belongs to a room`() throws {
        let folders = try manifest().rooms.map(\.folder)
        for file in files where file.path.hasPrefix("Sources/") {
            #expect(folders.contains { file.path.hasPrefix($0) }, "\(file.path) is in no room")
        }
        let tests = try manifest().rooms.map(\.testFolder)
        let others = ["Support", "Fuzz", "Tidy", "Golden", "Conformance", "Simulation"]
        for file in files where file.path.hasPrefix("Tests/") && file.suffix == "swift" {
            let known =
                tests.contains { file.path.hasPrefix($0) }
                || others.contains { file.path.hasPrefix("Tests/\($0)/") }
            #expect(known, "\(file.path) is built by no target")
        }
    }

    @Test func `a file fits a reader's head`() {
        for file in files where ["swift", "c", "h", "py", "sh"].contains(file.suffix) {
            let isExcused = Self.longFiles[file.path] != nil
            #expect(
                file.lines.count <= Self.fileLinesMax || isExcused,
                "\(file.path) has \(file.lines.count) lines: which two things is it?")
        }
        for path in Self.longFiles.keys {
            let count = SourceTree.file(path)?.lines.count ?? 0
            #expect(count > Self.fileLinesMax, "\(path) needs no excuse any more")
        }
    }

    @Test func `an unchecked promise says why it holds`() {
        for file in files where file.suffix == "swift" && !file.path.hasPrefix("Tests/Tidy/") {
            for (index, line) in file.lines.enumerated() where line.contains("@unchecked Sendable") {
                let near = file.lines[max(0, index - 6)...min(index + 1, file.lines.count - 1)]
                #expect(
                    near.contains { $0.contains("SAFETY:") },
                    "\(file.path):\(index + 1): @unchecked Sendable needs a // SAFETY: line above")
            }
        }
    }

    @Test func `every kernel forbids contraction`() {
        let pragma = "#pragma STDC FP_CONTRACT OFF"
        let kernels = files.filter { $0.path.hasPrefix("Sources/Kernels/") }
        func forbids(_ file: SourceFile, depth: Int = 0) -> Bool {
            if file.lines.contains(where: { $0.contains(pragma) }) { return true }
            guard depth < 3 else { return false }
            let included = file.lines.compactMap {
                $0.firstMatch(of: /^#include "([^"]+)"/)?.output.1
            }
            return kernels.contains { candidate in
                included.contains {
                    $0.split(separator: "/").last.map(String.init) == candidate.name
                }
                    && forbids(candidate, depth: depth + 1)
            }
        }
        for file in kernels where file.suffix == "c" {
            let computes = file.lines.contains { $0.contains("float") || $0.contains("double") }
            #expect(!computes || forbids(file), "\(file.path) lacks \(pragma)")
        }
    }

    @Test func `the pages for readers stay short`() throws {
        let readme = try #require(SourceTree.file("README.md"))
        let architecture = try #require(SourceTree.file("ARCHITECTURE.md"))
        #expect(readme.lines.count <= 150 && architecture.lines.count <= 300)
    }

    @Test func `every room has its caption in ARCHITECTURE.md`() throws {
        let lines = try #require(SourceTree.file("ARCHITECTURE.md")).lines
        for room in try manifest().rooms {
            let caption = lines.first { $0.hasPrefix("| `\(room.name)` | ") }
            #expect((caption?.count ?? 0) > 30, "no line '| `\(room.name)` | what it is' there")
        }
        let known = Set(try manifest().rooms.map(\.name))
        for line in lines {
            guard let name = line.firstMatch(of: /^\| `(\w+)` \|/)?.output.1 else { continue }
            #expect(
                known.contains(String(name)), "ARCHITECTURE.md captions \(name), which is no room")
        }
    }

    @Test func `links between pages lead somewhere`() {
        for file in files where file.suffix == "md" {
            let folder = Fixtures.root.appendingPathComponent(file.path).deletingLastPathComponent()
            for match in file.lines.joined(separator: "\n").matches(
                of: /\]\(([^)#:\s]+)(?:#[^)]*)?\)/)
            {
                let target = folder.appendingPathComponent(String(match.output.1)).path
                #expect(
                    FileManager.default.fileExists(atPath: target),
                    "\(file.path) links to \(match.output.1), which is not there")
            }
        }
    }
}
