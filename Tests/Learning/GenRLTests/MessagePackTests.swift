import Bytes
import Foundation
import Keys
import TestSupport
import Testing

@testable import GenRL

@Suite struct MessagePackTests {
    private func value(_ seed: inout Seed, depth: Int = 0) -> MessagePack {
        func below(_ bound: UInt64) -> Int { Int(seed.next() % bound) }
        let shift = UInt64(below(64))
        switch below(depth < 4 ? 10 : 8) {
        case 0: return .null
        case 1: return .flag(seed.next() & 1 == 0)
        case 2: return .int(Int(truncatingIfNeeded: seed.next() >> shift))
        case 3: return .int(-Int((seed.next() >> 1) >> shift) - 1)
        case 4: return .large(UInt64(Int.max) + 1 + UInt64(below(1 << 40)))
        case 5: return .real(Double(below(1 << 30)) / 7)
        case 6: return .text(String(repeating: "é", count: below(200)))
        case 7: return .bytes(Array(repeating: 7, count: below(300)))
        case 8: return .list((0..<below(20)).map { _ in value(&seed, depth: depth + 1) })
        default:
            return .pairs(
                (0..<below(20)).map { _ in
                    .init(value(&seed, depth: 9), value(&seed, depth: depth + 1))
                })
        }
    }

    @Test(arguments: 0..<60) func `what is written is read`(start: Int) throws {
        var seed = Seed(UInt64(start))
        let value = value(&seed)
        let bytes = value.encoded
        #expect(try MessagePack(decoding: bytes) == value, "seed \(start)")
        for cut in [bytes.count - 1, bytes.count / 2, 0] where cut >= 0 && cut < bytes.count {
            #expect(throws: MessagePackError.self, "seed \(start), cut \(cut)") {
                try MessagePack(decoding: Array(bytes[..<cut]))
            }
        }
    }

    @Test(arguments: [
        (0, "00"), (127, "7f"), (128, "cc80"), (255, "ccff"), (256, "cd0100"), (65_535, "cdffff"),
        (65_536, "ce00010000"), (1 << 32, "cf0000000100000000"), (-1, "ff"), (-32, "e0"), (-33, "d0df"),
        (-128, "d080"), (-129, "d1ff7f"), (-32_769, "d2ffff7fff"), (Int.min, "d38000000000000000"),
    ])
    func `whole numbers take their shortest form`(number: Int, hex: String) throws {
        #expect(Hex.text(MessagePack.int(number).encoded) == hex)
        #expect(try MessagePack(decoding: try Hex.bytes(hex)) == .int(number))
    }

    @Test func `bytes that are no value end in an error of their own`() throws {
        func fault(_ bytes: [UInt8], _ limits: MessagePack.Limits = .init()) -> MessagePackError? {
            do throws(MessagePackError) {
                _ = try MessagePack(decoding: bytes, limits: limits)
                return nil
            } catch { return error }
        }
        #expect(fault([]) == .truncated(offset: 0))
        #expect(fault([0xC1]) == .unknownType(0xC1, offset: 0))
        #expect(fault([0xD4, 1, 2]) == .unknownType(0xD4, offset: 0))
        #expect(fault([0x00, 0x00]) == .trailing(offset: 1))
        #expect(fault([0xA2, 0xC3, 0x28]) == .invalidText(offset: 0))
        #expect(fault([0xDD, 0xFF, 0xFF, 0xFF, 0xFF]) == .truncated(offset: 5))
        #expect(fault([0xC6, 0xFF, 0xFF, 0xFF, 0xFF]) == .truncated(offset: 5))
        #expect(fault(Array(repeating: 0x91, count: 1 << 20)) == .tooMany("levels", limit: 32))
        var limits = MessagePack.Limits()
        limits.valueCount = 3
        #expect(fault([0x93, 1, 2, 3], limits) == .tooMany("values", limit: 3))
        limits.byteCount = 2
        #expect(fault([0x93, 1, 2, 3], limits) == .tooMany("bytes", limit: 2))
    }
}

@Suite struct OriginalPayloadTests {
    private static let golden =
        "81d92031346437656666663561343830643231623430313533373536656536343835339184a85f5f747970655f5fa75061"
        + "796c6f6164ab776f726c645f737461746584a85f5f747970655f5faa576f726c645374617465b2656e7669726f6e6d65"
        + "6e745f73746174657383a87175657374696f6ea4322b323fa6616e73776572a134a86d6574616461746181ae736f7572"
        + "63655f64617461736574b062617369635f61726974686d65746963af6f70706f6e656e745f737461746573c0af706572"
        + "736f6e616c5f737461746573c0a7616374696f6e7392b23c616e737765723e343c2f616e737765723eb23c616e737765"
        + "723e353c2f616e737765723ea86d65746164617461c0"

    @Test func `a message has the original's bytes`() throws {
        let state = OriginalWorldState(
            question: "2+2?", answer: "4",
            metadata: .members([("source_dataset", .text("basic_arithmetic"))]))
        let message = OriginalMessage(batches: [
            .init(
                id: "14d7efff5a480d21b40153756ee64853",
                payloads: [
                    OriginalPayload(
                        worldState: state, actions: ["<answer>4</answer>", "<answer>5</answer>"])
                ])
        ])
        #expect(Hex.text(message.encoded) == Self.golden && message.encoded.count == 263)
        #expect(try OriginalMessage(decoding: try Hex.bytes(Self.golden)) == message)
        #expect(message.batches[0].payloads[0].worldState.question == "2+2?")
    }

    @Test func `a question has the original's name`() {
        let question = "What day of the week was July 10, 2023? Give the weekday name in full."
        #expect(OriginalMessage.batchID(of: question) == "14d7efff5a480d21b40153756ee64853")
        #expect(LegacyDigest.md5("") == "d41d8cd98f00b204e9800998ecf8427e")
    }

    /// Messages of the original's own encoder; the script that made them stands beside them.
    @Test func `every message of the original is read and written again alike`() throws {
        let url = Fixtures.root.appendingPathComponent("Tests/Golden/original_payload.json")
        let file = try JSON(parsing: Array(try Data(contentsOf: url)))
        let cases = try #require(file.member("cases")?.elements)
        #expect(cases.count >= 10)
        var batchCount = 0
        for item in cases {
            let bytes = try Hex.bytes(try #require(item.member("bytes")?.text))
            let message = try OriginalMessage(decoding: bytes)
            #expect(message.encoded == bytes)
            batchCount += message.batches.count
            for member in item.member("names")?.orderedMembers ?? [] {
                #expect(OriginalMessage.batchID(of: member.key) == member.value.text)
            }
        }
        #expect(batchCount >= 10)
    }

    @Test func `what is no message is refused`() throws {
        func fault(_ value: MessagePack) -> MessagePackError? {
            do throws(MessagePackError) {
                _ = try OriginalMessage(decoding: value.encoded)
                return nil
            } catch { return error }
        }
        #expect(fault(.null) == .unexpected("it is no map of questions"))
        #expect(fault(.pairs([.init(.int(7), .list([]))])) == .unexpected("a question's name is no text"))
        #expect(fault(.members([("q", .null)])) == .unexpected("a question has no list"))
        #expect(fault(.members([("q", .list([.null]))])) == .unexpected("no Payload where one belongs"))
        let empty = MessagePack.members([("__type__", .text("Payload"))])
        #expect(fault(.members([("q", .list([empty]))])) == .unexpected("a Payload has 1 fields"))
        let many = MessagePack.list(Array(repeating: .null, count: OriginalMessage.countMax + 1))
        #expect(fault(.members([("q", many)])) == .tooMany("payloads", limit: OriginalMessage.countMax))
        #expect(fault(.pairs([])) == nil)
    }
}
