import TestSupport
import Testing

@testable import starling

@Suite struct TOMLParserTests {
    func parse(_ text: String) throws(ConfigError) -> [String: ConfigValue] {
        try TOMLParser.parse(text, origin: "t.toml").entries
    }

    func problem(_ text: String) -> String {
        do {
            return "accepted: \(try parse(text))"
        } catch {
            return error.description
        }
    }

    @Test(
        arguments: [
            ("1", .integer(1)), ("+1_000", .integer(1000)), ("-0", .integer(0)),
            ("0xFF", .integer(255)),
            ("0o17", .integer(15)), ("0b1_01", .integer(5)), ("1.5", .double(1.5)),
            ("5e+2", .double(500)),
            ("-2.5E-1", .double(-0.25)), ("1_0.0_1", .double(10.01)), ("inf", .double(.infinity)),
            ("true", .bool(true)), ("false", .bool(false)), ("1979-05-27", .date),
            ("1979-05-27 07:32:00Z", .date), ("07:32:00.5", .date), ("\"a\\tb\"", .string("a\tb")),
            ("'a\\tb'", .string("a\\tb")), ("\"\\u00e9\\U0001F600\"", .string("é😀")),
            ("\"\"\"\na\nb\"\"\"", .string("a\nb")), ("\"\"\"a \\\n   b\"\"\"", .string("a b")),
            ("\"\"\"\"a\"\"\"\"\"", .string("\"a\"\"")), ("\'\'\'a\\n\'\'\'", .string("a\\n")),
            ("\"\"", .string("")), ("[]", .array([])),
            ("[1, 2,]", .array([.integer(1), .integer(2)])),
            ("[\n 1, # one\n [true]\n]", .array([.integer(1), .array([.bool(true)])])),
            ("{}", .table([:])),
            ("{a = 1, b.c = 2}", .table(["a": .integer(1), "b": .table(["c": .integer(2)])])),
        ] as [(String, ConfigValue)])
    func `a value is read`(text: String, value: ConfigValue) throws {
        #expect(try parse("x = \(text)") == ["x": value])
        #expect(try parse("x=\(text)# comment\r\ny = 1") == ["x": value, "y": .integer(1)])
    }

    @Test func `tables, dotted keys and arrays of tables nest`() throws {
        let text = """
            a.b = 1
            a."c.d" = 2
            [t.u]
            x = 1
            [t]
            y = 2
            [[s]]
            n = 1
            [s.sub]
            z = 1
            [[s]]
            """
        let first: ConfigValue = .table(["n": .integer(1), "sub": .table(["z": .integer(1)])])
        let expected: [String: ConfigValue] = [
            "a": .table(["b": .integer(1), "c.d": .integer(2)]),
            "t": .table(["u": .table(["x": .integer(1)]), "y": .integer(2)]),
            "s": .array([first, .table([:])]),
        ]
        #expect(try parse(text) == expected)
    }

    @Test(arguments: [
        ("a = 1\na = 2", "t.toml:2: `a` is defined twice"),
        ("[a]\n[a]", "t.toml:2: `a` is defined twice"),
        ("a.b = 1\n[a]", "t.toml:2: `a` is defined twice"),
        ("[a]\n[[a]]", "t.toml:2: `a` is defined twice"),
        ("a = {b = 1}\na.c = 2", "t.toml:2: `a` is defined twice"),
        ("a = {b = 1, b = 2}", "t.toml:1: `b` is defined twice"),
        ("a = sort", "t.toml:1: `sort` is no value; strings need quotes: \"sort\""),
        ("a == 1", "t.toml:1: expected a value"), ("= 1", "t.toml:1: expected a key"),
        ("a. = 1", "t.toml:1: expected a key"), ("a", "t.toml:1: expected ="),
        ("a = 1 2", "t.toml:1: unexpected text after the value"),
        ("a = 01", "t.toml:1: `01` is no"),
        ("a = 1__0", "t.toml:1: `1__0` is no value"), ("a = 1.", "t.toml:1: `1.` is no value"),
        ("a = 99999999999999999999", "t.toml:1: `99999999999999999999` is no value"),
        ("\na = \"x\nb = 1", "t.toml:2: a string without its end"),
        ("a = \"\"\"\n\n", "t.toml:1: a string without its end"),
        ("a = \"\\q\"", "t.toml:1: an unknown escape"),
        ("a = \"\\ud800\"", "t.toml:1: not a character"),
        ("a = \"\\u12", "t.toml:1: not a character"),
        ("a = \"\u{0}\"", "t.toml:1: a control character"),
        ("a = [1 2]", "t.toml:1: expected , or ] in an array"),
        ("a = [1,", "t.toml:1: expected a value"),
        ("a = {b = 1,}", "t.toml:1: a , before }"), ("a = {b = 1\n}", "t.toml:1: expected , or }"),
        ("[a", "t.toml:1: expected ]"), ("[[a]", "t.toml:1: [[ needs ]]"),
        ("[]", "t.toml:1: expected a key"),
        ("a = \(String(repeating: "[", count: 99))", "t.toml:1: nests deeper than 16 levels"),
        ("\(String(repeating: "a.", count: 99))a = 1", "t.toml:1: nests deeper than 16 levels"),
        ("[\(String(repeating: "a.", count: 99))a]", "t.toml:1: nests deeper than 16 levels"),
    ])
    func `malformed text is an error with its line`(text: String, start: String) {
        #expect(problem(text).hasPrefix(start), "\(problem(text))")
    }

    @Test func `random bytes and mangled files never trap`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seed(seed)
        let pieces = [
            "a", "b.c", "=", "[", "]", "[[", "]]", "{", "}", ",", "\"", "'", "\"\"\"", "\\",
            "\\u12",
            "\n", " ", "#", "1", "-", "1.5e", "true", "1979-05-27", "\r\n", ".", "é",
        ]
        for _ in 0..<5000 {
            let count = Int.random(in: 0...24, using: &random)
            let text = (0..<count).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }
            .joined()
            #expect(problem(text) == problem(text), "seed \(seed)")
        }
    }

    @Test func `keys inside strings are no keys`() throws {
        let text = "a = \"\"\"\nsteps = 1\n\"\"\"\nsteps = 0\n[\"x.y\"]\nc = 1"
        let source = try TOMLParser.parse(text, origin: "t").source
        #expect(source.line(of: ["steps"]) == 4 && source.line(of: ["x.y", "c"]) == 6)
        #expect(source.line(of: ["x.y", "missing"]) == 5 && source.line(of: ["missing"]) == nil)
    }
}
