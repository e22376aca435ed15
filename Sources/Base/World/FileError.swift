import Foundation

/// What the file system refused.
public struct FileError: Error, Hashable, CustomStringConvertible {
    /// What was tried.
    public enum Action: String, Hashable, Sendable {
        /// Opening or reading.
        case read
        /// Creating or writing.
        case write
        /// Making a folder.
        case makeFolder = "make the folder"
        /// Mapping into memory.
        case map = "map into memory"
    }

    /// What was tried.
    public let action: Action
    /// On which file.
    public let path: String
    /// The system's number for the reason.
    public let number: Int32

    init(_ action: Action, _ path: String, _ number: Int32 = errno) {
        self.action = action
        self.path = path
        self.number = number
    }

    /// A file that should be there is not.
    public static func missing(_ path: String) -> FileError { FileError(.read, path, ENOENT) }

    /// Whether the file does not exist.
    public var isMissing: Bool { number == ENOENT }

    /// The error as one line that says what to try.
    public var description: String {
        let hint =
            switch number {
            case ENOENT: "; is the path right?"
            case EACCES, EPERM: "; who may read and write it?"
            case ENOSPC: "; free some space"
            case EMFILE, ENFILE: "; raise the limit of open files"
            default: ""
            }
        return "cannot \(action.rawValue) \(path): \(String(cString: strerror(number)))\(hint)"
    }
}
