import Bytes
import Foundation
import Language
import TestSupport
import Testing

@Suite struct ChatTemplateTests {
    private func render(_ source: String, steps: Int = 2_000_000) throws -> String {
        var limits = ChatTemplate.Limits()
        limits.steps = steps
        return try ChatTemplate(source).render([JSON](), generating: false, limits: limits)
    }

    private static let renderings: [(String, String)] = [
        ("{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }}", "7 3 -4 2 3.5"),
        ("{{ 'a' ~ 1 ~ none ~ true }}", "a1NoneTrue"),
        ("{{ [1, 'a', {'b': none}] }}", "[1, 'a', {'b': None}]"),
        ("{{ 'a' if 1 > 2 else 'b' }}{{ 'c' if false }}", "b"),
        ("{{ x }}|{{ x is defined }}", "|False"),
        (
            "{% for i in [1,2,3] if i != 2 %}{{ loop.index }}{{ i }}{{ ',' if not loop.last }}{% endfor %}",
            "11,23"
        ),
        ("{% for i in [] %}a{% else %}b{% endfor %}", "b"),
        ("{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}{{ v }}{% endfor %}", "a1b2"),
        (
            "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% elif i == 4 %}{% break %}"
                + "{% endif %}{{ i }}{% endfor %}",
            "013"
        ),
        ("{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{% endfor %}{{ x }}", "1"),
        (
            "{% set n = namespace(x=1) %}{% for i in [1] %}{% set n.x = 2 %}{% endfor %}{{ n.x }}",
            "2"
        ),
        (
            "{% macro m(a, b='z') %}[{{ a }}{{ b }}]{% endmacro %}{{ m(1) }}{{ m(1, b=2) }}",
            "[1z][12]"
        ),
        (
            "{{ 'abcdef'[1:3] }}{{ 'abc'[::-1] }}{{ [1,2,3][-1] }}{{ 'abc'[-2:] }}{{ [1,2,3][5:] }}",
            "bccba3bc[]"
        ),
        (
            "{{ ' a '|trim }}|{{ 'xxaxx'.strip('x') }}|{{ 'a,b,,c'.split(',') }}|{{ ' a  b '.split() }}",
            "a|a|['a', 'b', '', 'c']|['a', 'b']"
        ),
        ("{{ {'b': [1, 2.5, none], 'a': 'é\"'}|tojson }}", #"{"b": [1, 2.5, null], "a": "é\""}"#),
        ("{{ [{'a': 1}]|tojson(indent=2) }}", "[\n  {\n    \"a\": 1\n  }\n]"),
        (
            "{{ ['b', 'a']|sort|join('-') }} {{ [1,2,3]|reject('equalto', 2)|list }} "
                + "{{ 'x'|default('y') }}{{ z|default('y') }}",
            "a-b [1, 3] xy"
        ),
        (
            "{{ [{'r': 'u', 'c': 1}, {'r': 'a', 'c': 2}]|selectattr('r', 'equalto', 'u')"
                + "|map(attribute='c')|list }}",
            "[1]"
        ),
        (
            "{{ 'a' in 'cab' }}{{ 1 not in [2] }}{{ 'k' in {'k': 1} }}{{ 1 == 1.0 }}{{ 1 < 2 < 3 }}",
            "TrueTrueTrueTrueTrue"
        ),
        (
            "{{ not a is defined }}{{ 3 is odd }}{{ {} is mapping }}{{ '' is string and [] is iterable }}",
            "TrueTrueTrueTrue"
        ),
        ("a\n  {% if true %}\n  b\n  {%- endif %}\nc\n", "a\n  bc"),
        ("a {#- comment -#} b", "ab"), ("  {%+ if true %}x{% endif %}", "  x"),
        ("{{- 'a' -}}\n  b", "ab"), ("x\n{# c #}\ny", "x\ny"),
        ("{{ '%}' }}{{ {'a': {'b': 1}}.a.b }}", "%}1"),
        ("{{ 'a\\n\\u00e9\\x41\\q' }}", "a\né" + "A\\q"), ("{{ 'e\u{301}' == '\u{e9}' }}", "False"),
        ("{{ 'e\u{301}'|length }}", "2"),
        ("{{ 'hello world'|title }} {{ 'hELLO'|capitalize }}", "Hello World Hello"),
        ("{% set x %}a{{ 1 }}{% endset %}{{ x|upper }}", "A1"),
        ("{{ 'a' 'b' }}{{ ('a',)[0] }}", "aba"),
        ("{{ 1000000 * 1000000 }}", "1000000000000"),
    ]

    @Test(arguments: renderings)
    func `renders as Jinja does`(source: String, text: String) throws {
        #expect(try render(source) == text)
    }

    private static let errors: [(String, ChatTemplateError)] = [
        ("{{ 1", .syntax(line: 1, reason: "a tag does not end; close it with }}")),
        (
            "\n{% if x %}",
            .syntax(line: 2, reason: "the end where {% elif or else or endif %} belongs")
        ),
        ("{{ }}", .syntax(line: 1, reason: "a value is missing")),
        (
            "{% include 'a' %}",
            .syntax(
                line: 1, reason: "the statement include is not built; use if, for, set or macro")
        ),
        ("{{ 'a }}", .syntax(line: 1, reason: "a string does not end")),
        ("{# a", .syntax(line: 1, reason: "a comment does not end; close it with #}")),
        (
            "{% for x in none %}{% endfor %}",
            .evaluation(line: 1, reason: "none has no elements to go through")
        ),
        ("{{ a.b.c }}", .evaluation(line: 1, reason: "a is undefined and has no b")),
        (
            "{{ 1 + 'a' }}",
            .evaluation(line: 1, reason: "a whole number + a string is not possible")
        ),
        ("{{ 1 // 0 }}", .evaluation(line: 1, reason: "division by 0")),
        (
            "{{ 9223372036854775807 + 1 }}",
            .evaluation(line: 1, reason: "a whole number is too large")
        ),
        ("{{ 'a'|nosuch }}", .evaluation(line: 1, reason: "the filter nosuch is not built")),
        ("{{ raise_exception('no') }}", .refused("no")),
        ("{{ nosuch() }}", .evaluation(line: 1, reason: "there is no function nosuch")),
    ]

    @Test(arguments: errors)
    func `says what is wrong and where`(source: String, error: ChatTemplateError) {
        #expect(throws: error) { try render(source) }
    }

    @Test func `stays within its limits`() {
        let deep =
            String(repeating: "(", count: 50_000) + "1" + String(repeating: ")", count: 50_000)
        #expect(throws: ChatTemplateError.limit("40 nested parts")) { try render("{{ \(deep) }}") }
        let long = String(repeating: "a.", count: 10_000) + "a"
        #expect(throws: ChatTemplateError.limit("100 nested expressions")) {
            try render("{{ \(long) }}")
        }
        #expect(throws: ChatTemplateError.limit("100000 steps")) {
            try render(
                "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}",
                steps: 100_000)
        }
        #expect(throws: ChatTemplateError.limit("4194304 bytes of text")) {
            try render(
                "{% set n = namespace(x='aaaaaaaa') %}{% for i in range(99) %}"
                    + "{% set n.x = n.x ~ n.x %}{% endfor %}"
            )
        }
        #expect(throws: ChatTemplateError.limit("4194304 bytes of text")) {
            try render("{{ 'a' * 99999999 }}")
        }
        #expect(throws: ChatTemplateError.limit("150 nested parts")) {
            try render("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")
        }
        #expect(throws: ChatTemplateError.limit("262144 bytes of template")) {
            try render(String(repeating: "a", count: 300_000))
        }
    }

    @Test func `dates are those of the calendar`() throws {
        let template = try ChatTemplate("{{ strftime_now('%d %b %Y %H:%M:%S %A') }}")
        func text(_ seconds: Int) throws -> String {
            try template.render(
                [JSON](), generating: false, date: CivilTime(sinceEpoch: .seconds(seconds)))
        }
        #expect(try text(0) == "01 Jan 1970 00:00:00 Thursday")
        #expect(try text(951_827_696) == "29 Feb 2000 12:34:56 Tuesday")
        #expect(try text(-1) == "31 Dec 1969 23:59:59 Wednesday")
        #expect(
            throws: ChatTemplateError.evaluation(
                line: 1, reason: "there is no function strftime_now")
        ) {
            try template.render([JSON](), generating: false)
        }
    }

    // 96 renderings by transformers, of which six are errors.
    @Test(
        .enabled(
            if: Fixtures.sharedExists("chat_templates/expected.json"),
            "shared/fixtures/chat_templates is not beside the checkout"))
    func `templates of real models render as transformers renders them`() throws {
        let file = try JSON(
            parsing: Array(Data(contentsOf: Fixtures.shared("chat_templates/expected.json"))))
        let tools = file["tools"]?.elements ?? []
        var variables: [String: JSON] = [:]
        for member in file["vars"]?.orderedMembers ?? [] { variables[member.key] = member.value }
        var count = 0, errors = 0
        for template in file["expected"]?.orderedMembers ?? [] {
            let chat = try self.template(named: template.key)
            for entry in template.value.orderedMembers ?? [] {
                let parts = entry.key.split(separator: "|").map(String.init)
                let messages = file["convs"]?[parts[0]]?.elements ?? []
                let result = Result {
                    try chat.render(
                        messages, tools: parts[2] == "tools=True" ? tools : nil,
                        generating: parts[1] == "gen=True", variables: variables)
                }
                count += 1
                if let text = entry.value.text {
                    #expect(try result.get() == text, "\(template.key) \(entry.key)")
                } else {
                    errors += 1
                    // Python: 'NoneType' object is not iterable.
                    #expect(
                        throws: ChatTemplateError.evaluation(
                            line: 38, reason: "none has no elements to go through")
                    ) { try result.get() }
                }
            }
        }
        #expect(count == 96 && errors == 6)
    }

    private func template(named name: String) throws -> ChatTemplate {
        guard name.hasSuffix(".jinja") else { return try ChatTemplate(Self.smolLM2) }
        return try ChatTemplate(
            String(contentsOf: Fixtures.shared("chat_templates/\(name)"), encoding: .utf8))
    }

    // From the metadata of SmolLM2-135M-Instruct's GGUF (Apache-2.0).
    private static let smolLM2 =
        "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
        + "{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
        + "<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + "
        + "'<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}"
        + "{{ '<|im_start|>assistant\n' }}{% endif %}"
}
