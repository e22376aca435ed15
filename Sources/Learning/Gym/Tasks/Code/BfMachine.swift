/// Runs a program: cells hold 8 bits and wrap, the tape has 30,000 of them.
///
/// Loops that only add multiples of a cell to others are done in one step, for most of a generated
/// program is copying numbers by ones.
struct BfMachine {
    /// Fifty times what a generated program takes that ends at all: it has one number of 8 bits as
    /// its state, so it repeats itself after 256 rounds of a few thousand steps.
    static let stepsMax = 50_000_000
    private static let tapeSize = 30_000

    private enum Step {
        case move(Int)
        case add(UInt8)
        case print
        /// Go to the step after the partner where the cell is zero.
        case open(Int)
        /// Go back to the step after the partner where the cell is not zero.
        case close(Int)
        /// Add multiples of this cell to others, reaching so far to each side; then clear it.
        case spread([(offset: Int, factor: UInt8)], reach: ClosedRange<Int>)
    }

    private var steps: [Step] = []

    /// What the program prints, each byte as one code point; nil where it leaves the tape, has a
    /// bracket without a partner, asks for input or does not end.
    static func run(_ program: String) -> String? {
        BfMachine(Array(program.utf8))?.run()
    }

    private init?(_ code: [UInt8]) {
        var open: [Int] = []
        var i = 0
        while i < code.count {
            let byte = code[i]
            i += 1
            switch byte {
            case UInt8(ascii: ">"): append(move: 1)
            case UInt8(ascii: "<"): append(move: -1)
            case UInt8(ascii: "+"): append(add: 1)
            case UInt8(ascii: "-"): append(add: .max)
            case UInt8(ascii: "."): steps.append(.print)
            case UInt8(ascii: ","): return nil
            case UInt8(ascii: "["):
                if let end = code[i...].firstIndex(of: UInt8(ascii: "]")),
                    let spread = Self.spread(code[i..<end])
                {
                    steps.append(spread)
                    i = end + 1
                } else {
                    open.append(steps.count)
                    steps.append(.open(0))
                }
            case UInt8(ascii: "]"):
                guard let start = open.popLast() else { return nil }
                steps[start] = .open(steps.count)
                steps.append(.close(start))
            default: break
            }
        }
        if !open.isEmpty { return nil }
    }

    private mutating func append(move distance: Int) {
        if case .move(let before) = steps.last {
            steps[steps.count - 1] = .move(before + distance)
        } else {
            steps.append(.move(distance))
        }
    }

    private mutating func append(add amount: UInt8) {
        if case .add(let before) = steps.last {
            steps[steps.count - 1] = .add(before &+ amount)
        } else {
            steps.append(.add(amount))
        }
    }

    /// The body of a loop as one step, where it takes one from its cell and comes back to it.
    private static func spread(_ body: ArraySlice<UInt8>) -> Step? {
        var changes: [Int: UInt8] = [:]
        var (cell, low, high) = (0, 0, 0)
        for byte in body {
            switch byte {
            case UInt8(ascii: ">"): cell += 1
            case UInt8(ascii: "<"): cell -= 1
            case UInt8(ascii: "+"): changes[cell, default: 0] &+= 1
            case UInt8(ascii: "-"): changes[cell, default: 0] &-= 1
            default: return nil
            }
            (low, high) = (min(low, cell), max(high, cell))
        }
        guard cell == 0, changes[0] == .max else { return nil }
        changes[0] = nil
        let sorted = changes.sorted { $0.key < $1.key }
        return .spread(sorted.map { ($0.key, $0.value) }, reach: low...high)
    }

    private func run() -> String? {
        var tape = [UInt8](repeating: 0, count: Self.tapeSize)
        var (cell, position) = (0, 0)
        var output = ""
        for _ in 0..<Self.stepsMax {
            if position == steps.count { return output }
            switch steps[position] {
            case .move(let distance):
                cell += distance
                guard tape.indices.contains(cell) else { return nil }
            case .add(let amount): tape[cell] &+= amount
            case .print: output.unicodeScalars.append(Unicode.Scalar(tape[cell]))
            case .open(let partner): if tape[cell] == 0 { position = partner }
            case .close(let partner): if tape[cell] != 0 { position = partner }
            case .spread(let changes, let reach):
                let count = tape[cell]
                if count == 0 { break }
                guard cell + reach.lowerBound >= 0, cell + reach.upperBound < tape.count else {
                    return nil
                }
                for change in changes { tape[cell + change.offset] &+= change.factor &* count }
                tape[cell] = 0
            }
            position += 1
        }
        return nil
    }
}
