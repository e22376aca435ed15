import Testing

@testable import Dashboard

@Suite struct `TensorBoard's file` {
    @Test func `has the checksum of the standard`() {
        // RFC 3720, appendix B.4.
        #expect(TensorBoard.crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(TensorBoard.crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(TensorBoard.crc((0..<32).map(UInt8.init)) == 0x46DD_794E)
    }

    @Test func `is records of events`() {
        var file = TensorBoard(time: 1)
        let head = file.drain()
        // 8 + 4 bytes before and 4 after: double of field 1, text of field 3.
        #expect(head.count == 16 + 9 + 15 && Array(head[12..<21]) == [9, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
        #expect(Array(head[21..<23]) == [0x1A, 13] && Array(head[23..<36]) == Array("brain.Event:2".utf8))
        file.add([("reward", 0.5), ("loss", .nan)], step: 300, time: 2)
        let event = file.drain()
        let summary: [UInt8] = [0x2A, 15, 0x0A, 13, 0x0A, 6] + Array("reward".utf8) + [0x15, 0, 0, 0, 0x3F]
        #expect(
            Array(event[12..<event.count - 4]) == [9, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 0xAC, 2] + summary)
        file.add([("loss", .infinity)], step: 301, time: 3)
        #expect(file.bytes.isEmpty)
    }
}
