/// Cuts text into words that merges do not cross.
///
/// The expressions that models were trained with are few; each known one has a scanner here, which
/// matches what the expression would, alternative by alternative. Another expression is refused.
struct PreTokenizer: Hashable, Sendable {
    /// One cut; each is applied to the pieces of the one before.
    enum Step: Hashable, Sendable {
        /// Every number character alone, or runs of them.
        case digits(individual: Bool)
        /// GPT-2's expression, also built into `ByteLevel`.
        case gpt2
        /// Llama 3's and Qwen2's: numbers of at most so many digits.
        case llama3(digits: Int)
    }

    var steps: [Step]

    static let gpt2Expression =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    static let llama3Expression =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
        + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    static let qwen2Expression =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
        + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

    /// The UTF-8 of each word of `text`, in order; together they are the text.
    func words(_ text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return [] }
        let scanner = Scanner(text)
        var cuts = [0..<scanner.points.count]
        for step in steps {
            cuts = cuts.flatMap { range in
                switch step {
                case .digits(let individual): scanner.digits(range, individual)
                case .gpt2: scanner.split(range) { scanner.gpt2($0, $1) }
                case .llama3(let digits): scanner.split(range) { scanner.llama3($0, $1, digits) }
                }
            }
        }
        return cuts.map { bytes[scanner.offsets[$0.lowerBound]..<scanner.offsets[$0.upperBound]] }
    }
}

/// A text as code points with their classes and byte offsets.
private struct Scanner {
    var points: [UInt32] = []
    var classes: [UnicodeClasses.Bits] = []
    var offsets: [Int] = []

    init(_ text: String) {
        let table = UnicodeClasses.shared
        points.reserveCapacity(text.utf8.count)
        classes.reserveCapacity(text.utf8.count)
        offsets.reserveCapacity(text.utf8.count + 1)
        var offset = 0
        for scalar in text.unicodeScalars {
            points.append(scalar.value)
            classes.append(table[scalar.value])
            offsets.append(offset)
            offset += UTF8.width(scalar)
        }
        offsets.append(offset)
    }

    /// Cuts a range where `match(start, end)` says that each piece ends.
    func split(_ range: Range<Int>, _ match: (Int, Int) -> Int) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = match(start, range.upperBound)
            precondition(end > start, "every expression matches at least one character")
            pieces.append(start..<end)
            start = end
        }
        return pieces
    }

    func digits(_ range: Range<Int>, _ individual: Bool) -> [Range<Int>] {
        split(range) { start, end in
            let isDigit = classes[start].contains(.digit)
            if isDigit, individual { return start + 1 }
            return run(start, end) { classes[$0].contains(.digit) == isDigit }
        }
    }

    /// The end of the run from `start` of positions that satisfy `holds`.
    private func run(_ start: Int, _ end: Int, _ holds: (Int) -> Bool) -> Int {
        var position = start
        while position < end, holds(position) { position += 1 }
        return position
    }

    private func isLetter(_ position: Int) -> Bool { classes[position].contains(.letter) }
    private func isNumber(_ position: Int) -> Bool { classes[position].contains(.number) }
    private func isBlank(_ position: Int) -> Bool { classes[position].contains(.blank) }
    private func isOther(_ position: Int) -> Bool {
        classes[position].isDisjoint(with: [.letter, .number, .blank])
    }
    private func isNewline(_ position: Int) -> Bool {
        points[position] == 0x0a || points[position] == 0x0d
    }

    /// The end of `'s|'t|'re|'ve|'m|'ll|'d`, if it is here.
    private func contraction(_ start: Int, _ end: Int, ignoringCase: Bool) -> Int? {
        guard points[start] == 0x27, start + 1 < end else { return nil }
        func letter(_ position: Int) -> UInt32 {
            guard position < end else { return 0 }
            let point = points[position]
            guard ignoringCase else { return point }
            // U+017F, the long s, is a lower-case s to expressions that ignore case.
            if point == 0x17f { return 0x73 }
            return (0x41...0x5a).contains(point) ? point + 0x20 : point
        }
        switch (letter(start + 1), letter(start + 2)) {
        case (0x73, _), (0x74, _), (0x6d, _), (0x64, _): return start + 2
        case (0x72, 0x65), (0x76, 0x65), (0x6c, 0x6c): return start + 3
        default: return nil
        }
    }

    /// `\s+(?!\S)|\s+`: blanks up to the last, which goes with the word after it.
    private func blanks(_ start: Int, _ end: Int) -> Int {
        let stop = run(start, end, isBlank)
        return stop < end && stop > start + 1 ? stop - 1 : stop
    }

    func gpt2(_ start: Int, _ end: Int) -> Int {
        if let stop = contraction(start, end, ignoringCase: false) { return stop }
        let first = points[start] == 0x20 && start + 1 < end ? start + 1 : start
        if isLetter(first) { return run(first, end, isLetter) }
        if isNumber(first) { return run(first, end, isNumber) }
        if isOther(first) { return run(first, end, isOther) }
        return blanks(start, end)
    }

    func llama3(_ start: Int, _ end: Int, _ digits: Int) -> Int {
        if let stop = contraction(start, end, ignoringCase: true) { return stop }
        if isLetter(start) { return run(start, end, isLetter) }
        // Any one character but a newline or a number may lead a word.
        if !isNumber(start), !isNewline(start), start + 1 < end, isLetter(start + 1) {
            return run(start + 1, end, isLetter)
        }
        if isNumber(start) { return run(start, min(end, start + digits), isNumber) }
        let first = points[start] == 0x20 && start + 1 < end ? start + 1 : start
        if isOther(first) { return run(run(first, end, isOther), end, isNewline) }
        let stop = run(start, end, isBlank)
        if let newline = (start..<stop).last(where: isNewline) { return newline + 1 }
        return blanks(start, end)
    }
}
