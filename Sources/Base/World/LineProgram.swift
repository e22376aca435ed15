import Foundation
import Synchronization

/// A program that is spoken to in lines: each line sent is answered by one line.
///
/// It reads from standard input and answers on standard output; what it writes to standard error is
/// shown. It runs with this process's rights: run only what you would run yourself.
public final class LineProgram: Sendable {
    /// The program and its arguments.
    public let command: [String]
    /// The longest answer, in bytes.
    public let answerByteCountMax: Int
    /// How long an answer may take.
    public let timeout: Duration

    private let talk: Mutex<Talk>

    /// A running program and what it has sent beyond the last line.
    private struct Talk: ~Copyable {
        let child: Process
        let socket: Int32
        var received: [UInt8] = []
        /// Lines are no longer answers to what was asked after a fault.
        var fault: LineProgramError?
    }

    /// Starts a program.
    ///
    /// - Parameter command: the program, looked up as a shell would, and its arguments.
    public init(
        _ command: [String], answerByteCountMax: Int = 1 << 20, timeout: Duration = .seconds(10)
    ) throws(LineProgramError) {
        guard let name = command.first, !name.isEmpty else { throw .notStarted("", reason: "it has no name") }
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw .notStarted(name, reason: String(cString: strerror(errno)))
        }
        // Or children started later would hold it open, and the program would never see the end.
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        child.arguments = ["--"] + command
        let end = FileHandle(fileDescriptor: ends[1], closeOnDealloc: false)
        child.standardInput = end
        child.standardOutput = end
        defer { close(ends[1]) }
        do {
            try child.run()
        } catch {
            close(ends[0])
            throw .notStarted(name, reason: error.localizedDescription)
        }
        self.command = command
        self.answerByteCountMax = answerByteCountMax
        self.timeout = timeout
        talk = Mutex(Talk(child: child, socket: ends[0]))
    }

    deinit {
        talk.withLock { talk in
            close(talk.socket)
            talk.child.terminate()
        }
    }

    /// Sends a line and waits for the answer; several callers take turns.
    ///
    /// - Parameter line: without a line end.
    public func ask(_ line: String) throws(LineProgramError) -> String {
        precondition(!line.utf8.contains(0x0A), "one line is asked at a time")
        return try talk.withLock { talk throws(LineProgramError) in
            if let fault = talk.fault { throw fault }
            do throws(LineProgramError) {
                let end = ContinuousClock.now + timeout
                try send(Array(line.utf8) + [0x0A], &talk, until: end)
                return try receive(&talk, until: end)
            } catch {
                talk.fault = error
                throw error
            }
        }
    }

    private func send(
        _ bytes: [UInt8], _ talk: inout Talk, until end: ContinuousClock.Instant
    ) throws(LineProgramError) {
        var sent = 0
        while sent < bytes.count {
            try wait(talk.socket, Int16(POLLOUT), until: end)
            let count = bytes[sent...].withUnsafeBytes { rest in
                Glibc.send(
                    talk.socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            guard count > 0 else {
                if errno == EAGAIN || errno == EINTR { continue }
                throw .ended(command[0])
            }
            sent += count
        }
    }

    private func receive(
        _ talk: inout Talk, until end: ContinuousClock.Instant
    ) throws(LineProgramError) -> String {
        var looked = 0
        while true {
            if let at = talk.received[looked...].firstIndex(of: 0x0A) {
                guard let line = String(validating: talk.received[..<at], as: UTF8.self) else {
                    throw .notText(command[0])
                }
                talk.received.removeSubrange(...at)
                return line
            }
            looked = talk.received.count
            guard looked <= answerByteCountMax else { throw .tooLong(command[0], max: answerByteCountMax) }
            try wait(talk.socket, Int16(POLLIN), until: end)
            var piece = [UInt8](repeating: 0, count: 1 << 14)
            let count = recv(talk.socket, &piece, piece.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .ended(command[0]) }
            talk.received += piece[..<count]
        }
    }

    private func wait(
        _ socket: Int32, _ event: Int16, until end: ContinuousClock.Instant
    ) throws(LineProgramError) {
        while true {
            let left = end - .now
            guard left > .zero else { throw .tooSlow(command[0], timeout: timeout) }
            var request = pollfd(fd: socket, events: event, revents: 0)
            let milliseconds = Int32(min(left / .milliseconds(1), 1e6).rounded(.up))
            if poll(&request, 1, milliseconds) > 0 { return }
        }
    }
}

/// Why a program gave no answer.
public enum LineProgramError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It could not be started.
    case notStarted(String, reason: String)
    /// It ended, or closed its standard output.
    case ended(String)
    /// It did not answer in time.
    case tooSlow(String, timeout: Duration)
    /// Its answer is longer than allowed.
    case tooLong(String, max: Int)
    /// Its answer is not UTF-8.
    case notText(String)

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .notStarted(let name, let reason): "\(name) could not be started: \(reason)"
        case .ended(let name):
            "\(name) ended without an answer; its own message is above, or run it by hand"
        case .tooSlow(let name, let timeout):
            "\(name) gave no answer in \(timeout); does it flush its output after every line?"
        case .tooLong(let name, let max): "\(name) sent a line of more than \(max) bytes"
        case .notText(let name): "\(name) sent a line that is not UTF-8"
        }
    }
}
