public import Bytes

/// The environments by name.
public enum EnvironmentRegistry {
    /// Our own tasks, then those of Reasoning Gym by its categories.
    private static let table: [any TaskFormat.Type] =
        own + algebra + algorithmic + arc + arithmetic + code + cognition + games + geometry + graphs + logic
        + probability
    private static let own: [any TaskFormat.Type] = [
        Composite.self, Dataset.self, ProgramEnvironment.self, SortDigits.self, WordProblems.self,
    ]

    /// The names that `make` knows, in alphabetical order.
    public static let names: [String] = (table.map { $0.name } + [rlSwarmName]).sorted()

    /// The mixture of the RL Swarm, under a name of its own.
    public static let rlSwarmName = "rl_swarm"

    /// The environment of this name.
    ///
    /// - Parameters:
    ///   - name: one of `names`.
    ///   - configuration: an object; keys that are absent take the task format's defaults.
    ///   - seed: the seed where the configuration has none.
    /// - Returns: the environment, ready to give entries.
    /// - Throws: a sentence that names the valid environments, keys or values.
    public static func make(_ name: String, configuration: JSON = .members([]), seed: Int = 42)
        throws(EnvironmentError) -> any Environment
    {
        if name == rlSwarmName {
            return try make(Composite.name, configuration: rlSwarm(configuration, seed), seed: seed)
        }
        guard let format = table.first(where: { $0.name == name }) else {
            throw .unknownEnvironment(name, valid: names)
        }
        var settings = try Settings(configuration, of: name, seed: seed)
        return try format.init(&settings)
    }

    /// The settings of an environment with their defaults, in the order in which it reads them; none for
    /// a name that is unknown.
    public static func settings(of name: String) -> [(key: String, fallback: JSON)] {
        guard let format = table.first(where: { $0.name == name }),
            var settings = try? Settings([:], of: name, seed: 42)
        else { return [] }
        // One that needs a setting stops at it, and has asked for it by then.
        _ = try? format.init(&settings)
        return settings.known
    }

    /// A configuration with a size, where it has none: a mixture hands its own down.
    static func withSize(_ size: Int, _ configuration: JSON, of name: String)
        throws(EnvironmentError) -> JSON
    {
        guard let members = configuration.orderedMembers else {
            throw .notAnObject(environment: name)
        }
        if members.contains(where: { $0.key == "size" }) { return configuration }
        return .members(members.map { ($0.key, $0.value) } + [("size", .int(size))])
    }

    // MARK: RL Swarm

    /// The nine specialties of RL Swarm.
    ///
    /// Its own seeds are pinned, so that its stream repeats after
    /// 500 entries of each; with `"pinned_seeds": false` each specialty follows the mixture's seed.
    private static func rlSwarm(_ configuration: JSON, _ seed: Int) throws(EnvironmentError)
        -> JSON
    {
        var settings = try Settings(configuration, of: rlSwarmName, seed: seed)
        let pinned = try settings.bool("pinned_seeds", default: true)
        let seed = try settings.seed()
        let parts = specialties.map { name, own, config in
            let common = [("size", JSON.int(500))] + (pinned ? [("seed", .int(own))] : [])
            return JSON.members([
                ("name", .text(name)), ("weight", .int(1)), ("config", .members(config + common)),
            ])
        }
        return .members([("size", .int(1_000)), ("seed", .int(seed)), ("datasets", .list(parts))])
    }

    private static let specialties: [(name: String, seed: Int, config: [(String, JSON)])] = [
        ("arc_1d", 42, [("min_size", .int(10)), ("max_size", .int(30)), ("num_train", .int(3))]),
        (
            "basic_arithmetic", 1_234,
            [
                ("min_terms", .int(2)), ("max_terms", .int(6)), ("min_digits", .int(1)),
                ("max_digits", .int(4)), ("operators", .texts(["+", "-", "*", "/"])),
                ("allow_parentheses", .flag(true)), ("allow_negation", .flag(true)),
                ("format_style", .text("natural")), ("whitespace", .text("single")),
            ]
        ),
        (
            "base_conversion", 1_239,
            [
                ("min_base", .int(2)), ("max_base", .int(16)), ("min_value", .int(0)),
                ("max_value", .int(1_000)),
            ]
        ),
        ("bf", 1_238, [("difficulty", .int(1))]),
        (
            "binary_matrix", 1_236,
            [("min_n", .int(3)), ("max_n", .int(10)), ("p_zero", .real(0.25))]
        ),
        (
            "calendar_arithmetic", 1_237,
            [
                ("year", .int(2_023)), ("offset_upper_bound", .int(100)),
                ("leap_year_range", .int(200)),
                (
                    "tasks",
                    .texts(["count_days", "weekday_of_date", "is_leap_year", "recurring_event_day"])
                ),
            ]
        ),
        (
            "decimal_arithmetic", 1_235,
            [
                ("min_terms", .int(2)), ("max_terms", .int(6)), ("min_num_decimal_places", .int(1)),
                ("max_num_decimal_places", .int(3)), ("precision", .int(5)),
            ]
        ),
        (
            "fraction_simplification", 1_236,
            [
                ("min_value", .int(1)), ("max_value", .int(100)), ("min_factor", .int(2)),
                ("max_factor", .int(100)),
                ("styles", .texts(["plain", "latex_frac", "latex_dfrac"])),
            ]
        ),
        (
            "propositional_logic", 1_238,
            [
                ("min_vars", .int(2)), ("max_vars", .int(4)), ("min_statements", .int(2)),
                ("max_statements", .int(4)), ("min_complexity", .int(1)),
                ("max_complexity", .int(3)),
            ]
        ),
    ]
}
