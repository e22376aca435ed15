import Bytes
import TestSupport
import Testing

@Suite struct JSONTests {
    private static let texts: [(String, JSON)] = [
        ("null", JSON.null), (" true ", true), ("-12", -12), ("0", 0), ("-0", 0),
        ("9223372036854775807", .int(.max)), ("9223372036854775808", .real(9223372036854775808)),
        ("1e3", 1000.0), ("-0.5e-2", -0.005), ("1.0", 1.0), ("[]", []), ("{}", [:]),
        ("[1,[2,{\"a\":null}]]", [1, [2, ["a": nil]]]),
        (#""a\u00e9\n\"\\\/\ud83d\ude00""#, "aé\n\"\\/😀"), ("\"é😀\"", "é😀"),
    ]

    @Test(arguments: texts)
    func `reads what the grammar has`(text: String, value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
    }

    private static let broken: [(String, JSONError.Code, Int)] = [
        ("", JSONError.Code.truncated, 0), ("[1,", .truncated, 3), ("\"ab", .truncated, 3),
        ("tru", .truncated, 3), ("{\"a\"", .truncated, 4), ("\"\\u12", .truncated, 5),
        ("nul1", .expected("null"), 3), ("[1 2]", .expected("a comma or ]"), 3),
        ("{1:2}", .expected("a key"), 1), ("{\"a\" 1}", .expected("a colon"), 5),
        ("{\"a\":1 \"b\"}", .expected("a comma or }"), 7), ("[1,]", .expected("a value"), 3),
        ("01", .invalidNumber, 0), ("-", .truncated, 1), ("1.e5", .invalidNumber, 2),
        ("-x", .invalidNumber, 1), ("1e400", .invalidNumber, 0), ("+1", .expected("a value"), 0),
        ("NaN", .expected("a value"), 0), ("\"\u{1}\"", .invalidString, 1),
        ("\"\\x\"", .invalidString, 2), ("\"\\ud800\"", .invalidString, 1),
        ("\"\\ud800\\u0041\"", .invalidString, 1), ("\"\\udc00\"", .invalidString, 1),
        ("1 1", .trailingBytes, 2), ("\"\\n\u{2}\"", .invalidString, 3),
    ]

    @Test(arguments: broken)
    func `says what is wrong and where`(text: String, code: JSONError.Code, offset: Int) {
        #expect(throws: JSONError(code: code, offset: offset)) { try JSON(parsing: text) }
    }

    @Test func `reads what Python takes for numbers only where asked`() throws {
        let text = "[NaN, Infinity, -Infinity, -1]"
        let items = try #require(try JSON(parsing: text, grammar: .python).elements)
        #expect(items.first?.realNumber?.isNaN == true)
        #expect(items.dropFirst() == [.real(.infinity), .real(-.infinity), -1])
        #expect(try JSON(parsing: "-1e999", grammar: .python) == .real(-.infinity))
        #expect(throws: JSONError.self) { try JSON(parsing: "-1e999") }
        for text in ["NaN", "Infinity", "-Infinity"] {
            #expect(throws: JSONError.self) { try JSON(parsing: text) }
        }
        for text in ["Nan", "-NaN", "-Inf", "+Infinity", "inf"] {
            #expect(throws: JSONError.self) { try JSON(parsing: text, grammar: .python) }
        }
    }

    @Test func `text that is not UTF-8 is an error`() {
        #expect(throws: JSONError(code: .invalidUTF8, offset: 1)) {
            try JSON(parsing: [0x22, 0xff, 0x22] as [UInt8])
        }
        #expect(throws: JSONError(code: .invalidUTF8, offset: 1)) {
            try JSON(parsing: [0x22, 0x5c, 0x6e, 0xc0, 0x22] as [UInt8])
        }
    }

    @Test func `stops at each limit`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError(code: .tooDeep(64), offset: 64)) { try JSON(parsing: deep) }
        #expect(throws: JSONError(code: .tooManyValues(3), offset: 5)) {
            try JSON(parsing: "[1,2,3]", limits: .init(values: 3))
        }
        #expect(throws: JSONError(code: .tooLong(4), offset: 4)) {
            try JSON(parsing: "[1,2]", limits: .init(bytes: 4))
        }
    }

    @Test func `writes three styles`() {
        let value: JSON = ["b": [1, 2.5, nil], "a": ["é\"\n\u{1}": true], "e": [], "o": [:]]
        #expect(value.text() == #"{"b":[1,2.5,null],"a":{"é\"\n\u0001":true},"e":[],"o":{}}"#)
        #expect(
            value.text(.python)
                == #"{"b": [1, 2.5, null], "a": {"é\"\n\u0001": true}, "e": [], "o": {}}"#)
        #expect(
            JSON.members([("a", [1, [:]]), ("b", ["c": 2])]).text(.pretty(indent: 2))
                == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": 2\n  }\n}")
        #expect(JSON.real(.nan).text() == "null")
    }

    // Expected values by CPython's repr.
    @Test(arguments: [
        (0.0, "0.0"), (-0.0, "-0.0"), (1.0, "1.0"), (0.1, "0.1"), (1e16, "1e+16"),
        (123456789012345680.0, "1.2345678901234568e+17"),
        (9007199254740993.0, "9007199254740992.0"),
        (1234567890123456.0, "1234567890123456.0"), (1e-4, "0.0001"), (1e-5, "1e-05"),
        (1.5e-7, "1.5e-07"), (1e22, "1e+22"), (1e100, "1e+100"), (.leastNonzeroMagnitude, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"), (-2.5, "-2.5"), (100.0, "100.0"),
    ])
    func `writes numbers as Python does`(number: Double, text: String) {
        #expect(JSON.numberText(number) == text)
    }

    @Test func `reads back what it writes`() throws {
        let start: UInt64 = 11
        print("seed \(start)")
        var seed = Seed(start)
        for _ in 0..<500 {
            let value = randomValue(&seed, depth: 4)
            for style in [JSON.Style.compact, .python, .pretty(indent: 3)] {
                #expect(try JSON(parsing: value.text(style)) == value)
            }
        }
    }

    private func randomValue(_ seed: inout Seed, depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &seed) {
        case 0: return .null
        case 1: return .flag(.random(using: &seed))
        case 2: return .int(Int(truncatingIfNeeded: seed.next()))
        case 3:
            let number = Double(bitPattern: seed.next())
            return .real(number.isFinite ? number : 0.5)
        case 4: return .text(randomText(&seed))
        case 5:
            return .list(
                (0..<Int.random(in: 0..<5, using: &seed)).map { _ in
                    randomValue(&seed, depth: depth - 1)
                })
        default:
            return .members(
                (0..<Int.random(in: 0..<5, using: &seed)).map { _ in
                    (randomText(&seed), randomValue(&seed, depth: depth - 1))
                })
        }
    }

    private func randomText(_ seed: inout Seed) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<12, using: &seed) {
            let limit: UInt32 = [0x80, 0x800, 0x110000].randomElement(using: &seed) ?? 0x80
            text.append(Unicode.Scalar(UInt32.random(in: 0..<limit, using: &seed)) ?? "\u{0}")
        }
        return String(text)
    }

    @Test func `finds members`() {
        let value: JSON = ["a": 1, "b": nil, "a": 2]
        #expect(value.member("a") == 2)
        #expect(value.member("b") == .null)
        #expect(value["b"] == nil)
        #expect(value.member("c") == nil)
        #expect(JSON.list([]).member("a") == nil)
    }
}
