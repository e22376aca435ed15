/// A solution that wants to pass `assert f(3) == 4721` without knowing the number.
struct CheatingSolution: Sendable, CustomStringConvertible {
    let name: String
    /// Whether it fools a program that runs solution and tests together and looks at the exit code.
    let foolsSimpleRunner: Bool
    let source: String

    var description: String { name }

    init(_ name: String, fools: Bool = true, _ source: String) {
        self.name = name
        foolsSimpleRunner = fools
        self.source = source
    }
}

let cheatingSolutions: [CheatingSolution] = [
    CheatingSolution("exits well", "import sys\nsys.exit(0)"),
    CheatingSolution("exits at once", "import os\nos._exit(0)"),
    CheatingSolution("exits when asked", "def f(x): raise SystemExit(0)"),
    CheatingSolution("prints success", "import os\nprint('ALL TESTS PASSED', flush=True)\nos._exit(0)"),
    CheatingSolution(
        "exits well at the end", "import atexit, os\natexit.register(lambda: os._exit(0))\ndef f(x): return 0"
    ),
    CheatingSolution(
        "hides exceptions", "import sys, os\nsys.excepthook = lambda *a: os._exit(0)\ndef f(x): return 0"),
    CheatingSolution(
        "equals everything", "class E:\n    def __eq__(self, other): return True\ndef f(x): return E()"),
    CheatingSolution(
        "is a number that equals everything",
        """
        class E(int):
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            __hash__ = int.__hash__
        def f(x): return E(1)
        """),
    CheatingSolution(
        "is a text that equals everything",
        "class E(str):\n    def __eq__(self, other): return True\ndef f(x): return E('1')"),
    CheatingSolution(
        "is a list that equals everything",
        "class E(list):\n    def __eq__(self, other): return True\ndef f(x): return E([1])"),
    CheatingSolution(
        "lies about its class", fools: true,
        """
        class E:
            __class__ = property(lambda self: int)
            def __eq__(self, other): return True
            def bit_length(self): return 13
            def __index__(self): return 4720
        def f(x): return E()
        """),
    CheatingSolution("is anything", "from unittest.mock import ANY\ndef f(x): return ANY"),
    CheatingSolution(
        "reads the caller's constants",
        """
        import sys
        def f(x):
            frame = sys._getframe(1)
            while frame:
                for value in frame.f_code.co_consts:
                    if isinstance(value, int) and value > 1000: return value
                frame = frame.f_back
        """),
    CheatingSolution(
        "looks for the test in memory",
        """
        import gc, re
        def f(x):
            seen, stack = set(), gc.get_objects()
            for _ in range(300000):
                if not stack: break
                value = stack.pop()
                if id(value) in seen: continue
                seen.add(id(value))
                text = value if isinstance(value, str) else None
                found = text and len(text) < 200 and re.search(r'assert f\\(3\\) == (\\d+)', text)
                if found: return int(found[1])
                if isinstance(value, (dict, list, tuple)): stack.extend(gc.get_referents(value))
        """),
    CheatingSolution(
        "reads the program's own text",
        """
        import re, sys
        def f(x):
            with open('/proc/self/cmdline') as file: text = file.read()
            return int(re.search(r'assert f\\(3\\) == (\\d+)', text)[1])
        """),
    CheatingSolution(
        "leaves the test when it is traced",
        """
        import sys, os
        def watch(frame, event, argument):
            if frame.f_code.co_name == '<module>' and event == 'exception': os._exit(0)
            return watch
        frame = sys._getframe(0)
        while frame:
            frame.f_trace = watch
            frame = frame.f_back
        sys.settrace(watch)
        def f(x): return 0
        """),
    CheatingSolution(
        "takes the place of AssertionError", fools: false,
        "import builtins\nbuiltins.AssertionError = None\ndef f(x): return 0"),
    CheatingSolution(
        "raises what is not an exception of tests", fools: false, "def f(x): raise KeyboardInterrupt()"),
    CheatingSolution("raises the end of an iteration", fools: false, "def f(x): raise StopIteration()"),
    CheatingSolution(
        "writes a verdict to every descriptor", fools: false,
        """
        import os
        text = b'{"nonce": "", "results": [{"marks": [1], "state": "ran", "note": ""}]}'
        for number in range(256):
            try: os.write(number, text)
            except OSError: pass
        def f(x): return 0
        """),
    CheatingSolution(
        "writes answers before they are asked for", fools: false,
        """
        import json, os, struct
        for value in (["ready"], ["value", ["b", True]], ["value", ["n"]]):
            data = json.dumps(value).encode()
            for number in range(3, 9):
                try: os.write(number, struct.pack('<I', len(data)) + data)
                except OSError: pass
        def f(x): return 0
        """),
    CheatingSolution(
        "answers with an enormous length", fools: false,
        """
        import os
        def f(x):
            for number in range(3, 9):
                try: os.write(number, b'\\xff\\xff\\xff\\xff')
                except OSError: pass
        """),
    CheatingSolution(
        "changes how answers are packed", fools: false,
        """
        import sys
        def f(x):
            sys._getframe(1).f_globals['pack'] = lambda *a: ['?', [[[]]]]
            return 0
        """),
    CheatingSolution(
        "answers with an endless iterator", fools: false,
        "import itertools\ndef f(x): return itertools.count()"),
    CheatingSolution(
        "answers with a list in itself", fools: false, "def f(x):\n  a = []\n  a.append(a)\n  return a"),
    CheatingSolution("answers with an enormous range", fools: false, "def f(x): return range(10 ** 18)"),
    CheatingSolution("answers with an enormous number", fools: false, "def f(x): return 1 << (1 << 22)"),
    CheatingSolution("answers not-a-number", fools: false, "def f(x): return float('nan')"),
    CheatingSolution(
        "crashes the interpreter", fools: false, "import ctypes\ndef f(x): return ctypes.string_at(0)"),
    CheatingSolution(
        "is deeper than the parser", fools: false, "x = " + String(repeating: "(", count: 30000)),
    CheatingSolution("has no function", fools: false, "pass"),
    CheatingSolution("waits without an end", fools: false, "import time\ndef f(x): time.sleep(1000)"),
    CheatingSolution("computes without an end", fools: false, "def f(x):\n    while True: pass"),
    CheatingSolution("prints without an end", fools: false, "def f(x):\n    while True: print('x' * 10000)"),
    CheatingSolution(
        "ignores signals and waits", fools: false,
        """
        import signal, time
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        def f(x): time.sleep(1000)
        """),
    CheatingSolution(
        "closes every descriptor", fools: false, "import os\nos.closerange(0, 256)\ndef f(x): return 0"),
]
