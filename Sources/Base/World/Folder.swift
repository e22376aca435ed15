import Foundation

/// Folders and names in them.
public enum Folder {
    /// Makes a folder and those above it; one that exists is fine.
    public static func make(_ path: String) throws(FileError) {
        guard !exists(path) else { return }
        let above = parent(of: path)
        if above != path { try make(above) }
        guard mkdir(path, 0o755) == 0 || (errno == EEXIST && exists(path)) else {
            throw FileError(.makeFolder, path)
        }
    }

    /// Whether there is a folder of that path.
    public static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The folder that a path lies in.
    public static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
