/// Stored numbers as fp32.
///
/// Every step is exact but the rounding of F64, so all machines agree.
enum Widening {
    /// Writes as many numbers as `target` holds; `bytes` has exactly theirs.
    static func widen(
        _ bytes: UnsafeRawBufferPointer, _ type: StoredType,
        into target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(
            type.byteCount(target.count) == bytes.count, "bytes and numbers belong together")
        switch type {
        case .f32:
            #if _endian(little)
            UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
            #else
            for index in target.indices {
                target[index] = Float(bitPattern: load(bytes, index * 4))
            }
            #endif
        case .f64:
            for index in target.indices {
                target[index] = Float(Double(bitPattern: load(bytes, index * 8)))
            }
        case .bf16:
            for index in target.indices { target[index] = bfloat(load(bytes, index * 2)) }
        case .f16:
            for index in target.indices { target[index] = half(load(bytes, index * 2)) }
        case .q8Blocks: blocks(bytes, type, target, q8)
        case .q4Blocks: blocks(bytes, type, target, q4)
        case .q4OffsetBlocks: blocks(bytes, type, target, q4Offset)
        case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool:
            preconditionFailure("\(type) is no weight; TensorSlice.read refuses it")
        }
    }

    private static func load<T: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int
    ) -> T {
        T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// BF16 is the upper half of fp32.
    static func bfloat(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

    /// Fp32 as BF16, to nearest, ties to even; NaN stays NaN.
    static func bfloatBits(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits + 0x7fff + (bits >> 16 & 1)) >> 16)
    }

    /// Half precision by integer arithmetic: no mode of the processor can flush its small numbers.
    static func half(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1f)
        var fraction = UInt32(bits & 0x3ff)
        switch exponent {
        case 31: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        case 0:
            guard fraction > 0 else { return Float(bitPattern: sign) }
            let shift = UInt32(fraction.leadingZeroBitCount) - 21
            fraction = fraction << shift & 0x3ff
            return Float(bitPattern: sign | (113 - shift) << 23 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }

    // MARK: Blocks of 32 (ggml)

    private static func blocks(
        _ bytes: UnsafeRawBufferPointer, _ type: StoredType,
        _ target: UnsafeMutableBufferPointer<Float>,
        _ block: (UnsafeRawBufferPointer, UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        for index in 0..<(target.count / 32) {
            let start = index * type.blockBytes
            block(
                UnsafeRawBufferPointer(rebasing: bytes[start..<(start + type.blockBytes)]),
                UnsafeMutableBufferPointer(rebasing: target[(index * 32)..<(index * 32 + 32)]))
        }
    }

    private static func q8(
        _ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableBufferPointer<Float>
    ) {
        let scale = half(load(bytes, 0))
        for index in 0..<32 {
            target[index] = Float(Int8(bitPattern: bytes[2 + index])) * scale
        }
    }

    private static func q4(
        _ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableBufferPointer<Float>
    ) {
        let scale = half(load(bytes, 0))
        for index in 0..<16 {
            let pair = bytes[2 + index]
            target[index] = Float(Int(pair & 15) - 8) * scale
            target[index + 16] = Float(Int(pair >> 4) - 8) * scale
        }
    }

    private static func q4Offset(
        _ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableBufferPointer<Float>
    ) {
        let scale = half(load(bytes, 0))
        let offset = half(load(bytes, 2))
        for index in 0..<16 {
            let pair = bytes[4 + index]
            // The product of 4 and 11 bits is exact, so a fused addition gives the same.
            target[index] = Float(pair & 15) * scale + offset
            target[index + 16] = Float(pair >> 4) * scale + offset
        }
    }
}
