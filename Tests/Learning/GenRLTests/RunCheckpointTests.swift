import Foundation
import Tensor
import TestSupport
import Testing

@testable import GenRL

@Suite struct RunCheckpointTests {
    private func sample() -> RunCheckpoint {
        RunCheckpoint(
            identity: "run", counters: ["steps": 7, "round": -1], series: ["reward": [0, 0.5, .nan]],
            tensors: [
                "weight/a": Tensor([1, -0.0, .infinity, .leastNonzeroMagnitude, 5, 6], [2, 3]),
                "weight/b": Tensor((0..<40).map { Float($0) }, [40]),
            ], blobs: ["game": Array(0..<70), "none": []])
    }

    private func bytes(_ checkpoint: RunCheckpoint) -> [UInt8] {
        var bytes: [UInt8] = []
        checkpoint.write { bytes += Array($0) }
        return bytes
    }

    private func read(_ bytes: [UInt8]) throws(RunCheckpointError) -> RunCheckpoint {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(RunCheckpointError) in try RunCheckpoint(from: buffer) }
        }.get()
    }

    @Test func `comes back as it was, bit for bit`() throws {
        let written = bytes(sample()), back = try read(written)
        #expect(back.identity == "run" && back.counters == ["steps": 7, "round": -1])
        #expect(back.series["reward"]?.map(\.bitPattern) == [0, Float(0.5).bitPattern, Float.nan.bitPattern])
        for (name, tensor) in sample().tensors {
            #expect(back.tensors[name]?.type == tensor.type)
            #expect(back.tensors[name]?.array().map(\.bitPattern) == tensor.array().map(\.bitPattern))
        }
        #expect(back.blobs == sample().blobs)
        #expect(bytes(back) == written)
    }

    @Test func `a checkpoint of version 1 is read: it has no blobs`() throws {
        var older = sample()
        older.blobs = [:]
        var bytes = bytes(older)
        // Version 1 ends its head after the tensors: without the count of blobs, four zeros.
        let head = Int(bytes[16]) | Int(bytes[17]) << 8
        bytes.replaceSubrange(0..<16, with: RunCheckpoint.magicWithoutBlobs)
        bytes[16] = UInt8(truncatingIfNeeded: head - 4)
        bytes[17] = UInt8(truncatingIfNeeded: (head - 4) >> 8)
        func padded(_ count: Int) -> Int { (count + 63) / 64 * 64 }
        bytes.removeSubrange(24 + head - 4..<24 + head)
        let missing = padded(24 + head - 4) - (padded(24 + head) - 4)
        if missing > 0 {
            bytes.insert(contentsOf: Array(repeating: 0, count: missing), at: 24 + head - 4)
        } else {
            bytes.removeSubrange(24 + head - 4..<24 + head - 4 - missing)
        }
        let back = try read(bytes)
        #expect(back.counters == older.counters && back.blobs.isEmpty)
        #expect(back.tensors["weight/b"]?.array() == older.tensors["weight/b"]?.array())
    }

    @Test func `any cut or added end is an error`() {
        let whole = bytes(sample())
        for count in 0..<whole.count {
            #expect(throws: RunCheckpointError.self) { try read(Array(whole.prefix(count))) }
        }
        #expect(throws: RunCheckpointError.self) { try read(whole + [0]) }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `changed bytes end in a value or an error, never in a trap`(seed: UInt64) {
        let whole = bytes(sample())
        var random = Seed(seed), errors = 0
        for _ in 0..<2000 {
            var changed = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 0..<min(260, changed.count), using: &random)
                changed[position] =
                    [0, 1, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &random)]
                    .randomElement(using: &random) ?? 0
            }
            do throws(RunCheckpointError) { _ = try read(changed) } catch { errors += 1 }
        }
        #expect(errors > 1000, "seed \(seed): \(errors) errors of 2000")
    }

    @Test func `files are replaced whole, and a missing one is none`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("checkpoint-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appendingPathComponent("a/run.checkpoint")
        let none = try CheckpointFile.load(url)
        #expect(none == nil)
        var checkpoint = sample()
        try CheckpointFile.save(checkpoint, to: url)
        checkpoint.counters["steps"] = 8
        try CheckpointFile.save(checkpoint, to: url)
        #expect(try CheckpointFile.load(url)?.counters["steps"] == 8)
        let names = try FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)
        #expect(names == ["run.checkpoint"])
        #expect(throws: RunCheckpointError.self) {
            try CheckpointFile.save(checkpoint, to: url.appendingPathComponent("below a file"))
        }
    }

    @Test func `belongs to one run`() {
        #expect(throws: RunCheckpointError.otherRun(identity: "run", expected: "other")) {
            try sample().require(identity: "other")
        }
        #expect(throws: RunCheckpointError.missing("counter nothing")) { try sample().counter("nothing") }
        #expect(throws: RunCheckpointError.missing("counter round")) { try sample().counter("round") }
    }
}
