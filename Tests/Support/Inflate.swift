/// Raw DEFLATE (RFC 1951), enough to read test archives.
struct Inflate {
    private let input: [UInt8]
    private var position: Int
    private var bits: UInt32 = 0
    private var bitCount = 0
    private(set) var output: [UInt8] = []

    /// A stream that is not DEFLATE.
    struct Malformed: Error {}

    init(_ input: [UInt8], from position: Int) {
        self.input = input
        self.position = position
    }

    /// Everything the stream holds.
    static func bytes(_ input: [UInt8], from position: Int, count: Int) throws -> [UInt8] {
        var stream = Inflate(input, from: position)
        stream.output.reserveCapacity(count)
        while try !stream.block() {}
        guard stream.output.count == count else { throw Malformed() }
        return stream.output
    }

    private mutating func read(_ count: Int) throws -> Int {
        while bitCount < count {
            guard position < input.count else { throw Malformed() }
            bits |= UInt32(input[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        defer {
            bits >>= UInt32(count)
            bitCount -= count
        }
        return Int(bits & ((1 << UInt32(count)) - 1))
    }

    /// One block; whether it was the last.
    private mutating func block() throws -> Bool {
        let last = try read(1) == 1
        switch try read(2) {
        case 0: try stored()
        case 1:
            let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
            try compressed(Codes(lengths), Codes(Array(repeating: 5, count: 30)))
        case 2:
            let (literals, distances) = try tables()
            try compressed(literals, distances)
        default: throw Malformed()
        }
        return last
    }

    private mutating func stored() throws {
        bits = 0
        bitCount = 0
        let count = try read(16)
        _ = try read(16)
        for _ in 0..<count { output.append(UInt8(try read(8))) }
    }

    /// Canonical Huffman codes: how many of each length, and the symbols in order.
    private struct Codes {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        init(_ lengths: [Int]) {
            for length in lengths where length > 0 { counts[length] += 1 }
            for length in 1..<16 {
                symbols += lengths.indices.filter { lengths[$0] == length }
            }
        }
    }

    private mutating func symbol(_ codes: Codes) throws -> Int {
        var code = 0, first = 0, index = 0
        for length in 1..<16 {
            code |= try read(1)
            let count = codes.counts[length]
            if code - count < first { return codes.symbols[index + code - first] }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        throw Malformed()
    }

    private mutating func tables() throws -> (Codes, Codes) {
        let literals = try read(5) + 257, distances = try read(5) + 1, used = try read(4) + 4
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<used { lengths[order[index]] = try read(3) }
        let codes = Codes(lengths)
        var all: [Int] = []
        while all.count < literals + distances {
            switch try symbol(codes) {
            case 16:
                guard let last = all.last else { throw Malformed() }
                all += Array(repeating: last, count: try read(2) + 3)
            case 17: all += Array(repeating: 0, count: try read(3) + 3)
            case 18: all += Array(repeating: 0, count: try read(7) + 11)
            case let length: all.append(length)
            }
        }
        return (Codes(Array(all.prefix(literals))), Codes(Array(all.dropFirst(literals))))
    }

    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
        163, 195, 227, 258,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
        3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]

    private mutating func compressed(_ literals: Codes, _ distances: Codes) throws {
        while true {
            let symbol = try symbol(literals)
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol - 257 < Self.lengthBase.count else { throw Malformed() }
            let extra = symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4
            let length = Self.lengthBase[symbol - 257] + (try read(extra))
            let far = try self.symbol(distances)
            let distance = Self.distanceBase[far] + (try read(far < 4 ? 0 : (far - 2) / 2))
            guard distance <= output.count else { throw Malformed() }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }
}
