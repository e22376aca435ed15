// Rules on blocks: which is biggest, what colour each gets, in which order they stand.

extension ArcRule {
    private typealias Block = (position: Int, width: Int)

    @Sendable static func changeToFive(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let input = (0..<size).map { _ in random.random() < 0.5 ? random.randint(1, 9) : 0 }
        return Rows(input: input, output: input.map { $0 == 0 ? 0 : 5 })
    }

    @Sendable static func paintBiggest(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let colour = random.randint(2, 9)
        var blocks: [Block] = []
        var position = 0
        while position < size {
            if random.random() < 0.4, size - position >= 2 {
                blocks.append((position, random.randint(2, min(size - position, 6))))
                position += blocks[blocks.count - 1].width
            }
            position += 1
        }
        guard blocks.count >= 2, let most = blocks.map(\.width).max() else { return nil }
        let biggest = blocks.filter { $0.width == most }
        if biggest.count > 1 { return nil }
        var input = [Int](row: size)
        for block in blocks { input.paint(colour, at: block.position, count: block.width) }
        var output = input
        output.paint(1, at: biggest[0].position, count: most)
        return Rows(input: input, output: output)
    }

    @Sendable static func sortBySize(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let colour = random.randint(1, 9)
        var blocks: [Block] = []
        var position = 0
        while position < size {
            if random.random() < 0.4, size - position >= 2 {
                let width = random.randint(1, min(size - position, 6))
                blocks.append((position, width))
                position += width + random.randint(1, 4)
            } else {
                position += 1
            }
        }
        let space = blocks.reduce(0) { $0 + $1.width } + blocks.count - 1
        if blocks.count < 2 || space > size { return nil }
        var (input, output) = ([Int](row: size), [Int](row: size))
        for block in blocks { input.paint(colour, at: block.position, count: block.width) }
        paintRow(&output, blocks.map(\.width).sorted(), colour)
        return Rows(input: input, output: output)
    }

    /// Blocks from the left with one black cell between them.
    private static func paintRow(_ row: inout [Int], _ widths: [Int], _ colour: Int) {
        var position = 0
        for width in widths {
            row.paint(colour, at: position, count: width)
            position += width + 1
        }
    }

    @Sendable static func sortSequence(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        var most = 1
        var space = 0
        while space + most + 1 <= size {
            space += most + 1
            most += 1
        }
        most -= 1
        if most < 2 { return nil }
        let colour = random.randint(1, 9)
        var widths = Array(1...most)
        random.shuffle(&widths)
        var (input, output) = ([Int](row: size), [Int](row: size))
        paintRow(&input, widths, colour)
        paintRow(&output, Array(1...most), colour)
        return Rows(input: input, output: output)
    }

    @Sendable static func recolourBySize(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let first = random.randint(2, 8)
        var second = first
        while second == first { second = random.randint(2, 8) }
        if first + second + 1 > size { return nil }
        let a = random.randint(0, size - (first + second + 1))
        let b = random.randint(a + first + 1, size - second)
        var (input, output) = ([Int](row: size), [Int](row: size))
        input.paint(3, at: a, count: first)
        input.paint(3, at: b, count: second)
        output.paint(first > second ? 1 : 2, at: a, count: first)
        output.paint(first > second ? 2 : 1, at: b, count: second)
        return Rows(input: input, output: output)
    }

    @Sendable static func recolourFromPalette(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let width = random.randint(2, 4)
        var blocks: [Int] = []
        var position = 0
        while position + width <= size {
            if random.random() < 0.4 {
                blocks.append(position)
                position += width
            }
            position += 1
        }
        // The palette stands at the left, so blocks at the right may have to go.
        while let last = blocks.last, last + width + blocks.count + 1 >= size {
            blocks.removeLast()
        }
        if blocks.isEmpty { return nil }
        let palette = blocks.count
        var colours: [Int] = []
        for _ in blocks {
            // Nine colours cannot colour a tenth block; the original looks for one for ever.
            if colours.count == 9 { return nil }
            var colour: Int
            repeat { colour = random.randint(1, 9) } while colours.contains(colour)
            colours.append(colour)
        }
        var input = [Int](row: size)
        input.write(colours, at: 0)
        var output = input
        for (block, colour) in zip(blocks, colours) {
            input.paint(5, at: block + palette + 1, count: width)
            output.paint(colour, at: block + palette + 1, count: width)
        }
        return Rows(input: input, output: output)
    }

    @Sendable static func colourLeftHalf(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        var blocks: [Block] = []
        var position = 0
        while position < size {
            if random.random() < 0.4 {
                let width = random.randint(2, size / 2)
                if position + width > size { break }
                blocks.append((position, width))
                position += width
            }
            position += 1
        }
        if blocks.count < 2 { return nil }
        var input = [Int](row: size)
        for block in blocks { input.paint(2, at: block.position, count: block.width) }
        var output = input
        for block in blocks { output.paint(8, at: block.position, count: block.width / 2) }
        return Rows(input: input, output: output)
    }

    @Sendable static func markPairs(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        if size < 8 { return nil }
        // A width of 0 stands for one more black cell.
        var widths = [2]
        var position = 4
        while position < size {
            if random.random() < 0.4 {
                let width = random.randint(1, 3)
                if position + width <= size { widths.append(width) }
                position += width + 2
            } else {
                widths.append(0)
                position += 1
            }
        }
        random.shuffle(&widths)
        var blocks: [Block] = []
        position = 0
        for width in widths {
            if width > 0 { blocks.append((position, width)) }
            position += width > 0 ? width + 2 : 1
        }
        var input = [Int](row: size)
        for block in blocks {
            let colour = random.randint(1, 8)
            input.paint(colour >= 3 ? colour + 1 : colour, at: block.position, count: block.width)
        }
        var output = input
        for block in blocks where block.width == 2 {
            if block.position > 0 { output[block.position - 1] = 3 }
            if block.position + 2 < size { output[block.position + 2] = 3 }
        }
        return Rows(input: input, output: output)
    }
}
