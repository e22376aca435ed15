/// Tasks to begin with: the files of Examples, which a test compares.
enum EnvironmentTemplate {
    static let python = #"""
        # The same environment in Python: starling env test --program "python3 Examples/doubling.py"
        import json
        import random
        import sys

        for line in sys.stdin:
            asked = json.loads(line)
            if asked["op"] == "hello":
                reply = {"protocol": 1, "name": "doubling"}
            else:
                number = random.Random(asked["seed"] + asked["index"]).randint(1, 99)
                reply = {"question": f"What is twice {number}?", "answer": str(2 * number)}
            print(json.dumps(reply), flush=True)

        """#

    static let swift = #"""
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

        """#
}
