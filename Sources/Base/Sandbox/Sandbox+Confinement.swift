#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Sandbox {
    /// What bubblewrap is told: which world the program sees.
    static func confinement(of program: Program, limits: Limits) -> [String] {
        var arguments = [
            "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--hostname",
            "sandbox", "--cap-drop", "ALL", "--new-session", "--die-with-parent", "--clearenv",
            "--setenv", "PYTHONHASHSEED", "0", "--seccomp", "3",
        ]
        // On most systems these are links into /usr; what they point to is bound where it is.
        for folder in ["/bin", "/lib", "/lib64"] {
            guard let target = linkTarget(folder) else { continue }
            arguments += ["--symlink", target, folder]
        }
        for path in libraryFolders + program.visible + [program.path] {
            arguments += ["--ro-bind-try", path, path]
        }
        arguments += ["--dev-bind", "/dev/null", "/dev/null"]
        if limits.scratchBytes > 0 {
            arguments += ["--size", "\(limits.scratchBytes)", "--tmpfs", "/tmp", "--chdir", "/tmp"]
        } else {
            arguments += ["--chdir", "/"]
        }
        return arguments + ["--remount-ro", "/", "--", program.path] + program.arguments
    }

    /// Folders of shared libraries and their loader, as Debian, Fedora and their kin have them.
    static let libraryFolders: [String] = {
        #if arch(arm64)
        let triplet = "aarch64-linux-gnu"
        #else
        let triplet = "x86_64-linux-gnu"
        #endif
        let all = [
            "/usr/lib/\(triplet)", "/usr/lib64", "/lib/\(triplet)", "/lib64",
            "/lib/ld-linux-aarch64.so.1",
        ]
        // Where /lib is a link, what it shows is already there.
        return all.filter { path in
            guard access(path, R_OK) == 0 else { return false }
            let top = "/" + (path.split(separator: "/").first ?? "")
            return linkTarget(top) == nil
        }
    }()

    static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    static func tool(
        _ candidates: [String], named name: String, package: String
    ) throws(SandboxError) -> String {
        guard let path = candidates.first(where: isExecutable) else {
            throw .missing(tool: name, package: package)
        }
        return path
    }
}
