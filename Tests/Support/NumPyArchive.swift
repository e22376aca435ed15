public import Foundation

/// The arrays of a NumPy `.npz` file.
public struct NumPyArchive {
    /// The arrays by name.
    public private(set) var arrays: [String: Array] = [:]

    /// One array, its elements widened to Double, row-major.
    public struct Array {
        /// Extents, outermost first.
        public let shape: [Int]
        /// The elements.
        public let elements: [Double]
    }

    /// An archive that cannot be read.
    public struct Malformed: Error { let reason: String }

    /// Reads every array of a file.
    public init(_ file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        var position = 0
        while position + 30 <= bytes.count, Self.integer(bytes, position, 4) == 0x0403_4b50 {
            let method = Self.integer(bytes, position + 8, 2)
            var size = Self.integer(bytes, position + 22, 4)
            let packed = Self.integer(bytes, position + 18, 4)
            let nameCount = Self.integer(bytes, position + 26, 2)
            let extraCount = Self.integer(bytes, position + 28, 2)
            let name = String(decoding: bytes[(position + 30)..<(position + 30 + nameCount)], as: UTF8.self)
            var packedSize = packed
            if size == 0xffff_ffff {
                // ZIP64: the sizes stand in the extra field, the unpacked one first.
                let extra = position + 30 + nameCount + 4
                size = Self.integer(bytes, extra, 8)
                packedSize = Self.integer(bytes, extra + 8, 8)
            }
            let start = position + 30 + nameCount + extraCount
            let content =
                method == 8
                ? try Inflate.bytes(bytes, from: start, count: size)
                : Swift.Array(bytes[start..<(start + size)])
            arrays[name.replacingOccurrences(of: ".npy", with: "")] = try Self.array(content)
            position = start + packedSize
        }
        guard !arrays.isEmpty else { throw Malformed(reason: "no arrays in \(file.lastPathComponent)") }
    }

    private static func integer(_ bytes: [UInt8], _ position: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
    }

    private static func array(_ bytes: [UInt8]) throws -> Array {
        let headerStart = bytes[6] == 1 ? 10 : 12
        let headerCount = integer(bytes, 8, headerStart - 8)
        let header = String(decoding: bytes[headerStart..<(headerStart + headerCount)], as: UTF8.self)
        guard let open = header.firstIndex(of: "("), let close = header.firstIndex(of: ")"),
            header.contains("'fortran_order': False")
        else { throw Malformed(reason: header) }
        let shape = header[header.index(after: open)..<close].split(separator: ",")
            .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        let count = shape.reduce(1, *), data = Swift.Array(bytes[(headerStart + headerCount)...])
        func elements<Number>(_ type: Number.Type, _ widen: (Number) -> Double) -> [Double] {
            data.withUnsafeBytes { raw in
                (0..<count).map {
                    widen(raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Number>.size, as: Number.self))
                }
            }
        }
        if header.contains("'<f4'") {
            return Array(shape: shape, elements: elements(Float.self) { Double($0) })
        }
        if header.contains("'<f8'") { return Array(shape: shape, elements: elements(Double.self) { $0 }) }
        if header.contains("'<i4'") {
            return Array(shape: shape, elements: elements(Int32.self) { Double($0) })
        }
        if header.contains("'<i8'") {
            return Array(shape: shape, elements: elements(Int64.self) { Double($0) })
        }
        throw Malformed(reason: header)
    }
}
