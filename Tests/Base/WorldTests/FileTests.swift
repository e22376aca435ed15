import Foundation
import Testing
import World

@Suite struct FileTests {
    private let folder = NSTemporaryDirectory() + "world-\(UUID().uuidString)"

    private func inFolder(_ body: (String) throws -> Void) throws {
        try Folder.make(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder)
    }

    @Test func `a file appears whole and replaces the older one`() throws {
        try inFolder { folder in
            try AtomicFile.write("old", to: folder + "/a")
            try AtomicFile.write([UInt8](repeating: 7, count: 100_000), to: folder + "/a")
            let file = try MappedFile(path: folder + "/a")
            #expect(file.bytes.count == 100_000 && file.bytes.allSatisfy { $0 == 7 })
            #expect(try names() == ["a"])
        }
    }

    @Test func `without commit nothing changes`() throws {
        try inFolder { folder in
            try AtomicFile.write("old", to: folder + "/a")
            do {
                var file = try AtomicFile(path: folder + "/a")
                try file.append([1, 2, 3])
                #expect(file.byteCount == 3)
                #expect(try names().count == 2)
            }
            #expect(try names() == ["a"])
            #expect(try MappedFile.text(path: folder + "/a") == "old")
        }
    }

    @Test func `errors carry path and reason`() throws {
        try inFolder { folder in
            let missing = folder + "/none/a"
            #expect { try MappedFile(path: missing) } throws: {
                ($0 as? FileError)?.isMissing == true && "\($0)".contains(missing)
            }
            #expect { try AtomicFile.write("x", to: missing) } throws: {
                ($0 as? FileError)?.action == .write
            }
            #expect { try MappedFile(path: folder) } throws: {
                ($0 as? FileError)?.number == EISDIR
            }
            try AtomicFile.write([0xff], to: folder + "/b")
            #expect { try MappedFile.text(path: folder + "/b") } throws: {
                ($0 as? FileError)?.number == EILSEQ
            }
            #expect { try MappedFile.text(path: folder + "/b", limit: 0) } throws: {
                ($0 as? FileError)?.number == EFBIG
            }
        }
    }

    @Test func `an empty file maps to no bytes`() throws {
        try inFolder { folder in
            try AtomicFile.write("", to: folder + "/a")
            #expect(try MappedFile(path: folder + "/a").bytes.isEmpty)
        }
    }

    @Test func `folders are made with those above`() throws {
        try inFolder { folder in
            try Folder.make(folder + "/x/y/z")
            try Folder.make(folder + "/x/y/z")
            #expect(Folder.exists(folder + "/x/y/z"))
            try AtomicFile.write("", to: folder + "/f")
            #expect(throws: FileError.self) { try Folder.make(folder + "/f") }
        }
        #expect(Folder.parent(of: "/a/b") == "/a")
        #expect(Folder.parent(of: "/a") == "/")
        #expect(Folder.parent(of: "a") == ".")
    }
}
