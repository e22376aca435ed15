/// `numpy.random.RandomState`, of which some task formats draw their matrices.
struct NumpyRandom {
    private var twister: PythonRandom

    /// `numpy.random.seed(seed)`.
    init(seed: UInt32) { twister = PythonRandom(word: seed) }

    /// `randint(0, bound)`: the low bits of a word, until they are below the bound.
    mutating func below(_ bound: Int) -> Int {
        precondition((2...Int(UInt32.max)).contains(bound), "a bound of 32 bits")
        let mask = UInt64.max >> UInt64((bound - 1).leadingZeroBitCount)
        while true {
            let drawn = Int(twister.bits(32) & mask)
            if drawn < bound { return drawn }
        }
    }
}
