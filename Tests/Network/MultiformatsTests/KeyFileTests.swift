import Bytes
import Foundation
import Keys
import Multiformats
import Testing
import World

@Suite struct `A key file` {
    private let folder = NSTemporaryDirectory() + "keys-\(UUID().uuidString)"

    private func inFolder(_ body: (String) throws -> Void) throws {
        try Folder.make(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder + "/node.key")
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func `gives back what was saved, and only to its owner`() throws {
        try inFolder { path in
            for key in [PrivateKey.ed25519(), .secp256k1(), .ecdsa(), try .rsa()] {
                try KeyFile.save(key, to: path, replaces: true)
                let loaded = try KeyFile.load(path)
                #expect(loaded.key.publicKey == key.publicKey && loaded.warning == nil)
                #expect(try mode(path) == 0o600)
            }
        }
    }

    @Test func `is not written over unasked`() throws {
        try inFolder { path in
            let key = PrivateKey.ed25519()
            try KeyFile.save(key, to: path)
            #expect(throws: KeyFileError.exists(path: path)) {
                try KeyFile.save(PrivateKey.ed25519(), to: path)
            }
            #expect(try KeyFile.load(path).key.publicKey == key.publicKey)
        }
    }

    @Test func `is made once`() throws {
        try inFolder { path in
            let key = try KeyFile.loadOrMake(path).key
            #expect(try KeyFile.loadOrMake(path).key.publicKey == key.publicKey)
            #expect(try mode(path) == 0o600)
        }
    }

    @Test func `that others can read comes with a warning`() throws {
        try inFolder { path in
            try KeyFile.save(PrivateKey.ed25519(), to: path)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            let warning = try #require(try KeyFile.load(path).warning)
            #expect(warning == .readableByOthers(path: path, mode: 0o640))
            #expect("\(warning)".contains("chmod 600 \(path)"))
        }
    }

    @Test func `that holds no key is refused and left alone`() throws {
        try inFolder { path in
            #expect { try KeyFile.load(path) } throws: {
                if case .file(let error) = $0 as? KeyFileError { error.isMissing } else { false }
            }
            try AtomicFile.write([0xFF], to: path)
            #expect(throws: KeyFileError.key(path: path, .badMessage(.truncated))) {
                try KeyFile.loadOrMake(path)
            }
            try AtomicFile.write([UInt8](repeating: 0, count: KeyFile.byteCountMax + 1), to: path)
            #expect(throws: KeyFileError.tooLong(path: path)) { try KeyFile.loadOrMake(path) }
        }
    }
}
