import Bytes
import Keys
import TestSupport
import Testing

@testable import GenRL

@Suite struct RolloutPayloadTests {
    static func rollout(_ seed: inout Seed) -> Rollout {
        func below(_ bound: Int) -> Int { Int(seed.next() % UInt64(bound)) }
        func word() -> String { ["a", "", "é", "\u{1F642}", "node-7", "\n\0"][below(6)] }
        let completions = (0..<below(4)).map { _ in
            Completion(
                tokens: (0..<below(5)).map { _ in Int32(truncatingIfNeeded: seed.next()) },
                text: word(),
                logProbabilities: (0..<below(5)).map { _ in -Float(below(1000)) / 7 })
        }
        return Rollout(
            task: TaskID(part: word(), seed: below(1 << 40), index: -below(9)), peer: word(),
            round: below(1 << 50), model: ModelID(family: word(), step: below(99)), stage: below(3),
            turn: below(3), parents: (0..<below(3)).map { RolloutID(of: "\($0)") },
            completions: completions)
    }

    @Test(arguments: 0..<50) func `what is written is read, and written again alike`(start: Int) throws {
        var seed = Seed(UInt64(start))
        let rollouts = (0..<Int(seed.next() % 5)).map { _ in Self.rollout(&seed) }
        let bytes = RolloutPayload.encode(rollouts)
        let read = try RolloutPayload.decode(bytes)
        #expect(read == rollouts && RolloutPayload.encode(read) == bytes, "seed \(start)")
        for end in bytes.indices {
            #expect(throws: PayloadError.self, "seed \(start), byte \(end)") {
                try RolloutPayload.decode(Array(bytes[..<end]))
            }
        }
        #expect(throws: PayloadError.malformed(reason: "bytes are left at its end")) {
            try RolloutPayload.decode(bytes + [0])
        }
    }

    @Test func `the encoding is this one`() {
        let rollout = Rollout(
            task: TaskID(part: "p", seed: 1, index: 2), peer: "ab", round: 3,
            model: ModelID(family: "f", step: 4),
            completions: [Completion(tokens: [5, 0], text: "é", logProbabilities: [-1, -0.5])])
        let expected =
            "53544152524f4c4c" + "0100" + "01000000" + "0100000070" + "0100000000000000"
            + "0200000000000000" + "020000006162" + "0300000000000000" + "0100000066"
            + "0400000000000000" + "0000000000000000" + "0000000000000000" + "00000000" + "01000000"
            + "02000000" + "0500000000000000" + "02000000" + "000080bf000000bf" + "02000000c3a9"
        #expect(Hex.text(RolloutPayload.encode([rollout])) == expected)
        #expect(rollout.id == RolloutPayload.id(of: rollout))
        var other = rollout
        other.completions[0].logProbabilities[1] = (-0.5 as Float).nextDown
        #expect(other.id != rollout.id)
    }

    @Test func `limits, versions and numbers are checked`() throws {
        var seed = Seed(1)
        let rollouts = (0..<3).map { _ in Self.rollout(&seed) }
        let bytes = RolloutPayload.encode(rollouts)
        var limits = RolloutPayload.Limits()
        limits.rollouts = 2
        #expect(throws: PayloadError.tooMany("rollouts", 3, limit: 2)) {
            try RolloutPayload.decode(bytes, limits: limits)
        }
        limits = .init()
        limits.byteCount = bytes.count - 1
        #expect(throws: PayloadError.tooMany("bytes", bytes.count, limit: bytes.count - 1)) {
            try RolloutPayload.decode(bytes, limits: limits)
        }
        var newer = bytes
        newer[8] = 2
        #expect(throws: PayloadError.otherVersion(2)) { try RolloutPayload.decode(newer) }
        var infinite = Self.rollout(&seed)
        infinite.completions = [Completion(tokens: [1], text: "", logProbabilities: [.nan])]
        #expect(throws: PayloadError.malformed(reason: "a log-probability is not finite")) {
            try RolloutPayload.decode(RolloutPayload.encode([infinite]))
        }
        // A count that no bytes follow takes no memory.
        let huge = RolloutPayload.magic + [1, 0] + [0xFF, 0xFF, 0xFF, 0xFF]
        #expect(throws: PayloadError.self) { try RolloutPayload.decode(huge) }
    }
}
