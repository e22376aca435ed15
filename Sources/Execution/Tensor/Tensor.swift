import CKernels

/// How a tensor lies in memory. The layout never changes a result.
public enum Layout: Hashable, Sendable {
    /// Dense, outermost axis first.
    case rowMajor
    /// A weight `[N, K]` in panels of 32 rows, as matrix products stream it (`ck_pack`).
    case panels
}

// SAFETY: the pointer and the type are immutable; element access follows the owner's phases (a session
// runs alone on its engine, and readers copy out between runs).
/// Numbers in memory of their own: 64-byte aligned, in huge pages where the system has them.
///
/// A tensor is shared by reference; who writes it while others read it must keep them apart.
public final class Tensor: @unchecked Sendable {
    /// Shape and element type.
    public let type: TensorType
    /// How it lies in memory.
    public let layout: Layout
    /// The first byte.
    public let base: UnsafeMutableRawPointer
    /// Bytes that are owned.
    public let byteCount: Int

    /// A zeroed tensor; running out of memory is a programmer error, since a plan knows the bytes before.
    public init(_ type: TensorType, layout: Layout = .rowMajor) {
        precondition(layout == .rowMajor || type.shape.rank == 2, "panels hold a matrix, not \(type)")
        self.type = type
        self.layout = layout
        byteCount = Tensor.byteCount(type, layout)
        guard let memory = ck_alloc(max(byteCount, 64)) else {
            preconditionFailure("no memory for \(byteCount) bytes")
        }
        base = memory
    }

    deinit { ck_free(base, max(byteCount, 64)) }

    /// Bytes that a tensor of this type and layout takes.
    public static func byteCount(_ type: TensorType, _ layout: Layout) -> Int {
        switch layout {
        case .rowMajor: type.byteCount
        case .panels:
            ck_packed_bytes(type.element.kernelType, type.shape[1], type.shape[0])
        }
    }

    /// A tensor of the given fp32 elements, row-major.
    public convenience init(_ elements: [Float], _ shape: Shape) {
        precondition(elements.count == shape.count, "\(elements.count) elements for \(shape)")
        self.init(TensorType(shape))
        elements.withUnsafeBytes {
            base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count)
        }
    }

    /// The fp32 elements of a dense tensor.
    public var floats: UnsafeMutableBufferPointer<Float> {
        precondition(type.element == .float32 && layout == .rowMajor, "\(type) is no dense fp32 tensor")
        return UnsafeMutableBufferPointer(
            start: base.assumingMemoryBound(to: Float.self), count: type.shape.count)
    }

    /// The elements of a dense int32 tensor.
    public var integers: UnsafeMutableBufferPointer<Int32> {
        precondition(type.element == .int32, "\(type) is no int32 tensor")
        return UnsafeMutableBufferPointer(
            start: base.assumingMemoryBound(to: Int32.self), count: type.shape.count)
    }

    /// All bytes, in the layout they lie in.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: byteCount) }

    /// A copy of the fp32 elements, row-major.
    public func array() -> [Float] { Array(floats) }

    /// Copies another tensor of the same type and layout into this one.
    public func copy(from other: Tensor) {
        precondition(type == other.type && layout == other.layout, "\(other.type) into \(type)")
        base.copyMemory(from: other.base, byteCount: byteCount)
    }
}

extension ElementType {
    /// The kernels' word for a floating-point element type.
    var kernelType: ck_dtype { self == .bfloat16 ? CK_BF16 : CK_F32 }
}
