import Foundation
import TestSupport

/// The built program, called as a shell would.
enum Program {
    struct Result {
        let output: String, errors: String
        let code: Int32

        /// Lines of standard output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }

        /// The lines as JSON objects.
        func objects() throws -> [[String: Any]] {
            try lines.map { line in
                let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
                guard let object = value as? [String: Any] else { throw CocoaError(.coderInvalidValue) }
                return object
            }
        }
    }

    /// The binary lies beside the bundle of tests.
    static let url = Bundle.main.bundleURL.appendingPathComponent("starling")

    static func run(
        _ arguments: [String], input: String = "", in folder: URL? = nil
    ) throws -> Result {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // Inputs of tests are smaller than a pipe; errors are too.
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: complaints, as: UTF8.self), code: process.terminationStatus)
    }

    /// Runs the program until it has written a line that `isReached` takes, then kills it.
    static func kill(
        _ arguments: [String], in folder: URL, when isReached: (String) -> Bool
    ) throws {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !isReached(text) {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { break }
            text += String(decoding: data, as: UTF8.self)
        }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        guard process.terminationReason == .uncaughtSignal else { throw CocoaError(.executableLoad) }
    }

    /// Calls `body` with a folder that is removed afterwards.
    static func inFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("starling-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
