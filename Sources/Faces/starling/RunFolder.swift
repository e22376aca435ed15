import Dashboard
import Foundation
import GenRL

/// The folder of a run: `runs/<name>` with its checkpoint, its events and its report.
struct RunFolder {
    let url: URL

    /// The folder at `path`; made when something is written to it.
    init(_ path: String) { url = URL(fileURLWithPath: path) }

    /// The folder of a run by its name.
    init(named name: String) { self.init("runs/\(name)") }

    /// A path for people, relative where it lies below the working folder.
    var shown: String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return url.path.hasPrefix(here) ? String(url.path.dropFirst(here.count)) : url.path
    }

    var checkpoint: URL { url.appendingPathComponent("checkpoint") }
    var model: URL { url.appendingPathComponent("model") }
    var adapter: URL { url.appendingPathComponent("adapter") }

    /// Writes `report.html`; returns its path for people.
    func write(_ report: Report) throws -> String {
        let file = url.appendingPathComponent("report.html")
        try CheckpointFile.replace(file, with: Array(report.html().utf8))
        return "\(shown)/report.html"
    }
}
