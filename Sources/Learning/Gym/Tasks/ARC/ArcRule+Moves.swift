// Rules that move cells: shifts, gravity, and blocks that go to a dot.

extension ArcRule {
    /// One colour, or a colour for each cell.
    private static func block(_ random: inout PythonRandom, _ size: Int, solid: Bool) -> [Int] {
        if solid { return Array(repeating: random.randint(1, 9), count: size) }
        return (0..<size).map { _ in random.randint(1, 9) }
    }

    static func move(_ random: inout PythonRandom, _ size: Int, by shift: Int, solid: Bool)
        -> Rows?
    {
        if size <= shift + 1 { return nil }
        let width = random.randint(1, size - shift - 1)
        let position = random.randint(0, size - width - shift)
        let block = block(&random, width, solid: solid)
        var (input, output) = ([Int](row: size), [Int](row: size))
        input.write(block, at: position)
        output.write(block, at: position + shift)
        return Rows(input: input, output: output)
    }

    static func moveWrapped(_ random: inout PythonRandom, _ size: Int, by shift: Int, solid: Bool)
        -> Rows?
    {
        let width = random.randint(1, size)
        let position = random.randint(0, size - 1)
        let block = block(&random, width, solid: solid)
        var (input, output) = ([Int](row: size), [Int](row: size))
        for (i, colour) in block.enumerated() {
            input[(position + i) % size] = colour
            output[(position + shift + i) % size] = colour
        }
        return Rows(input: input, output: output)
    }

    /// A row half full of colours up to `most`.
    private static func scattered(_ random: inout PythonRandom, _ size: Int, most: Int) -> [Int] {
        (0..<size).map { _ in random.random() < 0.5 ? random.randint(1, most) : 0 }
    }

    @Sendable static func gravity(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let input = scattered(&random, size, most: 9)
        let solid = input.filter { $0 != 0 }
        return Rows(input: input, output: solid + [Int](row: size - solid.count))
    }

    @Sendable static func gravityCounting(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let input = scattered(&random, size, most: 9)
        let count = input.count { $0 != 0 }
        return Rows(input: input, output: (0..<size).map { $0 < count ? 1 : 0 })
    }

    @Sendable static func gravityAntigravity(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let input = scattered(&random, size, most: 2)
        let (ones, twos) = (input.count { $0 == 1 }, input.count { $0 == 2 })
        return Rows(
            input: input, output: (0..<size).map { $0 < twos ? 2 : $0 >= size - ones ? 1 : 0 })
    }

    @Sendable static func gravityWeighted(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let input = scattered(&random, size, most: 2)
        let (ones, twos) = (input.count { $0 == 1 }, input.count { $0 == 2 })
        return Rows(
            input: input, output: (0..<size).map { $0 < twos ? 2 : $0 < twos + ones ? 1 : 0 })
    }

    @Sendable static func gravityOneStep(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let input = scattered(&random, size, most: 9)
        var output = input
        for i in 1..<size where output[i] != 0 && output[i - 1] == 0 { output.swapAt(i, i - 1) }
        return Rows(input: input, output: output)
    }

    @Sendable static func moveByOwnSize(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let width = random.randint(1, size / 2)
        let position = random.randint(0, size - width * 2)
        let colour = random.randint(1, 9)
        var (input, output) = ([Int](row: size), [Int](row: size))
        input.paint(colour, at: position, count: width)
        output.paint(colour, at: position + width, count: width)
        return Rows(input: input, output: output)
    }

    // MARK: A block and a dot

    /// A block on one side of a dot.
    private struct Meeting {
        var dot: Int
        var start: Int
        var width: Int
        var onLeft: Bool
    }

    /// Draws a dot and a block beside it, on the left or the right where both fit.
    private static func meeting(_ random: inout PythonRandom, _ size: Int) -> Meeting? {
        let width = random.randint(1, size - 1)
        let dot = random.randint(0, size - 1)
        let (left, right) = (dot >= width, dot + width < size)
        if !left && !right { return nil }
        let onLeft = left && right ? random.choice([true, false]) : left
        let start = onLeft ? random.randint(0, dot - width) : random.randint(dot + 1, size - width)
        return Meeting(dot: dot, start: start, width: width, onLeft: onLeft)
    }

    /// The dot first, the block over it.
    private static func row(
        _ size: Int, _ dot: Int, _ dotColour: Int, _ start: Int, _ width: Int,
        _ colour: Int
    ) -> [Int] {
        var row = [Int](row: size)
        row[dot] = dotColour
        row.paint(colour, at: start, count: width)
        return row
    }

    @Sendable static func touchDot(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let colour = random.randint(2, 9)
        guard let m = meeting(&random, size) else { return nil }
        let end = m.onLeft ? m.dot - m.width : m.dot + 1
        return Rows(
            input: row(size, m.dot, 1, m.start, m.width, colour),
            output: row(size, m.dot, 1, end, m.width, colour))
    }

    static func approachDot(_ random: inout PythonRandom, _ size: Int, by shift: Int) -> Rows? {
        let colour = random.randint(3, 9)
        guard let m = meeting(&random, size) else { return nil }
        let end =
            m.onLeft
            ? m.start + min(m.dot - m.width - m.start, shift)
            : m.start - min(m.start - m.dot - 1, shift)
        return Rows(
            input: row(size, m.dot, 2, m.start, m.width, colour),
            output: row(size, m.dot, 2, end, m.width, colour))
    }

    @Sendable static func scaleToDot(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let colour = random.randint(3, 9)
        guard let m = meeting(&random, size) else { return nil }
        let grown = m.onLeft ? m.dot - m.start + 1 : m.start + m.width - m.dot
        return Rows(
            input: row(size, m.dot, 2, m.start, m.width, colour),
            output: row(size, m.dot, 2, m.onLeft ? m.start : m.dot, grown, colour))
    }

    @Sendable static func reflectAroundDot(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let dot = random.randint(0, size - 1)
        let width = random.randint(1, size - 1)
        let start = random.randint(0, size - width)
        let end = start + width - 1
        if end >= dot && start <= dot { return nil }
        let colour = random.randint(3, 9)
        let mirrored = 2 * dot - end
        if mirrored < 0 || 2 * dot - start >= size { return nil }
        return Rows(
            input: row(size, dot, 2, start, width, colour),
            output: row(size, dot, 2, mirrored, width, colour))
    }
}
