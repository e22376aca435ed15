// Tasks that stay learnable. A group of answers that are all right, or all wrong, has no advantages and
// teaches nothing; most is learned of tasks that are solved half of the time. So a node keeps a moving share
// of solved answers p for each part of its mix and asks itself the parts in proportion to
//
//     weight * max(floor, 1 - |2 p - 1|)
//
// where parts that were never asked count as p = 1/2, and the floor keeps an eye on parts that are too hard
// yet or were forgotten. A node is free in its choice of parts, and in nothing else: which task of a part a
// peer may play in a place of a round follows from names and numbers (`GymDataManager`), each place is played
// once, and whoever receives an answer checks both. So nobody can look for the easy tasks of a part.

/// What a task teaches, by the share of attempts that solve it: nothing at 0 and at 1, most at one half.
public func learnability(solveRate: Double) -> Double {
    guard (0...1).contains(solveRate) else { return 0 }
    return 1 - abs(2 * solveRate - 1)
}

/// Which parts of a mix a node asks itself, by what it solves.
public struct Curriculum: Sendable, Hashable {
    /// The moving share of solved answers, by part.
    public internal(set) var rates: [String: Double] = [:]

    /// What a new group of answers moves a rate by: about the last ten groups count.
    public static let step = 0.1
    /// The least share of its weight that a part keeps.
    public static let floor = 0.05

    /// A curriculum that has seen nothing.
    public init() {}

    /// Takes in a group of answers to a task of a part: how many of them are right.
    public mutating func observe(_ part: String, solved: Int, of count: Int) {
        guard count > 0 else { return }
        let rate = rates[part] ?? 0.5
        rates[part] = rate + Self.step * (Double(solved) / Double(count) - rate)
    }

    /// How much there is to learn from a part, from the floor to 1.
    public func learnability(_ part: String) -> Double {
        let rate = rates[part] ?? 0.5
        return max(Self.floor, GenRL.learnability(solveRate: rate))
    }

    /// The parts of the places of a round: a function of the rates and the draws.
    func choose(_ count: Int, of parts: [TaskChoice.Part], _ random: inout CounterRandom) -> [String] {
        // Whole numbers, so that draws are exact; each part has one at least.
        let real = parts.map { Double($0.weight) * learnability($0.name) }
        let scale = Double(1 << 30) / real.reduce(0, +)
        let weights = real.map { max(1, Int($0 * scale)) }
        let sum = weights.reduce(0, +)
        return (0..<count).map { _ in
            var left = random.draw(below: sum), index = 0
            while left >= weights[index] {
                left -= weights[index]
                index += 1
            }
            return parts[index].name
        }
    }
}

/// What a node may choose in a round: a part of the mix for each place.
public struct TaskChoice: Sendable, Hashable {
    /// A part of the mix.
    public struct Part: Sendable, Hashable {
        /// Its name in the mix.
        public var name: String
        /// How often it is asked, relative to the others, where all can be learned from alike.
        public var weight: Int

        /// A part.
        public init(_ name: String, weight: Int) {
            self.name = name
            self.weight = weight
        }
    }

    /// The parts, in the order of the mix.
    public var parts: [Part]
    /// Tasks of a round.
    public var places: Int

    /// A choice.
    public init(of parts: [Part], places: Int) {
        self.parts = parts
        self.places = places
    }
}
