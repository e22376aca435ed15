/// CPython's `set`, as far as it shows: the order in which it gives back what was added to it.
///
/// The order is part of a task format wherever a task draws from a set or writes one down. It is
/// the same in every run for numbers and tuples of numbers; only texts are salted.
enum PythonSet {
    /// `hash` of a tuple of small numbers that are not negative: xxHash over their own hashes.
    static func hash(ofTuple numbers: [Int]) -> Int {
        let (first, second, last): (UInt, UInt, UInt) = (
            11_400_714_785_074_694_791, 14_029_467_366_897_019_727, 2_870_177_450_012_600_261
        )
        var sum = last
        for number in numbers {
            sum &+= UInt(bitPattern: number) &* second
            sum = (sum << 31 | sum >> 33) &* first
        }
        sum &+= UInt(numbers.count) ^ (last ^ 3_527_539)
        return sum == .max ? 1_546_275_796 : Int(bitPattern: sum)
    }

    /// `list(set(items))` for items added one by one.
    static func ordered<Item: Hashable>(_ items: [Item], hash: (Item) -> Int) -> [Item] {
        var table = [Slot<Item>?](repeating: nil, count: 8)
        var seen: Set<Item> = []
        for item in items where seen.insert(item).inserted {
            place(Slot(item: item, hash: UInt(bitPattern: hash(item))), in: &table)
            if seen.count * 5 >= (table.count - 1) * 3 { grow(&table, count: seen.count) }
        }
        return table.compactMap { $0?.item }
    }

    private struct Slot<Item> {
        var item: Item
        var hash: UInt
    }

    /// Looks at ten neighbours where the table does not end before, then jumps by the hash.
    private static func place<Item>(_ slot: Slot<Item>, in table: inout [Slot<Item>?]) {
        let mask = UInt(table.count - 1)
        var i = slot.hash & mask
        var perturb = slot.hash
        while true {
            let neighbours: UInt = i + 9 <= mask ? 9 : 0
            for j in i...(i + neighbours) where table[Int(j)] == nil {
                table[Int(j)] = slot
                return
            }
            perturb >>= 5
            i = (i &* 5 &+ 1 &+ perturb) & mask
        }
    }

    private static func grow<Item>(_ table: inout [Slot<Item>?], count: Int) {
        let wanted = count > 50_000 ? count * 2 : count * 4
        var size = 8
        while size <= wanted { size *= 2 }
        let old = table
        table = Array(repeating: nil, count: size)
        for case let slot? in old { place(slot, in: &table) }
    }
}
