/// Writes programs of the `bf` task in the form that its compiler gives them.
///
/// The compiler is a stack machine: cell 0 takes the value that `main` returns, variables come
/// next, and expressions are worked out in the cells behind them. Only the statements that the task
/// uses are here; their exact wording, detours included, is the task format.
struct BfCode {
    private var text = ""
    /// Variables in front of the free cell: acc, target, x, y.
    private static let acc = 1
    private static let target = 2
    private static let x = 3
    private static let y = 4
    private static let free = 5

    /// The whole program.
    func finished() -> String { text }

    private static func right(_ count: Int) -> String { String(repeating: ">", count: count) }
    private static func left(_ count: Int) -> String { String(repeating: "<", count: count) }

    // MARK: Numbers

    /// Changes the current cell by `difference`: one by one, or by a loop over the next cell where
    /// that is shorter.
    private static func change(by difference: Int, clearingNext: Bool) -> String {
        let sign = difference > 0 ? "+" : "-"
        let amount = abs(difference)
        let (a, b, c) = factors(of: amount)
        var loop = ">" + (clearingNext ? "[-]" : "") + String(repeating: "+", count: a)
        loop += "[<" + String(repeating: sign, count: b) + ">-]<"
        loop += String(repeating: (difference < 0 ? -c : c) > 0 ? "+" : "-", count: abs(c))
        return amount > loop.utf8.count ? loop : String(repeating: sign, count: amount)
    }

    /// a, b and c with a·b + c = amount, |a| + |b| + |c| least along a walk from both ends.
    private static func factors(of amount: Int) -> (Int, Int, Int) {
        var best = (amount, 1, 0)
        var least = amount + 1
        var (low, high) = (1, amount / 2 - 1)
        while high >= low {
            let (a, b) = (low + 1, high + 1)
            let c = amount - a * b
            if a + b + abs(c) < least {
                best = (a, b, c)
                least = a + b + abs(c)
            }
            if a * b > amount { high -= 1 } else { low += 1 }
        }
        return best
    }

    // MARK: Statements

    /// `print("…")` as the only statement.
    mutating func printText(_ word: String) {
        text += ">[-]>[-]<"
        var before = 0
        for byte in word.utf8 {
            text += Self.change(by: Int(byte) - before, clearingNext: false) + "."
            before = Int(byte)
        }
        text += "<"
    }

    /// A literal in the free cell; the pointer moves behind it.
    private static func push(_ value: Int) -> String {
        "[-]" + change(by: value, clearingNext: true) + ">"
    }

    /// A copy of a variable in the cell at `top`; the pointer moves behind it.
    private static func load(_ variable: Int, top: Int) -> String {
        let distance = top - variable
        let (there, back) = (left(distance + 1), right(distance + 1))
        return "[-]>[-]\(there)[\(right(distance))+>+\(there)-]\(back)[\(there)+\(back)-]"
    }

    /// Assigns the value before the pointer, which is at `top`, to a variable, and drops it.
    private static func store(_ variable: Int, top: Int) -> String {
        let distance = top - 1 - variable
        let (there, back) = (left(distance + 1), right(distance))
        return "<>[-]\(there)[-]\(back)[>+\(there)+\(back)-]>[<+>-]<><"
    }

    /// Adds the two values before the pointer.
    private static let add = "<<>[<+>-]"
    /// Whether the second value from the top is below the first.
    private static let isLess =
        "<<>>[-]>[-]<<[>[-]<<[>>+>+<<<-]>>[<<+>>-]+>[[-]<-<<->>>]<<-]<[-]>>[<<+>>-]<<"
    /// Whether it is above.
    private static let isGreater =
        "<<>>[-]>[-]<<<[>>[-]<[>+>+<<-]>[<+>-]+>[[-]<-<->>]<<<-]>>[<<+>>-]<<"

    private static func addTo(_ variable: Int, _ other: Int, top: Int) -> String {
        load(variable, top: top) + load(other, top: top + 1) + add + store(variable, top: top + 1)
    }

    /// Adds x, and y as well (above a border where there is one), until a target is reached.
    mutating func sumLoop(x: Int, y: Int, target: Int, border: Int?) {
        let (top, acc) = (Self.free, Self.acc)
        text += Self.right(top)
        for (variable, value) in [(acc, 0), (Self.target, target), (Self.x, x), (Self.y, y)] {
            text += Self.push(value) + Self.store(variable, top: top + 1)
        }
        let condition =
            Self.load(acc, top: top) + Self.load(Self.target, top: top + 1) + Self.isLess
        text += condition + "[" + Self.addTo(acc, Self.x, top: top)
        if let border {
            // The condition and a flag for a missing else stay below the body.
            let inner = top + 2
            text += Self.load(acc, top: top) + Self.push(border) + Self.isGreater
            text += "[>>" + Self.addTo(acc, Self.y, top: inner) + "<<[-]]"
        } else {
            text += Self.addTo(acc, Self.y, top: top)
        }
        text += condition + "]"
        text += "[-]>" + Self.load(acc, top: top + 1) + "<<" + Self.printNumber + "<<<<<"
    }

    /// Prints the value of the cell after the pointer in decimal digits, without leading zeros.
    private static let printNumber =
        ">>[-]>[-]>[-]>[-]>[-]>[-]>[-]>[-]<<<<<<<<"
        + ">++++++++++<[->-[>+>>]>[+[<+>-]>+>>]<<<<<]>[-]>>"
        + ">++++++++++<[->-[>+>>]>[+[<+>-]>+>>]<<<<<]>[-]>>"
        + "[>++++++[<++++++++>-]<.<<+>+>[-]]<[<[>-<-]++++++[>++++++++<-]>.[-]]"
        + "<<++++++[<++++++++>-]<.[-]<<<><"
}
