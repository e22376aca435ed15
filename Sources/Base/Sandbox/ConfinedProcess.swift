import CSandbox

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One child: started, read and, when it takes too long or writes too much, killed.
enum ConfinedProcess {
    /// Bytes of standard error that are kept; what follows is read and forgotten.
    static let errorBytesMax = 1 << 14
    /// How long the rest of a killed sandbox may take to vanish; the kernel needs milliseconds.
    static let vanishingSeconds = 2.0

    /// Starts a program and stays in this thread until it has ended: the child dies with the thread that
    /// started it.
    static func run(
        _ path: String, arguments: [String], input: [UInt8], filter: [UInt8],
        limits: Sandbox.Limits, drop: Bool
    ) throws(SandboxError) -> Sandbox.Outcome {
        var output = try Pipe(byteCountMax: limits.outputBytes)
        var errors = try Pipe(byteCountMax: errorBytesMax)
        let inputFile = try MemoryFile(input)
        let filterFile = try MemoryFile(filter)
        let deadline = ContinuousClock.now + .seconds(limits.wallSeconds)
        let child = try spawn(
            path, arguments: arguments,
            descriptors: csandbox_descriptors(
                input: inputFile.descriptor, output: output.writing, error: errors.writing,
                filter: filterFile.descriptor), limits: limits, drop: drop)
        output.closeWriting()
        errors.closeWriting()
        var cut: Sandbox.Ending?
        while cut == nil, output.isOpen || errors.isOpen {
            guard wait(for: output, errors, until: deadline) else {
                cut = .timedOut
                break
            }
            if !output.drain() { cut = .outputFull }
            _ = errors.drain()
        }
        if cut != nil {
            kill(child, SIGKILL)
            // When every writing end is closed, no process of the sandbox is left.
            let vanished = ContinuousClock.now + .seconds(vanishingSeconds)
            while output.isOpen || errors.isOpen, wait(for: output, errors, until: vanished) {
                _ = (output.drain(), errors.drain())
            }
        }
        return try outcome(of: child, cut: cut, output: output.bytes, errors: errors.bytes)
    }

    private static func outcome(
        of child: pid_t, cut: Sandbox.Ending?, output: [UInt8], errors: [UInt8]
    ) throws(SandboxError) -> Sandbox.Outcome {
        var status: Int32 = 0
        var microseconds: Int64 = 0
        let code = csandbox_wait(child, &status, &microseconds)
        guard code == 0 else { throw .exhausted(step: "wait for a process", code: -code) }
        let ending = Int(csandbox_ending(status))
        let natural: Sandbox.Ending
        switch ending {
        case ..<0: natural = .signalled(-ending)
        // As bubblewrap says that its child was killed.
        case 129...192: natural = .signalled(ending - 128)
        default: natural = .exited(ending)
        }
        return Sandbox.Outcome(
            ending: cut ?? natural, output: output, errors: errors,
            cpuSeconds: Double(microseconds) / 1e6)
    }

    private static func spawn(
        _ path: String, arguments: [String], descriptors: csandbox_descriptors,
        limits: Sandbox.Limits, drop: Bool
    ) throws(SandboxError) -> pid_t {
        var bounds = csandbox_limits(
            cpu_seconds: UInt64(limits.cpuSeconds), address_space: UInt64(limits.memoryBytes),
            file_bytes: UInt64(limits.scratchBytes), open_files: UInt64(limits.openFiles))
        var descriptors = descriptors
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        words.append(nil)
        let child = csandbox_spawn(path, &words, &descriptors, &bounds, drop ? 1 : 0)
        guard child > 0 else { throw .exhausted(step: "start \(path)", code: -child) }
        return child
    }

    /// Waits until a pipe has something or has ended; false at the deadline.
    private static func wait(
        for output: borrowing Pipe, _ errors: borrowing Pipe, until deadline: ContinuousClock.Instant
    ) -> Bool {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { return false }
        let milliseconds = min(60_000, left / .milliseconds(1))
        // A negative descriptor is passed over.
        var entries = [
            pollfd(fd: output.isOpen ? output.reading : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.isOpen ? errors.reading : -1, events: Int16(POLLIN), revents: 0),
        ]
        poll(&entries, 2, Int32(milliseconds) + 1)
        return true
    }
}

/// The reading end of a pipe and what came out of it.
private struct Pipe: ~Copyable {
    let reading: Int32
    private(set) var writing: Int32
    private(set) var bytes: [UInt8] = []
    private(set) var isOpen = true
    private let byteCountMax: Int

    init(byteCountMax: Int) throws(SandboxError) {
        var ends: [Int32] = [-1, -1]
        let code = csandbox_pipe(&ends)
        guard code == 0 else { throw .exhausted(step: "make a pipe", code: -code) }
        (reading, writing) = (ends[0], ends[1])
        self.byteCountMax = byteCountMax
    }

    deinit {
        close(reading)
        if writing >= 0 { close(writing) }
    }

    mutating func closeWriting() {
        close(writing)
        writing = -1
    }

    /// Takes what is there; false when more has come than is kept.
    mutating func drain() -> Bool {
        guard isOpen else { return true }
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var isWhole = true
        // A writer that is quicker than we are would keep us here.
        for _ in 0..<16 {
            let count = read(reading, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            guard count > 0 else {
                isOpen = false
                break
            }
            let room = byteCountMax - bytes.count
            if count > room { isWhole = false }
            bytes += piece[..<min(count, room)]
        }
        return isWhole
    }
}

/// Bytes as a file in memory that only reading is possible from.
private struct MemoryFile: ~Copyable {
    let descriptor: Int32

    init(_ bytes: [UInt8]) throws(SandboxError) {
        descriptor = bytes.withUnsafeBytes { csandbox_memory($0.baseAddress, $0.count) }
        guard descriptor >= 0 else { throw .exhausted(step: "hold input", code: -descriptor) }
    }

    deinit { close(descriptor) }
}
