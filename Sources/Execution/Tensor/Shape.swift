/// The extent of each axis, outermost first. A shape without axes holds one element.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    /// Extents, outermost axis first, each at least 1.
    public let dimensions: [Int]

    /// The largest element count a tensor may have; products stay far from overflow.
    public static let elementsMax = 1 << 40
    /// The largest number of axes.
    public static let rankMax = 8

    /// A shape of the given extents; extents below 1 are a programmer error.
    public init(_ dimensions: [Int]) {
        precondition(
            dimensions.allSatisfy { $0 >= 1 } && dimensions.count <= Shape.rankMax,
            "a shape has up to \(Shape.rankMax) axes of at least 1, not \(dimensions)")
        self.dimensions = dimensions
    }

    /// A shape of foreign extents, or nil if an extent is below 1 or the tensor would be too large.
    public init?(checking dimensions: [Int]) {
        guard dimensions.count <= Shape.rankMax else { return nil }
        var count = 1
        for extent in dimensions {
            guard extent >= 1, extent <= Shape.elementsMax / count else { return nil }
            count *= extent
        }
        self.dimensions = dimensions
    }

    /// A shape of the given extents.
    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// The number of axes.
    public var rank: Int { dimensions.count }
    /// The number of elements.
    public var count: Int { dimensions.reduce(1, *) }
    /// The extent of the innermost axis, 1 for a scalar.
    public var last: Int { dimensions.last ?? 1 }
    /// The number of rows: all axes but the innermost.
    public var rows: Int { count / last }
    /// The extent of one axis.
    public subscript(axis: Int) -> Int { dimensions[axis] }

    /// The extents as `[2, 3]`.
    public var description: String { "\(dimensions)" }
}

/// What one element is.
public enum ElementType: UInt8, Hashable, Sendable, CaseIterable {
    /// IEEE 754 binary32, subnormals kept.
    case float32 = 0
    /// The high half of binary32, |x| < 2^-56 stored as +0.
    case bfloat16 = 1
    /// Token ids, positions, row numbers.
    case int32 = 2

    /// Bytes per element.
    public var byteCount: Int { self == .bfloat16 ? 2 : 4 }
}

/// The type of a tensor: its shape and what its elements are.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
    /// The extents.
    public let shape: Shape
    /// What one element is.
    public let element: ElementType

    /// A tensor type; fp32 unless said.
    public init(_ shape: Shape, _ element: ElementType = .float32) {
        self.shape = shape
        self.element = element
    }

    /// Bytes of the dense row-major tensor.
    public var byteCount: Int { shape.count * element.byteCount }

    /// The type as `float32[2, 3]`.
    public var description: String { "\(element)\(shape)" }
}

/// Shapes or element types that an operator cannot take.
public struct ShapeError: Error, Hashable, CustomStringConvertible {
    /// The operator's name.
    public let operatorName: String
    /// What does not fit, and what would.
    public let message: String

    /// The error as one line.
    public var description: String { "\(operatorName): \(message)" }
}
