public import Foundation
import World

/// Checkpoints as files that are whole or not there.
public enum CheckpointFile {
    /// Writes a checkpoint; what stood at `url` before stays until the new one is complete on disk.
    public static func save(_ checkpoint: RunCheckpoint, to url: URL) throws(RunCheckpointError) {
        do throws(FileError) {
            try Folder.make(Folder.parent(of: url.path))
            var file = try AtomicFile(path: url.path)
            try checkpoint.write { bytes throws(FileError) in try file.append(bytes) }
            try file.commit()
        } catch { throw .file(path: url.path, reason: "\(error)") }
    }

    /// Writes a small file in the same way.
    public static func replace(_ url: URL, with bytes: [UInt8]) throws(RunCheckpointError) {
        do throws(FileError) {
            try Folder.make(Folder.parent(of: url.path))
            try AtomicFile.write(bytes, to: url.path)
        } catch { throw .file(path: url.path, reason: "\(error)") }
    }

    /// Reads a checkpoint; nil if there is none.
    public static func load(_ url: URL) throws(RunCheckpointError) -> RunCheckpoint? {
        let file: MappedFile
        do throws(FileError) {
            file = try MappedFile(path: url.path)
        } catch {
            if error.isMissing { return nil }
            throw .file(path: url.path, reason: "\(error)")
        }
        return try RunCheckpoint(from: file.bytes)
    }
}
