/// Why a program could not be run confined. What the program itself does wrong is no error but an outcome.
public enum SandboxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system is not Linux, or of a processor without a filter of ours.
    case unsupportedSystem
    /// A program that the sandbox stands on is not installed.
    case missing(tool: String, package: String)
    /// The system does not let this user make namespaces, or something else on the way to the first run.
    case forbidden(reason: String)
    /// The program to run is not at this path.
    case noProgram(path: String)
    /// More input, solutions or tests than the sandbox takes.
    case tooLarge(what: String, count: Int, max: Int)
    /// The system had no process, pipe or memory left.
    case exhausted(step: String, code: Int32)
    /// Tests that cannot be run, whatever the solution.
    case brokenTests(reason: String)

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .unsupportedSystem:
            "untrusted programs are run on Linux (x86-64, arm64) only; use a machine or a container with it"
        case .missing(let tool, let package):
            "\(tool) is not installed; run `Scripts/setup`, or install the package \(package)"
        case .forbidden(let reason):
            "this system does not allow a sandbox (\(reason)); allow user namespaces "
                + "(sysctl user.max_user_namespaces=10000, kernel.unprivileged_userns_clone=1 or "
                + "kernel.apparmor_restrict_unprivileged_userns=0; in a container: --security-opt "
                + "seccomp=unconfined, --security-opt systempaths=unconfined)"
        case .noProgram(let path): "there is no program at \(path)"
        case .tooLarge(let what, let count, let max): "\(what): \(count) where at most \(max) are taken"
        case .exhausted(let step, let code):
            "the system could not \(step) (error \(code)); close other programs and try again"
        case .brokenTests(let reason): "these tests cannot be run: \(reason)"
        }
    }
}
