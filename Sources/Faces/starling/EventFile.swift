import Dashboard
import Foundation
import World

/// The run's numbers for TensorBoard, in a file of its own for each process, as they come.
struct EventFile {
    private var events: TensorBoard
    private let file: FileHandle

    /// A new file in a folder, which is made.
    init(in folder: URL) throws {
        let time = Self.now,
            name = "events.out.tfevents.\(Int(time)).\(ProcessInfo.processInfo.processIdentifier)"
        try Folder.make(folder.path)
        let url = folder.appendingPathComponent(name)
        try AtomicFile.write([UInt8](), to: url.path)
        file = try FileHandle(forWritingTo: url)
        events = TensorBoard(time: time)
    }

    /// Writes the numbers of a step.
    mutating func write(_ scalars: [(tag: String, value: Double)], step: Int) throws {
        events.add(scalars, step: step, time: Self.now)
        try file.write(contentsOf: events.drain())
    }

    private static var now: Double { SystemClock().sinceEpoch / .seconds(1) }
}
