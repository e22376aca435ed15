/// Writes messages of Protocol Buffers, field by field (protobuf.dev/programming-guides/encoding).
///
/// Fields are written in the order of the calls. Writing them by ascending number, each once, gives one
/// form for each message, as signed messages need.
public struct ProtobufWriter: Sendable {
    /// What is written so far.
    public private(set) var bytes: [UInt8] = []

    /// A message without fields.
    public init() {}

    /// A message that `fill` writes.
    public static func message(_ fill: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        fill(&writer)
        return writer.bytes
    }

    /// A whole number, an enumeration's or a truth value.
    public mutating func varint(_ number: Int, _ value: UInt64) {
        tag(number, .varint)
        Varint.append(value, to: &bytes)
    }

    /// A truth value.
    public mutating func flag(_ number: Int, _ value: Bool) { varint(number, value ? 1 : 0) }

    /// Bytes.
    public mutating func data(_ number: Int, _ value: some Collection<UInt8>) {
        tag(number, .delimited)
        Varint.append(UInt64(value.count), to: &bytes)
        bytes.append(contentsOf: value)
    }

    /// Text, as UTF-8.
    public mutating func text(_ number: Int, _ value: String) { data(number, Array(value.utf8)) }

    /// A message within.
    public mutating func message(_ number: Int, _ fill: (inout ProtobufWriter) -> Void) {
        data(number, Self.message(fill))
    }

    /// Eight bytes, little-endian.
    public mutating func fixed64(_ number: Int, _ value: UInt64) {
        tag(number, .fixed64)
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// A number of eight bytes (IEEE 754).
    public mutating func double(_ number: Int, _ value: Double) { fixed64(number, value.bitPattern) }

    private mutating func tag(_ number: Int, _ type: ProtobufWireType) {
        precondition((1...ProtobufReader.fieldNumberMax).contains(number), "\(number) numbers no field")
        Varint.append(UInt64(number) << 3 | UInt64(type.rawValue), to: &bytes)
    }
}
