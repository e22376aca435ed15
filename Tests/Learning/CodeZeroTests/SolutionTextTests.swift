import Testing

@testable import CodeZero

@Suite struct `The program in a completion` {
    @Test(arguments: [
        ("def f(x):\n    return x", "def f(x):\n    return x"),
        ("Text\n```python\ndef f(): pass\n```\nmore", "def f(): pass"),
        ("```\ndef f(): pass\n```", "def f(): pass"),
        ("```python\ndef f(): 1\n```\n```python\ndef f(): 2\n```", "def f(): 2"),
        ("```python\ndef f(): 1\n```\n```python\nprint(f())\n```", "def f(): 1"),
        ("```python\ndef f(): pass", "def f(): pass"),
        ("```json\n{}\n```\n```py\nx = 1\n```", "x = 1"),
        ("```python\r\ndef f():\r\n  pass\r\n```", "def f():\n  pass"),
        ("  ```python\ndef f(): pass\n  ```", "def f(): pass"),
    ]) func `is found`(example: (String, String)) {
        #expect(SolutionText.extract(example.0, entryPoint: "f") == example.1)
    }

    @Test(arguments: ["", "f(x) = x", "```json\n{}\n```", "I would define f.", "def g(): pass"])
    func `is not there`(completion: String) {
        #expect(SolutionText.extract(completion, entryPoint: "f") == nil)
    }
}
