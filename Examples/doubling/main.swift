// An environment of one's own. It is used like any other:
//     starling env test --program .build/release/doubling
import Gym

struct Doubling: Environment {
    static let name = "doubling"
    let seed: Int

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let number = random.randint(1, 99)
        return Entry(question: "What is twice \(number)?", answer: "\(2 * number)")
    }
}

EnvironmentServer.run { _, seed in Doubling(seed: seed) }
