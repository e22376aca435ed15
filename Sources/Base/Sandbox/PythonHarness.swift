/// The program that runs inside the sandbox and holds tests against solutions.
///
/// One process, the examiner, knows the tests; each solution has a process of its own. A solution is asked
/// for values over a pipe and sees arguments only, never a test, an expected value or the place where the
/// verdict is written; its answers come back as plain data, so that no method of its own (`__eq__`)
/// ever runs where the comparison is made. These processes are forked before the examiner reads any solution
/// or test, and wait: there is no moment at which a solution's memory holds a secret. They run one
/// after the other, each with a filter that forbids new processes and signals.
enum PythonHarness {
    /// Given to the interpreter with `-c`.
    static let source = #"""
        import builtins, collections, ctypes, datetime, decimal, fractions, functools, heapq, itertools
        import json, math, operator, os, random, re, resource, select, signal, string, struct, sys
        import time, typing

        MESSAGE_MAX, DEPTH_MAX, VALUES_MAX = 1 << 18, 40, 20000

        class Broken(Exception): pass

        # Plain data, each value as a list that begins with its kind.
        def pack(value, depth, count):
            count[0] += 1
            if depth > DEPTH_MAX or count[0] > VALUES_MAX: raise Broken("too much data")
            many = lambda items: [pack(item, depth + 1, count) for item in items]
            if value is None: return ["n"]
            if isinstance(value, bool): return ["b", bool(value)]
            if isinstance(value, int):
                if value.bit_length() > 1 << 16: raise Broken("too large a number")
                return ["i", "%x" % value]
            if isinstance(value, float): return ["f", float.hex(value)]
            if isinstance(value, complex): return ["c", value.real.hex(), value.imag.hex()]
            if isinstance(value, str): return ["s", str(value)]
            if isinstance(value, (bytes, bytearray)): return ["y", bytes(value).hex()]
            if isinstance(value, list): return ["l"] + many(value)
            if isinstance(value, tuple): return ["t"] + many(value)
            if isinstance(value, collections.deque): return ["q"] + many(value)
            if isinstance(value, frozenset): return ["z"] + many(value)
            if isinstance(value, (set, type({}.keys()))): return ["e"] + many(value)
            if isinstance(value, dict): return ["d"] + many([x for pair in value.items() for x in pair])
            if isinstance(value, range): return ["r"] + many([value.start, value.stop, value.step])
            if isinstance(value, type({}.values())): return ["l"] + many(value)
            if isinstance(value, collections.abc.Iterator):
                return ["g"] + many(itertools.islice(value, VALUES_MAX + 1))
            raise Broken("%s is no plain data" % type(value).__name__)

        def unpack(item, depth, count):
            count[0] += 1
            if depth > DEPTH_MAX or count[0] > VALUES_MAX or type(item) is not list or not item:
                raise Broken("too much data")
            kind, rest = item[0], item[1:]
            if kind in ("i", "f", "s", "y", "b") and len(rest) == 1:
                if kind == "b": return rest[0] is True
                text = rest[0]
                if type(text) is not str or kind == "i" and len(text) > 1 << 15: raise Broken("bad data")
                made = {"i": lambda x: int(x, 16), "f": float.fromhex, "s": str, "y": bytes.fromhex}
                return made[kind](text)
            if kind == "n": return None
            if kind == "c": return complex(float.fromhex(rest[0]), float.fromhex(rest[1]))
            values = [unpack(value, depth + 1, count) for value in rest]
            if kind == "l": return values
            if kind == "t": return tuple(values)
            if kind == "q": return collections.deque(values)
            if kind == "e": return set(values)
            if kind == "z": return frozenset(values)
            if kind == "d": return dict(zip(values[0::2], values[1::2]))
            if kind == "r" and len(range(*values)) <= VALUES_MAX: return range(*values)
            if kind == "g": return iter(values)
            raise Broken("bad data")

        def send(out, value):
            data = json.dumps(value).encode()
            if len(data) > MESSAGE_MAX: raise Broken("too much data")
            data = struct.pack("<I", len(data)) + data
            while data: data = data[os.write(out, data):]

        def read_exactly(source, count, deadline=None):
            data = b""
            while len(data) < count:
                if deadline is not None:
                    left = deadline - time.monotonic()
                    if left <= 0 or not select.select([source], [], [], left)[0]: raise TimeoutError()
                piece = os.read(source, count - len(data))
                if not piece: raise EOFError()
                data += piece
            return data

        def receive(source, deadline=None):
            size, = struct.unpack("<I", read_exactly(source, 4, deadline))
            if size > MESSAGE_MAX: raise Broken("too much data")
            return json.loads(read_exactly(source, size, deadline))

        libc = ctypes.CDLL(None, use_errno=True)

        class Filter(ctypes.Structure):
            _fields_ = [("count", ctypes.c_ushort), ("items", ctypes.c_void_p)]

        def confine(items):
            held = ctypes.create_string_buffer(items, len(items))
            program = Filter(len(items) // 8, ctypes.cast(held, ctypes.c_void_p))
            none = ctypes.c_ulong(0)
            return libc.prctl(22, ctypes.c_ulong(2), ctypes.byref(program), none, none) == 0

        # A solution's process, up to its end.
        def solve(asked, answered, rules, cpu):
            try:
                source, = receive(asked)
                null = os.open("/dev/null", os.O_RDWR)
                for target in (0, 1, 2): os.dup2(null, target)
                os.dup2(asked, 3 if answered != 3 else 4)
                asked = 3 if answered != 3 else 4
                for other in range(3, 256):
                    if other not in (asked, answered):
                        try: os.close(other)
                        except OSError: pass
                resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
                random.seed(0)
                if not confine(rules): os._exit(3)
                space = {"__name__": "solution", "__builtins__": builtins}
                try:
                    exec(compile(source, "solution", "exec"), space)
                    send(answered, ["ready"])
                except Exception as error:
                    send(answered, ["raised", type(error).__name__[:64]])
                    os._exit(0)
                while True:
                    name, positional, named = receive(asked)
                    try:
                        positional, named = unpack(positional, 0, [0]), unpack(named, 0, [0])
                        made = ["value", pack(space[name](*positional, **named), 0, [0])]
                    except Exception as error:
                        made = ["raised", type(error).__name__[:64]]
                    send(answered, made)
            finally:
                os._exit(1)

        class Ended(BaseException): pass

        class Raised(Exception): pass

        # What stands in the tests for a function of the solution.
        def stand_in(name, child, deadline):
            def call(*positional, **named):
                try: send(child[1], [name, pack(list(positional), 0, [0]), pack(named, 0, [0])])
                except OSError: raise Ended("crashed")
                try:
                    made = receive(child[2], deadline)
                    if made[0] == "value": return unpack(made[1], 0, [0])
                    known = getattr(builtins, str(made[1]), None)
                except TimeoutError: raise Ended("timeout")
                except EOFError: raise Ended("crashed")
                except Exception: raise Broken("bad answer")
                ordinary = isinstance(known, type) and issubclass(known, Exception)
                if ordinary and not issubclass(known, (AssertionError, StopIteration)):
                    raise known("solution")
                raise Raised(str(made[1])[:64])
            return call

        def examine(child, source, tests, setup, names, seconds):
            marks, state, note = [0] * len(tests), "ran", ""
            deadline = time.monotonic() + seconds
            def late(*_): raise Ended("timeout")
            signal.signal(signal.SIGALRM, late)
            signal.setitimer(signal.ITIMER_REAL, seconds + 0.5)
            try:
                send(child[1], [source])
                ready = receive(child[2], deadline)
                if ready[0] != "ready": return marks, "raised", str(ready[1])[:64]
                for index, test in enumerate(tests):
                    space = {"__name__": "tests"}
                    space.update({name: stand_in(name, child, deadline) for name in names})
                    try:
                        exec(setup, space)
                        space.update({name: stand_in(name, child, deadline) for name in names[:1]})
                        exec(test, space)
                        marks[index] = 1
                    except Exception as error:
                        note = note or type(error).__name__[:64]
            except (Ended, TimeoutError, EOFError) as end:
                words = {"TimeoutError": "timeout", "EOFError": "crashed"}
                state = words.get(type(end).__name__) or str(end)
            except Exception as error:
                state = "crashed"
                note = type(error).__name__[:64]
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            return marks, state, note

        def names_in(codes):
            seen, stack = [], list(codes)
            while stack:
                code = stack.pop()
                seen += [name for name in code.co_names if name not in seen]
                stack += [value for value in code.co_consts if hasattr(value, "co_names")]
            return seen

        def main():
            size = int(read_exactly(0, 16))
            job = json.loads(read_exactly(0, size))
            rules = bytes.fromhex(job["rules"])
            children = []
            for _ in range(job["count"]):
                asked, ask = os.pipe()
                answered, answer = os.pipe()
                pid = os.fork()
                if pid == 0: solve(asked, answer, rules, job["cpu"])
                os.close(asked)
                os.close(answer)
                children.append((pid, ask, answered))
            # Only now anything that a solution must not know.
            size = int(read_exactly(0, 16))
            exam = json.loads(read_exactly(0, size))
            if not confine(bytes.fromhex(job["examiner"])): os._exit(3)
            verdict = {"nonce": exam["nonce"], "results": []}
            try:
                setup = compile(exam["setup"], "setup", "exec")
                tests = [compile(test, "test", "exec") for test in exam["tests"]]
            except Exception as error:
                tests, verdict["broken"] = None, type(error).__name__
            if tests is not None:
                wanted = names_in(tests)
                others = [n for n in wanted if n != exam["entry"] and not hasattr(builtins, n)]
                names = [exam["entry"]] + others
                for child, source in zip(children, exam["solutions"]):
                    marks, state, note = examine(child, source, tests, setup, names, job["seconds"])
                    os.kill(child[0], signal.SIGKILL)
                    os.waitpid(child[0], 0)
                    note = note.encode("ascii", "replace").decode()
                    verdict["results"].append({"marks": marks, "state": state, "note": note})
            data = json.dumps(verdict).encode()
            while data: data = data[os.write(1, data):]
            os._exit(0)

        sys.setrecursionlimit(3000)
        main()
        """#
}
