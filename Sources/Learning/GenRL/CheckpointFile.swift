public import Foundation

/// Checkpoints as files that are whole or not there: written beside, flushed, then renamed.
public enum CheckpointFile {
    /// Writes a checkpoint; what stood at `url` before stays until the new one is complete on disk.
    public static func save(_ checkpoint: Checkpoint, to url: URL) throws(CheckpointError) {
        try replace(url) { file in
            try checkpoint.write { try file.write(contentsOf: Data($0)) }
        }
    }

    /// Writes a small file in the same way.
    public static func replace(_ url: URL, with bytes: [UInt8]) throws(CheckpointError) {
        try replace(url) { try $0.write(contentsOf: Data(bytes)) }
    }

    private static func replace(
        _ url: URL, _ body: (FileHandle) throws -> Void
    ) throws(CheckpointError) {
        let beside = url.appendingPathExtension("part")
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            guard FileManager.default.createFile(atPath: beside.path, contents: nil) else {
                throw CocoaError(.fileWriteUnknown)
            }
            let file = try FileHandle(forWritingTo: beside)
            do {
                try body(file)
                try file.synchronize()
            } catch {
                try file.close()
                throw error
            }
            try file.close()
            guard rename(beside.path, url.path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
            // The name itself is on disk once its folder is.
            let folder = try FileHandle(forReadingFrom: url.deletingLastPathComponent())
            try folder.synchronize()
            try folder.close()
        } catch {
            throw .file(path: url.path, reason: "cannot be written: \(error.localizedDescription)")
        }
    }

    /// Reads a checkpoint; nil if there is none.
    public static func load(_ url: URL) throws(CheckpointError) -> Checkpoint? {
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let data: Data
        do {
            data = try Data(contentsOf: url, options: .alwaysMapped)
        } catch {
            throw .file(path: url.path, reason: "cannot be read: \(error.localizedDescription)")
        }
        let result = data.withUnsafeBytes { bytes in
            Result { () throws(CheckpointError) in try Checkpoint(from: bytes) }
        }
        return try result.get()
    }
}
