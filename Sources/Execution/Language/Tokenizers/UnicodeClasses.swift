/// What kind a character is for pre-tokenizers.
struct UnicodeClasses: Sendable {
    /// Bits of one character.
    struct Bits: OptionSet, Sendable {
        let rawValue: UInt8
        static let letter = Bits(rawValue: 1)
        static let number = Bits(rawValue: 2)
        static let blank = Bits(rawValue: 4)
        static let digit = Bits(rawValue: 8)
    }

    /// One byte for each code point: a lookup is a load, whatever the script.
    private var table = [UInt8](repeating: 0, count: 0x110000)

    static let shared = UnicodeClasses()

    private init() {
        for (text, bit) in [
            (UnicodeTables.letters, Bits.letter), (UnicodeTables.numbers, .number),
            (UnicodeTables.blanks, .blank), (UnicodeTables.digits, .digit),
        ] {
            table.withUnsafeMutableBufferPointer { table in
                for range in Self.ranges(text) {
                    for point in range { table[Int(point)] |= bit.rawValue }
                }
            }
        }
    }

    subscript(scalar: UInt32) -> Bits { Bits(rawValue: table[Int(scalar)]) }

    /// Reads "41-5a aa": hexadecimal code points and ranges of them.
    static func ranges(_ text: some StringProtocol) -> [ClosedRange<UInt32>] {
        text.split(separator: " ").map { entry in
            let ends = entry.split(separator: "-").map { UInt32($0, radix: 16) }
            guard let first = ends.first, let low = first, let last = ends.last, let high = last
            else {
                preconditionFailure("the generated table has hexadecimal entries only")
            }
            return low...high
        }
    }
}
