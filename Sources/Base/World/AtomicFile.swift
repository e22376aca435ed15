import Foundation

/// A file that appears whole or not at all.
///
/// Bytes go to a temporary file beside the target; `commit` makes them durable, then renames. A
/// crash at any moment leaves the old file or the new one. Without `commit` nothing remains.
public struct AtomicFile: ~Copyable {
    /// Where it will appear.
    public let path: String
    private let temporaryPath: String
    private let descriptor: Int32
    /// Bytes written.
    public private(set) var byteCount = 0

    /// Opens a file that will appear at `path`, whose folder exists.
    ///
    /// - Parameter isPrivate: only this user may read it, from the first byte on.
    public init(path: String, isPrivate: Bool = false) throws(FileError) {
        self.path = path
        // Unique by process and moment: two writers of one path must not share a temporary file.
        let unique = "\(getpid()).\(DispatchTime.now().uptimeNanoseconds)"
        temporaryPath = path + ".\(unique).partial"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw FileError(.write, temporaryPath) }
    }

    deinit {
        close(descriptor)
        unlink(temporaryPath)
    }

    /// Adds bytes at the end.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[written...].prefix(1 << 30))
            let count = put(piece, to: descriptor)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError(.write, temporaryPath) }
            written += count
        }
        byteCount += written
    }

    /// Adds bytes at the end.
    public mutating func append(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { buffer throws(FileError) in
            try append(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Makes the bytes durable and lets the file appear in place of an older one.
    public consuming func commit() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(.write, temporaryPath) }
        guard rename(temporaryPath, path) == 0 else { throw FileError(.write, path) }
        // The new name is durable only when its folder is.
        let folder = Folder.parent(of: path)
        let folderDescriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard folderDescriptor >= 0 else { throw FileError(.write, folder) }
        defer { close(folderDescriptor) }
        guard fsync(folderDescriptor) == 0 else { throw FileError(.write, folder) }
    }

    /// Removes a file; one that does not exist is fine.
    public static func remove(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw FileError(.write, path) }
    }

    /// Writes a whole file.
    public static func write(
        _ bytes: [UInt8], to path: String, isPrivate: Bool = false
    ) throws(FileError) {
        var file = try AtomicFile(path: path, isPrivate: isPrivate)
        try file.append(bytes)
        try file.commit()
    }

    /// Writes a whole file of text.
    public static func write(_ text: String, to path: String) throws(FileError) {
        try write(Array(text.utf8), to: path)
    }
}

/// The system's `write`, out of reach of the type's own.
private func put(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
