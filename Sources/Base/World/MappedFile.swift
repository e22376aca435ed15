import Foundation

// SAFETY: the bytes are read-only and live as long as the object; nothing is mutable.
/// A file's bytes in memory, read by the system as they are touched.
///
/// Never shorten a mapped file: replace it by renaming (`AtomicFile`), or its readers end.
public final class MappedFile: @unchecked Sendable {
    /// Where it is.
    public let path: String
    /// All bytes, valid while this object lives.
    public let bytes: UnsafeRawBufferPointer

    private let isMapped: Bool

    /// Bytes in memory that pass for a file: for tests, and for what came over the network.
    public init(path: String, copying contents: [UInt8]) {
        self.path = path
        isMapped = false
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: contents.count, alignment: 64)
        copy.copyBytes(from: contents)
        bytes = UnsafeRawBufferPointer(copy)
    }

    /// Maps a file.
    public init(path: String) throws(FileError) {
        self.path = path
        isMapped = true
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.read, path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(.read, path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(.read, path, EISDIR) }
        let count = Int(status.st_size)
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address, address != MAP_FAILED else { throw FileError(.map, path) }
        bytes = UnsafeRawBufferPointer(start: address, count: count)
    }

    deinit {
        guard isMapped else {
            bytes.deallocate()
            return
        }
        guard let base = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }

    /// A whole file as text, if it is not longer than `limit` bytes and UTF-8.
    public static func text(path: String, limit: Int = 1 << 26) throws(FileError) -> String {
        let file = try MappedFile(path: path)
        guard file.bytes.count <= limit else { throw FileError(.read, path, EFBIG) }
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw FileError(.read, path, EILSEQ)
        }
        return text
    }
}
