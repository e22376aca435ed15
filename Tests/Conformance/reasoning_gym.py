"""Compares our environments with the PyPI package, entry by entry and score by score.

    pip install reasoning-gym==0.1.25
    python Tests/Conformance/reasoning_gym.py --binary .build/release/starling

For each task `BINARY env sample --task T --seed S --count N --json` must give the package's
entries byte for byte, and `BINARY env score --task T --json` its scores for the answers made up here:
right ones, damaged ones, numbers near by, and noise. Tasks of our own are not compared.
"""

import argparse
import contextlib
import datetime
import decimal
import io
import json
import math
import random
import re
import subprocess
import sys
from fractions import Fraction
import warnings

import reasoning_gym_puzzles as puzzles

del sys.path[0]  # this folder, where this very file would be found instead of the package
import reasoning_gym
from reasoning_gym.algorithmic.word_sorting import TextTransformation

TASKS = [
    "arc_1d", "basic_arithmetic", "base_conversion", "bf", "binary_matrix", "calendar_arithmetic",
    "decimal_arithmetic", "fraction_simplification", "propositional_logic", "chain_sum",
    "spell_backward", "number_sorting", "letter_counting", "count_bits", "gcd",
    "bitwise_arithmetic", "decimal_chain_sum", "dice", "lcm", "leg_counting", "number_format",
    "power_function", "prime_factorization", "products", "time_intervals", "count_primes",
    "number_filtering", "coin_flip", "complex_arithmetic", "number_sequence", "modulo_grid",
    "needle_haystack", "aiw", "syllogism", "simple_geometry",
    "ab", "binary_alternation", "caesar_cipher", "cryptarithm", "letter_jumble", "manipulate_matrix",
    "palindrome_generation", "palindrome_partitioning", "pool_matrix", "rotate_matrix",
    "rotten_oranges", "sentence_reordering", "spiral_matrix", "string_insertion",
    "string_manipulation", "string_splitting", "string_synthesis", "word_sequence_reversal",
    "word_sorting", "jugs", "graph_color",
    "course_schedule", "family_relationships", "largest_island", "path_star", "quantum_lock",
    "shortest_path", "emoji_mystery", "futoshiki", "kakurasu", "maze", "mini_sudoku", "n_queens",
    "sudoku", "survo", "tower_of_hanoi", "circuit_logic", "knights_knaves", "self_reference",
    "color_cube_rotation", "rectangle_count",
]
PIECES = [
    " ", "\n", ".0", "0", "1", "-", "+", "_", ",", "e1", "/", "$", "\\frac{", "}", "[", "]", "(",
    ")", "'", '"', "¬", "∧", "∨", "→", "↔", "P", "Q", "x", "é", "٣", "\u00a0", "Monday", "sunday",
    "ſ", "nan",
]


class Slow(Exception):
    """The package needs more steps here than anyone waits for."""


def guard_divisors():
    """The package walks to the root of a number; beyond 10^14 that is minutes. Skip those."""
    from reasoning_gym.arithmetic import basic_arithmetic as module

    walk = module.find_common_divisors

    def guarded(a, b):
        if math.gcd(a, b) > 10**14:
            raise Slow
        return walk(a, b)

    module.find_common_divisors = guarded


def guard_programs():
    """Some bf programs of difficulty 3 never end."""
    import bfi

    run = bfi.interpret

    def guarded(program, **options):
        output = run(program, time_limit=20, **options)
        if output is None:
            raise Slow
        return output

    bfi.interpret = guarded


def guard_fractions():
    """The package computes 10 to the power of any exponent that an answer has."""
    from reasoning_gym.probability import coin_flip as module

    fraction = module.Fraction

    def guarded(text):
        exponent = re.search(r"e[-+]?([\d_]+)\s*$", text, re.IGNORECASE)
        if exponent and len(exponent[1]) > 4:
            raise Slow
        return fraction(text)

    module.Fraction = guarded


def guard_sequences():
    """Squares of squares take more digits than there is memory; a sequence with one is thrown away."""
    from reasoning_gym.cognition.number_sequences import PatternRule

    apply = PatternRule.apply

    def guarded(self, sequence, position):
        number = apply(self, sequence, position)
        if abs(number) > 10**100:
            raise OverflowError  # which the package answers by trying another rule
        return number

    PatternRule.apply = guarded


def guard_clock():
    """The package dates a time of day by today's date; ours says January 1, 2000."""
    from reasoning_gym.arithmetic import time_intervals as module

    parse = module.parser.parse

    class Parser:
        @staticmethod
        def parse(text):
            return parse(text, default=datetime.datetime(2000, 1, 1))

    module.parser = Parser


def guard_powers():
    """A C library's power and distance need not be correctly rounded, and differ between systems.

    Ours are; the package gets exact ones here. --libm leaves it with those of this computer.
    """
    from reasoning_gym.algebra import complex_arithmetic
    from reasoning_gym.arithmetic import power_function

    def distance(number):
        if not (math.isfinite(number.real) and math.isfinite(number.imag)):
            return abs(number)
        square = Fraction(number.real) ** 2 + Fraction(number.imag) ** 2
        bits = max(0, 240 - square.numerator.bit_length() + square.denominator.bit_length()) // 2
        return float(Fraction(math.isqrt(int(square * 4**bits)), 2**bits))

    complex_arithmetic.abs = lambda number: (
        distance(number) if isinstance(number, complex) else abs(number))
    power = power_function.pow
    power_function.pow = lambda base, exponent: (
        float(Fraction(base) ** exponent) if base else power(base, exponent))


def own_answer(entry):
    if entry["answer"] is not None:
        return entry["answer"]
    metadata = entry["metadata"]
    return metadata.get("example_answer") or json.dumps(metadata["possible_answer"])


def candidates(rng, entry, others):
    """Answers of every kind: right, damaged, another entry's, a number near by, noise."""
    right = own_answer(entry)
    yield right
    yield own_answer(rng.choice(others))
    yield rng.choice([None, "", " " + right, right + ".0", right.upper(), right.lower(), right * 2,
                      "(" + right + ")", "'" + right + "'", right.replace(" ", "")])
    damaged = list(right)
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(damaged))
        damaged[at : at + rng.randint(0, 1)] = [rng.choice(PIECES)]
    yield "".join(damaged)
    yield "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 6)))
    try:
        number = float(right) if "." in right else int(right)
        yield str(number + rng.choice([-2, -1, 1, 2, 0.001, 0.0011]))
        yield f"{float(right):.{rng.randint(0, 6)}f}"
    except (ValueError, OverflowError):
        pass
    metadata = entry["metadata"]
    if metadata["source_dataset"] == "binary_matrix":
        rows = metadata["solution"]
        yield rng.choice([str, json.dumps, lambda r: str(tuple(map(tuple, r))),
                          lambda r: str(["".join(map(str, row)) for row in r])])(rows)
    if metadata["source_dataset"] == "number_sorting":
        numbers = metadata["sorted_numbers"]
        yield json.dumps([float(n) + rng.choice([0, 0.5, 1, -1.5]) for n in numbers])
        yield rng.choice([json.dumps(numbers), str([float(n) for n in numbers]),
                          str(numbers[::-1]), str(["nan"] * len(numbers)),
                          "[" + ",".join(["NaN"] * len(numbers)) + "]"])
    if metadata["source_dataset"] == "fraction_simplification":
        a, b = metadata["simplified_numerator"], metadata["simplified_denominator"]
        c, d = metadata["numerator"], metadata["denominator"]
        yield rng.choice([f"{a}/{b}", f" {a} / {b} ", f"\\frac {{ {a} }}{{{b}}} rest",
                          f"{c}/{d}", f"{a}/{d}", f"\\DFRAC{{{a}}}{{{b}}}", f"-{a}/{b}",
                          f"{a}/{b}/1", f"{b}/{a}"])
    yield from special_candidates(rng, metadata, right)
    if metadata["source_dataset"] == "propositional_logic":
        names = metadata["variables"]
        yield rng.choice(metadata["premises"])
        p, q, r = (rng.choice(names) for _ in range(3))
        yield f"{p} {rng.choice('∧∨→↔')} ¬{q} {rng.choice('∧∨→↔')} {r}"
    yield from puzzles.candidates(rng, entry)
    yield from text_candidates(rng, entry)
    yield from number_candidates(rng, entry)


def text_candidates(rng, entry):
    """Answers suited to the tasks about words and strings."""
    right, metadata = entry["answer"], entry["metadata"]
    match metadata["source_dataset"]:
        case "ab":
            yield rng.choice([right.replace(" ", "  "), right + "\n", right[3:]])
        case "letter_jumble" | "sentence_reordering" | "caesar_cipher":
            words = right.split()
            yield rng.choice(["  ", "\n", "\t \x1f"]).join(words).title()
            del words[rng.randrange(len(words))]
            yield " ".join(words)
            yield " ".join(rng.sample(right.split(), len(right.split())))
        case "palindrome_generation":
            half, middle = list(right[: len(right) // 2]), right[len(right) // 2 : -(len(right) // 2)]
            rng.shuffle(half)
            yield "".join(half) + middle + "".join(half[::-1])
            yield rng.choice(["ΣΑΣ", "ΑΣΑ", "Σ.", "aΣ\u0301", "İi\u0307", " ", right + right[::-1]])
            yield "".join(rng.sample(right, len(right)))
        case "palindrome_partitioning":
            ways = metadata["solution"]
            yield json.dumps(rng.sample(ways, len(ways)) + [rng.choice(ways)])
            yield rng.choice([str(ways), json.dumps(ways[1:]), json.dumps({"".join(w): 1 for w in ways}),
                              json.dumps(["".join(w) for w in ways]), json.dumps(metadata["string"]),
                              json.dumps([{p: 1 for p in way} for way in ways]),
                              json.dumps([way + [[]] for way in ways]), json.dumps(ways + [1])])
        case "string_insertion":
            yield rng.choice([repr(right), str(list(right)), json.dumps(list(right)), str(tuple(right)),
                              str(list(right))[1:-1], "('" + right + "')", "'''" + right + "'''",
                              str(list(right)) + " # so", "[" + right + "]", "'" + right + "',",
                              "['A' 'B'", metadata["string"]])
        case "string_splitting" | "string_synthesis":
            yield " ".join(map(str, rng.choice(metadata["states"])))
        case "string_manipulation":
            yield rng.choice(metadata["states"])
        case "word_sequence_reversal" | "word_sorting":
            words = right.split(", ")
            yield rng.choice([",", " ,\n", ", ,"]).join(words)
            yield ", ".join(rng.sample(words, len(words)))
            yield ", ".join(words[::-1] + ["more"])
            yield ", ".join(words[:-1])


def number_candidates(rng, entry):
    """Answers suited to the tasks about numbers and matrices."""
    right, metadata = entry["answer"], entry["metadata"]
    match metadata["source_dataset"]:
        case "manipulate_matrix" | "rotate_matrix":
            yield rng.choice([" \n", "\n\n", "\t\r\n"]).join(right.split("\n"))
            yield rng.choice([str(metadata["solution"]), f"So:\n{right}", right.replace(" ", "  ")])
        case "pool_matrix":
            rows = [[float(cell) for cell in row] for row in metadata["solution"]]
            factor = rng.choice([1, 1.0099, 0.9901, 1.0101, 1.0100999, 1.0101011, 2])
            yield "\n".join(" ".join(str(cell * factor) for cell in row) for row in rows)
            yield "\n".join(" ".join(map(str, column)) for column in zip(*rows))
            yield rng.choice([" ".join(right.split()), right.replace("\n", "\r\n\n# more\n"), str(rows),
                              right.replace(" ", ","), right.replace(" ", "\u00a0") + " # 1",
                              "nan " + right, right.replace("5", "nan", 1), "1e99999", "_1", "٣", "#"])
        case "spiral_matrix":
            cells = metadata["solution"]
            yield rng.choice([str(cells), str(cells)[1:-1], str(tuple(cells)), str([*map(str, cells)]),
                              "[" + ",\n".join(map(str, cells)) + ",] # so", str([cells]),
                              "(" + str(cells) + ")", str(cells)[1:-1] + ",", str(cells).replace("0", "-0"),
                              str(cells).replace("[", "[+ -+-"), f"\n{right} ", right.replace(" ", ", "),
                              repr("".join(map(str, cells))), str([float(cell) for cell in cells])])
        case "cryptarithm":
            letters = metadata["letter_to_digit"]
            yield from sums(rng, letters, metadata)
            yield rng.choice([right.replace(",", " , \n"), right.lower(), right + ",", right + ",Ä=1",
                              right.replace("=", " = +"), right.replace("1", "٣"), right + "," + right,
                              right.replace("=", "==", 1), right.replace("=", ":"), "Z=1=2", "K=1",
                              right.replace("K", "\u212a"), right.replace("7", "7" * 5000)])
        case "jugs":
            yield from moves(rng, json.loads(right))
        case "graph_color":
            yield from colorings(rng, metadata)


def sums(rng, letters, metadata):
    """Two letters change their digits: sometimes another solution, mostly none."""
    from reasoning_gym.algorithmic.cryptarithm import verify_cryptarithm_solution as verify

    names = list(letters)
    swaps = [(a, b) for i, a in enumerate(names) for b in names[:i]]
    swapped = [{**letters, a: letters[b], b: letters[a]} for a, b in swaps]
    words = metadata["words_letters"], metadata["result_letters"], metadata["allow_leading_zero"]
    for mapping in [m for m in swapped if verify(m, *words)[0]][:2] + [rng.choice(swapped)]:
        yield ",".join(f"{k}={v}" for k, v in rng.sample(list(mapping.items()), len(mapping)))
    yield ",".join(f"{k}={rng.randint(-1, 10)}" for k in names)


def moves(rng, solution):
    """Moves that end elsewhere, go on, or are none."""
    yield json.dumps(solution[:-1])
    yield json.dumps(solution + [f"pour {rng.choice('ABC')}->{rng.choice('ABC')}"])
    yield json.dumps(["fill C", "pour C->A", "empty C"] + solution)
    at = rng.randrange(len(solution))
    yield json.dumps(solution[:at] + [rng.choice(["fill D", "pour A", "pour A->B->C", "drink A", "", 1,
                                                  "fill A now", "FILL A", [], None, "pour A ->B",
                                                  "fill A->B", "empty", "\u00a0fill\u2003A "])]
                     + solution[at:])
    yield rng.choice(["[]", "{}", '""', "null", "1", '"fill A"', '{"fill A": 1, "fill A": 2}', "[NaN]",
                      json.dumps({move: 1 for move in solution}), str(solution), '[" "]'])


def colorings(rng, metadata):
    """Other colourings in the forms that JSON has for them."""
    colors = list(metadata["possible_answer"].values())
    names = metadata["puzzle"]["color_options"]
    renamed = dict(zip(names, rng.sample(names, len(names))))
    yield json.dumps({i: renamed[color] for i, color in enumerate(colors)})
    changed = list(colors)
    changed[rng.randrange(len(colors))] = rng.choice([0, 1, 2, 3, 4, 1.0, 2.5, True, False, None, "1", [1],
                                                      {}, -1, 10**30, math.nan])
    yield json.dumps(dict(enumerate(changed)))
    yield json.dumps({**dict(enumerate(colors)), rng.randrange(len(colors)): 1, "99": 7})
    yield json.dumps(changed + list(range(len(colors))))
    yield json.dumps(rng.sample(range(len(colors)), len(colors)) + [rng.choice([1, "0", 3.0, True])])
    yield rng.choice(["[]", "{}", '""', "null", "1", "[0]", "[1]", '["0"]', "[true, false]", '{"0": 1}',
                      '{"0": 9, "0": 1}', str(dict(enumerate(colors))), json.dumps(colors)])


def special_candidates(rng, metadata, right):
    """Answers in the other forms that a task's scorer knows, right and nearly right."""
    task = metadata["source_dataset"]
    near = rng.choice([0, 0, 1, -1, 60, 86400])
    if task == "bitwise_arithmetic":
        value = int(right, 0) + rng.choice([0, 0, 1, -16])
        yield rng.choice([hex, bin, oct, str, "{:#_x}".format, "{:#X}".format, "+{:d}".format,
                          "0{:d}".format, "{:x}".format, " {:#b}\n".format, "0x_{:x}".format])(value)
    if task == "prime_factorization":
        factors = metadata["factors"] + rng.choice([[], [], [1], [-1, -1], [0], [2**70]])
        rng.shuffle(factors)
        yield rng.choice(["×", " × ", "× ×"]).join(map(str, factors))
        yield str(math.prod(factors))
    if task == "coin_flip":
        top, bottom = metadata["rational"].values()
        yield rng.choice([f"{top}/{bottom}", f" {top * 3}/{bottom * 3}\n", f"-{top}/{bottom}",
                          f"{top}/0", f"{top / bottom:.3f}", f"{top / bottom:.6e}", f"{top}/{bottom}.0",
                          f"+{1 - top / bottom}", f"{top + 1}/{bottom}", f".{top}", f"{top}.", "1/3"])
        yield f"{rng.randint(1, 10**30)}/{rng.randint(1, 10**30)}"
    if task == "complex_arithmetic":
        real, imag = (part + rng.choice([0, 0, 0, 1, -2, 0.25]) for part in metadata["result"])
        yield rng.choice([f"{real}+{imag}i", f"({real} - {-imag}j)", f"{imag}i", f"{real}", f"i+{real}",
                          f"{real}+i", f"-I", "j", f"{real}{imag:+}I", f"-{real}i", f"(({real}))",
                          f"{real:e}{imag:+e}i", f"nan+{imag}i", f"{real}+1e400i", f"{real}\n+{imag}i",
                          f"\t{real}+{abs(imag)}i", f"1e+{abs(imag)}i", "1e+i", f"{real}+-{imag}i"])
    if task == "time_intervals":
        days, _, time = right.rpartition(" days")
        seconds = rng.choice([0, 1, 59, 3600, 86399])
        clock = f"{seconds // 3600:02d}:{seconds // 60 % 60}"
        yield rng.choice([f"{days or near} days, {clock}", f"{days or near} days,{clock}:{near}",
                          f"{days or near} days", f"{clock}:{near}", f"{clock}:{near}.{abs(near)}",
                          f" {days or 3} ", f"{clock}:1.2.3", f"{right}:7", f"-{right}", f"{clock}:.5"])
    if task in ("power_function", "decimal_chain_sum", "number_format", "products"):
        number = float(right)
        yield rng.choice([f"{number:.2e}", f"{number:.3e}", f"{number * 1.004:.4g}", f"{number:,}",
                          f"{number + 0.005}", f"{number:.1f}", f"{number:+.3E}", f"-{number}",
                          f"{number:.30f}", "0", "-0.00", "inf", "sNaN"])
    if task == "needle_haystack":
        yield rng.choice([right.upper(), f" {right}\n", right[0] + " " + right[1:], right + "."])


def speak(command, **options):
    """The JSON lines that a command prints, and whether it ended well."""
    done = subprocess.run(command, capture_output=True, encoding="utf-8", **options)
    return [json.loads(line) for line in done.stdout.split("\n") if line], done


def sample(command, count):
    """Entries 0..<count. A command ends at an entry that does not exist: go on behind it."""
    found = {}
    start = 0
    while start < count:
        options = ["--start", str(start), "--count", str(count - start)]
        lines, done = speak(command + options)
        found.update((line["index"], line) for line in lines)
        if done.returncode == 0:
            break
        if "no question at index" not in done.stderr:
            sys.exit(done.stderr)
        start += len(lines) + 1
    return found


def same_score(task, ours, theirs):
    """Equal, except that our exponential is correctly rounded and a C library's need not be."""
    if task == "calendar_arithmetic":
        return abs(ours - theirs) <= math.ulp(theirs)
    return ours == theirs


def package_entry(dataset, index):
    """The package's entry, or None where it fails. It prints dots while it compiles."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return dataset[index]
    except (ArithmeticError, Slow, IndexError, RuntimeError, ValueError):
        return None


def compare(task, arguments):
    config = json.loads(arguments.config)
    if "transformation" in config:
        config["transformation"] = TextTransformation(config["transformation"])
    seed = config.pop("seed", arguments.seed)
    decimal.setcontext(decimal.Context())  # decimal_arithmetic leaves its precision behind
    dataset = reasoning_gym.create_dataset(task, seed=seed, **config)
    options = ["--task", task, "--json", "--config", arguments.config]
    command = [arguments.binary, "env", "sample", "--seed", str(seed)] + options
    sampled = sample(command, arguments.count)
    entries, faults, skipped = [], 0, 0
    for index in range(arguments.count):
        ours = sampled.get(index)
        theirs = package_entry(dataset, index)
        if theirs is None or ours is None:
            skipped += theirs is None
            if theirs is not None:
                print(f"  {task}[{index}]: we have no entry, the package has one")
                faults += 1
            continue
        wanted = json.loads(json.dumps({"index": index, **theirs}))
        if json.dumps(ours) != json.dumps(wanted):
            faults += 1
            print(f"  {task}[{index}] differs:\n    ours   {ours}\n    theirs {wanted}")
        entries.append((index, theirs))
    rng = random.Random(arguments.seed)
    requests = [
        (index, entry, answer)
        for index, entry in entries
        for answer in candidates(rng, entry, [other for _, other in entries])
    ]
    lines = "".join(json.dumps({"seed": seed, "index": index, "answer": answer}) + "\n"
                    for index, _, answer in requests)
    scores, _ = speak([arguments.binary, "env", "score"] + options, input=lines)
    rounded, unscored = 0, 0
    for (index, entry, answer), reply in zip(requests, scores, strict=True):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                theirs = dataset.score_answer(answer, entry)
        except Slow:
            unscored += 1
            continue
        except (OverflowError, RecursionError, ValueError):
            # The package fails here; ours must call the answer wrong.
            unscored += 1
            if not 0 <= reply.get("score", -1) < 1:
                faults += 1
                print(f"  {task}[{index}] answer {answer!r}: ours {reply}, theirs fails")
            continue
        ours = reply.get("score")
        rounded += ours != theirs
        if ours is None or not same_score(task, ours, theirs):
            faults += 1
            print(f"  {task}[{index}] answer {answer!r}: ours {reply}, theirs {theirs}")
    kinds = len({reply.get("score") for reply in scores})
    print(f"{task}: {len(entries)} entries ({skipped} the package cannot make), "
          f"{len(scores)} scores of {kinds} values ({unscored} the package cannot give), "
          f"{rounded} in the last bit or worse, {faults} faults",
          flush=True)
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20251)
    parser.add_argument("--config", default="{}", help="JSON for every task named")
    parser.add_argument("--libm", action="store_true", help="compare with this C library's rounding")
    parser.add_argument("tasks", nargs="*", default=TASKS)
    arguments = parser.parse_args()
    guard_divisors()
    guard_programs()
    guard_clock()
    guard_sequences()
    guard_fractions()
    if not arguments.libm:
        guard_powers()
    warnings.simplefilter("ignore")  # of NumPy, for answers without numbers
    sys.exit(1 if sum(compare(task, arguments) for task in arguments.tasks) else 0)


main()
