/// How the numbers of a tensor are stored in a file.
public enum StoredType: String, Hashable, Sendable, CaseIterable {
    /// IEEE 754 double precision.
    case f64 = "F64"
    /// IEEE 754 single precision.
    case f32 = "F32"
    /// IEEE 754 half precision.
    case f16 = "F16"
    /// The upper half of single precision.
    case bf16 = "BF16"
    /// Signed, eight bytes.
    case i64 = "I64"
    /// Signed, four bytes.
    case i32 = "I32"
    /// Signed, two bytes.
    case i16 = "I16"
    /// Signed, one byte.
    case i8 = "I8"
    /// Unsigned, eight bytes.
    case u64 = "U64"
    /// Unsigned, four bytes.
    case u32 = "U32"
    /// Unsigned, two bytes.
    case u16 = "U16"
    /// Unsigned, one byte.
    case u8 = "U8"
    /// One byte, 0 or 1.
    case bool = "BOOL"
    /// GGUF blocks of 32: a half-precision scale and 8-bit integers.
    case q8Blocks = "Q8_0"
    /// GGUF blocks of 32: a half-precision scale and 4-bit integers around 8.
    case q4Blocks = "Q4_0"
    /// GGUF blocks of 32: a half-precision scale and offset, 4-bit integers from 0.
    case q4OffsetBlocks = "Q4_1"

    /// Numbers stored together.
    public var blockCount: Int {
        switch self {
        case .q8Blocks, .q4Blocks, .q4OffsetBlocks: 32
        default: 1
        }
    }

    /// Bytes of one block.
    public var blockBytes: Int {
        switch self {
        case .f64, .i64, .u64: 8
        case .f32, .i32, .u32: 4
        case .f16, .bf16, .i16, .u16: 2
        case .i8, .u8, .bool: 1
        case .q8Blocks: 34
        case .q4Blocks: 18
        case .q4OffsetBlocks: 20
        }
    }

    /// Whether a safetensors file may hold it.
    public var isPlain: Bool { blockCount == 1 }

    /// Whether it holds fractions that become fp32.
    public var isReal: Bool {
        switch self {
        case .f64, .f32, .f16, .bf16, .q8Blocks, .q4Blocks, .q4OffsetBlocks: true
        default: false
        }
    }

    /// Bytes of `count` numbers; nil if they make no whole blocks or too many bytes to count.
    func byteCount(_ count: Int) -> Int? {
        guard count.isMultiple(of: blockCount) else { return nil }
        let (bytes, overflow) = (count / blockCount).multipliedReportingOverflow(by: blockBytes)
        return overflow ? nil : bytes
    }
}

/// The number of elements of a shape; nil if a size is negative or the product too large.
func elementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard size >= 0, !overflow else { return nil }
        count = product
    }
    return count
}
