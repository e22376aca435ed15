import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The machine's Python and the folders it cannot do without.
struct PythonRuntime: Sendable {
    let path: String
    let libraries: [String]

    /// Installations that every user can read; a version manager's in somebody's home is not.
    static let candidates = ["/usr/bin/python3", "/usr/local/bin/python3", "/bin/python3"]

    /// Without the packages of the machine and of the user, and without compiled files beside sources.
    static let flags = ["-s", "-S", "-B"]

    init() throws(SandboxError) {
        let found = try Sandbox.tool(Self.candidates, named: "Python 3", package: "python3")
        guard let resolved = realpath(found, nil) else { throw .noProgram(path: found) }
        defer { free(resolved) }
        path = String(cString: resolved)
        libraries = try Self.libraries(of: path)
    }

    func program(_ source: String, arguments: [String] = []) -> Sandbox.Program {
        Sandbox.Program(
            path: path, arguments: Self.flags + ["-c", source] + arguments, visible: libraries)
    }

    /// Asks the interpreter, which is the machine's own and trusted with a question of ours.
    private static func libraries(of path: String) throws(SandboxError) -> [String] {
        let question = """
            import sys, sysconfig, json
            paths = sysconfig.get_paths()
            print(json.dumps([paths["stdlib"], paths["platstdlib"], sysconfig.get_config_var("LIBDIR") or "",
            sysconfig.get_config_var("INSTSONAME") or ""]))
            """
        let outcome = try ConfinedProcess.run(
            path, arguments: flags + ["-c", question], input: [], filter: [0],
            limits: Sandbox.Limits(), drop: false)
        guard let answer = try? JSON(parsing: outcome.output, limits: JSON.Limits(bytes: 1 << 14)),
            let words = answer.elements?.compactMap(\.text), words.count == 4, outcome.succeeded
        else { throw .missing(tool: "a working Python 3", package: "python3") }
        let shared = "\(words[2])/\(words[3])"
        let all = [words[0], words[1]] + (words[3].hasSuffix(".a") ? [] : [shared])
        var folders: [String] = []
        for folder in all where folder.hasPrefix("/") && !folders.contains(folder) {
            folders.append(folder)
        }
        return folders
    }
}
