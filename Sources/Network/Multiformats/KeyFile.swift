import Foundation
public import Keys
public import World

/// A private key in a file: libp2p's `PrivateKey` message, as other programs keep it too.
public enum KeyFile {
    /// The longest file that is read.
    public static let byteCountMax = 8_192

    /// A key, and what its owner should know of the file.
    public struct Loaded: Sendable {
        /// The key.
        public let key: PrivateKey
        /// What is wrong with the file, though the key is fine.
        public let warning: KeyFileWarning?
    }

    /// The key of a file.
    public static func load(_ path: String) throws(KeyFileError) -> Loaded {
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch { throw .file(error) }
        guard file.bytes.count <= byteCountMax else { throw .tooLong(path: path) }
        let bytes = Array(file.bytes)
        do throws(KeyError) {
            return Loaded(key: try PrivateKey(protobuf: bytes[...]), warning: warning(of: path))
        } catch { throw .key(path: path, error) }
    }

    /// Writes a key to a file that only this user may read, durably, whole or not at all.
    ///
    /// - Parameter replaces: a file of that name is written over; the key in it is lost.
    public static func save(
        _ key: PrivateKey, to path: String, replaces: Bool = false
    ) throws(KeyFileError) {
        var status = stat()
        guard replaces || lstat(path, &status) != 0 else { throw .exists(path: path) }
        do { try AtomicFile.write(key.protobuf, to: path, isPrivate: true) } catch { throw .file(error) }
    }

    /// The key of a file; where there is none, a new Ed25519 key, which is saved there.
    public static func loadOrMake(_ path: String) throws(KeyFileError) -> Loaded {
        do throws(KeyFileError) {
            return try load(path)
        } catch {
            guard case .file(let reason) = error, reason.isMissing else { throw error }
            let key = PrivateKey.ed25519()
            try save(key, to: path)
            return Loaded(key: key, warning: nil)
        }
    }

    private static func warning(of path: String) -> KeyFileWarning? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let mode = UInt32(status.st_mode & 0o777)
        return mode & 0o077 == 0 ? nil : .readableByOthers(path: path, mode: mode)
    }
}

/// What is wrong with a file whose key is fine.
public enum KeyFileWarning: Hashable, Sendable, CustomStringConvertible {
    /// Other users of the machine can read, or replace, the key.
    case readableByOthers(path: String, mode: UInt32)

    /// The warning as one line that says what to try.
    public var description: String {
        switch self {
        case .readableByOthers(let path, let mode):
            "others on this machine can use the key in \(path) (mode \(String(mode, radix: 8))); "
                + "run 'chmod 600 \(path)', or make a new key if they may have read it"
        }
    }
}

/// Why a key was not loaded or saved.
public enum KeyFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file system's reason.
    case file(FileError)
    /// The file has more bytes than any key.
    case tooLong(path: String)
    /// The file holds no key.
    case key(path: String, KeyError)
    /// A file is there already.
    case exists(path: String)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .tooLong(let path):
            "\(path) has more than \(KeyFile.byteCountMax) bytes, so it is no key; is the path right?"
        case .key(let path, let error): "no key in \(path): \(error)"
        case .exists(let path): "\(path) exists already; choose another name, or move it away"
        }
    }
}
