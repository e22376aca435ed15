import Foundation

// TensorBoard's event file: a TFRecord for each event,
//     length (8 bytes) | masked CRC-32C of it | event | masked CRC-32C of it
// little-endian, and an event in protocol buffers:
//     1 wall time (double), 2 step (varint), 3 file version, 5 summary { 1 value { 1 tag, 2 number } }
// after tensorflow/core/util/event.proto, summary.proto and tensorflow/core/lib/hash/crc32c.h.

/// Scalars as TensorBoard reads them.
package struct TensorBoard {
    /// The bytes of the file so far.
    package private(set) var bytes: [UInt8] = []

    /// A file that begins at a time, in seconds since 1970.
    package init(time: Double) {
        append(Self.double(1, time) + Self.text(3, "brain.Event:2"))
    }

    /// Adds numbers of a step; those that are not finite are left out.
    package mutating func add(_ scalars: [(tag: String, value: Double)], step: Int, time: Double) {
        let values = scalars.filter { $0.value.isFinite }.flatMap { scalar -> [UInt8] in
            Self.message(1, Self.text(1, scalar.tag) + Self.float(2, Float(scalar.value)))
        }
        guard !values.isEmpty else { return }
        append(Self.double(1, time) + Self.varint(2, UInt64(max(0, step))) + Self.message(5, values))
    }

    /// Takes what was added since the last call, to be appended to the file.
    package mutating func drain() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private mutating func append(_ event: [UInt8]) {
        let length = Self.little(UInt64(event.count))
        bytes += length + Self.little(Self.masked(length)) + event + Self.little(Self.masked(event))
    }

    // MARK: Protocol buffers

    private static func varint(_ number: UInt64) -> [UInt8] {
        var left = number, bytes: [UInt8] = []
        repeat {
            bytes.append(UInt8(left & 0x7F) | (left > 0x7F ? 0x80 : 0))
            left >>= 7
        } while left > 0
        return bytes
    }
    private static func varint(_ field: UInt64, _ number: UInt64) -> [UInt8] {
        varint(field << 3) + varint(number)
    }
    private static func double(_ field: UInt64, _ number: Double) -> [UInt8] {
        varint(field << 3 | 1) + little(number.bitPattern)
    }
    private static func float(_ field: UInt64, _ number: Float) -> [UInt8] {
        varint(field << 3 | 5) + little(number.bitPattern)
    }
    private static func message(_ field: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }
    private static func text(_ field: UInt64, _ text: String) -> [UInt8] { message(field, Array(text.utf8)) }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    // MARK: CRC-32C

    /// Castagnoli's CRC (RFC 3720, appendix B.4).
    static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }
    }
    static func masked(_ bytes: [UInt8]) -> UInt32 {
        let crc = crc(bytes)
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
}
