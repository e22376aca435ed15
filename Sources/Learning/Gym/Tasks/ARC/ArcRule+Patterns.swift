// Rules that complete, copy, reflect or clean a pattern.

extension ArcRule {
    @Sendable static func fillBetween(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let colour = random.randint(1, 9)
        let (a, b) = (random.randint(0, size - 1), random.randint(0, size - 1))
        if a == b { return nil }
        var (input, output) = ([Int](row: size), [Int](row: size))
        input[a] = colour
        input[b] = colour
        output.paint(colour, at: min(a, b), count: abs(a - b) + 1)
        return Rows(input: input, output: output)
    }

    static func copyToDots(_ random: inout PythonRandom, _ size: Int, ownColours: Bool) -> Rows? {
        let width = random.random() < 0.5 ? 3 : 5
        if width >= size { return nil }
        let colour = random.randint(1, 9)
        var dots: [(position: Int, colour: Int)] = []
        var position = width + width / 2 + 1
        while position <= size - width {
            if random.random() < 0.5 {
                dots.append((position, ownColours ? random.randint(1, 9) : colour))
                position += width
            }
            position += 1
        }
        if dots.isEmpty { return nil }
        var input = [Int](row: size)
        input.paint(colour, at: 0, count: width)
        var output = input
        for dot in dots {
            input[dot.position] = dot.colour
            output.paint(dot.colour, at: dot.position - width / 2, count: width)
        }
        return Rows(input: input, output: output)
    }

    @Sendable static func repeatPattern(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let width = random.randint(2, 5)
        let pattern = (0..<width).map { _ in random.randint(1, 9) }
        if width * 2 >= size { return nil }
        let output = (0..<size).map { pattern[$0 % width] }
        return Rows(input: output.prefix(width * 2) + [Int](row: size - width * 2), output: output)
    }

    private static func reflected(_ block: [Int], at position: Int, _ size: Int) -> Rows {
        var (input, output) = ([Int](row: size), [Int](row: size))
        input.write(block, at: position)
        output.write(block.reversed(), at: position)
        return Rows(input: input, output: output)
    }

    /// The colours from which a second one is drawn; nine is never among them.
    private static func others(than colour: Int) -> [Int] { (1...8).filter { $0 != colour } }

    @Sendable static func reflectBorder(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let width = random.randint(2, size)
        let colour = random.randint(1, 9)
        let border = random.choice(others(than: colour))
        let onLeft = random.random() < 0.5
        let position = random.randint(0, size - width)
        var block = [Int](repeating: colour, count: width)
        block[onLeft ? 0 : width - 1] = border
        return reflected(block, at: position, size)
    }

    @Sendable static func reflectRandom(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let width = random.randint(2, size)
        let onLeft = random.random() < 0.5
        let position = random.randint(0, size - width)
        let border = random.randint(1, 9)
        let colours = others(than: border)
        var block = (0..<width).map { _ in random.choice(colours) }
        block[onLeft ? 0 : width - 1] = border
        return reflected(block, at: position, size)
    }

    @Sendable static func removeNoise(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let width = random.randint(2, size)
        let position = random.randint(0, size - width)
        let colour = random.randint(1, 9)
        var output = [Int](row: size)
        output.paint(colour, at: position, count: width)
        var input = output
        // Noise touches neither the block nor other noise.
        var free = (0..<size).map { $0 < position - 1 || $0 > position + width }
        for _ in 0..<random.randint(1, 3) {
            let allowed = (0..<size).filter { free[$0] }
            if allowed.isEmpty { return nil }
            let noise = random.choice(allowed)
            input[noise] = colour
            for i in max(noise - 1, 0)...min(noise + 1, size - 1) { free[i] = false }
        }
        return Rows(input: input, output: output)
    }

    @Sendable static func removeNoiseInside(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        if size <= 6 { return nil }
        let width = random.randint(6, size)
        let position = random.randint(0, size - width)
        let colour = random.randint(1, 9)
        var output = [Int](row: size)
        output.paint(colour, at: position, count: width)
        let count = random.randint(1, max(1, width / 2 - 1))
        var offsets = Array(0..<width)
        random.shuffle(&offsets)
        var input = output
        for offset in offsets.prefix(count) {
            var noise = colour
            while noise == colour { noise = random.randint(1, 9) }
            input[position + offset] = noise
        }
        return Rows(input: input, output: output)
    }

    @Sendable static func duplicateFromSeeds(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        let width = random.randint(2, 4)
        if size <= 3 + width { return nil }
        let position = random.randint(2, size - width - 2)
        var (left, right) = (false, false)
        while !left && !right {
            left = random.random() < 0.5
            right = random.random() < 0.5
        }
        var input = [Int](row: size)
        input.paint(1, at: position, count: width)
        if left { input[position - 2] = random.randint(1, 9) }
        if right { input[position + width + 1] = random.randint(1, 9) }
        var output = input
        if left {
            // Blocks end at the seed, and every `width + 1` cells further to the left.
            for i in 0..<(position - 1) where (position - 2 - i) % (width + 1) < width {
                output[i] = input[position - 2]
            }
        }
        if right {
            let start = position + width + 1
            for i in start..<size where (i - start) % (width + 1) < width {
                output[i] = input[start]
            }
        }
        return Rows(input: input, output: output)
    }

    @Sendable static func fillFromPixel(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        if size < 8 { return nil }
        let width = random.randint(3, size - 5)
        let position = random.randint(2, size - width - 2)
        let colour = random.randint(1, 9)
        var seedColour = random.randint(1, 8)
        if seedColour >= colour { seedColour += 1 }
        let onLeft = random.random() < 0.5
        var input = [Int](row: size)
        input.paint(colour, at: position, count: width)
        var output = input
        input[onLeft ? position - 1 : position + width] = seedColour
        if onLeft {
            output.paint(seedColour, at: 0, count: position)
        } else {
            output.paint(seedColour, at: position + width, count: size - position - width)
        }
        return Rows(input: input, output: output)
    }

    @Sendable static func fillUntilCollision(_ random: inout PythonRandom, _ size: Int) -> Rows? {
        if size < 4 { return nil }
        let fromLeft = random.random() < 0.5
        var input = [Int](row: size)
        input[fromLeft ? 0 : size - 1] = 5
        var positions: [Int] = []
        for _ in 0..<random.randint(2, 4) {
            var position: Int
            repeat {
                position = fromLeft ? random.randint(1, size - 1) : random.randint(0, size - 2)
            } while positions.contains(position)
            positions.append(position)
        }
        for position in positions {
            let colour = random.randint(1, 8)
            input[position] = colour >= 5 ? colour + 1 : colour
        }
        positions.sort()
        var output = input
        var border = fromLeft ? 0 : size - 1
        for position in fromLeft ? positions : positions.reversed() {
            let gap = fromLeft ? (border + 1)..<position : (position + 1)..<border
            output.paint(input[position], at: gap.lowerBound, count: gap.count)
            border = position
        }
        return Rows(input: input, output: output)
    }
}
