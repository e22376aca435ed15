import Bytes

/// Buttons that change a number, some of them only under a red or a green light.
struct QuantumLock: TaskFormat {
    static let name = "quantum_lock"
    /// The original recurses for every lock without a solution, and gives up about here.
    private static let attemptsMax = 900
    let seed: Int
    private let difficulty: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        // The way to a target has 15 presses at most; far beyond, few locks can be opened.
        difficulty = try settings.int("difficulty", default: 10, within: 1...20)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let level = random.randint(1, difficulty)
        for _ in 0..<Self.attemptsMax {
            let buttons = Self.buttons(level, &random)
            let target = Self.target(level, &random)
            if let path = Self.solve(buttons, target, presses: min(15, 6 + level * 3 / 2)) {
                return entry(index, level, buttons, target, path.map { buttons[$0].name })
            }
        }
        throw .notGenerated(
            environment: Self.name, index: index, reason: "no lock of its difficulty opens")
    }

    private func entry(
        _ index: Int, _ level: Int, _ buttons: [Button], _ target: Int, _ path: [String]
    ) -> Entry {
        let list = buttons.map {
            "\($0.name): \(PythonText.title($0.kind)) \($0.value) (when \($0.light))"
        }.joined(separator: "\n")
        return Entry(
            question: """
                In front of you are some buttons, a light, and a number. The light will toggle \
                between red and green whenever you press a button. Each button performs a \
                mathematical operation to the number, but the operation may depend on the state \
                of the light.
                You must press the shortest correct sequence of buttons to reach the target \
                value. Your answer should be a sequence of buttons separated by '→', for example: \
                A → B → C

                Start: 0 (red)
                Target: \(target)
                Buttons:
                \(list)
                """,
            answer: path.joined(separator: " → "),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("solution_path", .texts(path)), ("target_value", .int(target)),
                ("buttons", .list(buttons.map(\.json))), ("initial_state", .text("red")),
                ("initial_value", .int(0)),
                ("difficulty", .members([("difficulty", .int(level))])),
            ]))
    }

    // MARK: Locks

    private struct Button: Equatable {
        var name: String
        var kind: String
        var value: Int
        var light: String

        var json: JSON {
            .members([
                ("name", .text(name)), ("type", .text(kind)), ("value", .int(value)),
                ("active_state", .text(light)),
            ])
        }

        init(_ name: String, _ kind: String, _ value: Int, _ light: String) {
            (self.name, self.kind, self.value, self.light) = (name, kind, value, light)
        }

        init?(_ json: JSON) {
            guard let name = json.member("name")?.text, let kind = json.member("type")?.text,
                let value = json.member("value")?.wholeNumber,
                let light = json.member("active_state")?.text
            else { return nil }
            self.init(name, kind, value, light)
        }

        /// The number after a press; nil where the light forbids it.
        ///
        /// A number beyond any reach stays there: it would take 2^60 presses to come back.
        func press(_ number: Int, green: Bool) -> Int? {
            if light != "any", light != (green ? "green" : "red") { return nil }
            if abs(number) > 1 << 60 { return number }
            switch kind {
            case "add": return number + value
            case "subtract": return number - value
            default: return number * value
            }
        }
    }

    private static func buttons(_ level: Int, _ random: inout PythonRandom) -> [Button] {
        let small = level >= 5 ? [2, 3] : [1, 2]
        let kinds = [
            ("add", small), ("subtract", small), ("multiply", level >= 7 ? [2, 3] : [2]),
        ]
        let lights = ["any", "green", "red"]
        var buttons: [Button] = []
        while buttons.count < 3 {
            let (kind, values) = random.choice(kinds)
            let value = random.choice(values)
            let light = lights[random.choices(weights: [4, 2, 1], picks: 1)[0]]
            let isKnown = buttons.contains {
                $0.kind == kind && $0.value == value && $0.light == light
            }
            if !isKnown {
                buttons.append(Button(["A", "B", "C"][buttons.count], kind, value, light))
            }
        }
        return buttons
    }

    private static func target(_ level: Int, _ random: inout PythonRandom) -> Int {
        let base = 5 + Double(level) * Double(level).squareRoot()
        let shift = random.randint(-Int(base * 0.2), Int(base * 0.3))
        return max(8, Int(base + Double(shift)))
    }

    /// The first shortest sequence of buttons, by their places.
    private static func solve(_ buttons: [Button], _ target: Int, presses: Int) -> [Int]? {
        struct State: Hashable { var number: Int, green: Bool }
        var states = [State(number: 0, green: false)]
        var seen: Set<State> = [states[0]]
        var arrivals: [(from: Int, button: Int, depth: Int)] = [(0, 0, 0)]
        var next = 0
        while next < states.count {
            let state = states[next]
            let depth = arrivals[next].depth
            if state.number == target {
                var path: [Int] = []
                while next > 0 {
                    path.append(arrivals[next].button)
                    next = arrivals[next].from
                }
                return path.reversed()
            }
            for (i, button) in buttons.enumerated() where depth < presses {
                guard let number = button.press(state.number, green: state.green) else { continue }
                let after = State(number: number, green: !state.green)
                if seen.insert(after).inserted {
                    states.append(after)
                    arrivals.append((next, i, depth + 1))
                }
            }
            next += 1
        }
        return nil
    }

    // MARK: Scoring

    /// 1 for a shortest way to the target, 0.5 for a longer one, 0 otherwise.
    ///
    /// Every letter A, B or C counts as a press; one that the light forbids does nothing.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        let (given, wanted) = (Self.presses(answer), Self.presses(expected))
        if given == wanted { return 1 }
        let buttons = (entry.metadata.member("buttons")?.elements ?? []).compactMap(Button.init)
        var number = 0
        var green = false
        for name in given {
            guard let button = buttons.first(where: { $0.name == name }),
                let after = button.press(number, green: green)
            else { continue }
            number = after
            green.toggle()
        }
        guard number == entry.metadata.member("target_value")?.wholeNumber else { return 0 }
        return given.count == wanted.count ? 1 : 0.5
    }

    private static func presses(_ text: String) -> [String] {
        text.unicodeScalars.flatMap { $0.properties.uppercaseMapping.unicodeScalars }
            .filter { ("A"..."C").contains($0) }.map { String($0) }
    }
}
