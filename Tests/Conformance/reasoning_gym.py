"""Compares our environments with the PyPI package, entry by entry and score by score.

    pip install reasoning-gym==0.1.25
    python Tests/Conformance/reasoning_gym.py --binary .build/release/starling

For each task `BINARY env sample --task T --seed S --count N --json` must give the package's
entries byte for byte, and `BINARY env score --task T --json` its scores for the answers made up here:
right ones, damaged ones, numbers near by, and noise. Tasks of our own are not compared.
"""

import argparse
import contextlib
import io
import json
import math
import random
import subprocess
import sys

import reasoning_gym_puzzles as puzzles

del sys.path[0]  # this folder, where this very file would be found instead of the package
import reasoning_gym

TASKS = [
    "arc_1d", "basic_arithmetic", "base_conversion", "bf", "binary_matrix", "calendar_arithmetic",
    "decimal_arithmetic", "fraction_simplification", "propositional_logic", "chain_sum",
    "spell_backward", "number_sorting", "letter_counting", "count_bits", "gcd",
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


def own_answer(entry):
    return entry["answer"] if entry["answer"] is not None else entry["metadata"]["example_answer"]


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
    if metadata["source_dataset"] == "propositional_logic":
        names = metadata["variables"]
        yield rng.choice(metadata["premises"])
        p, q, r = (rng.choice(names) for _ in range(3))
        yield f"{p} {rng.choice('∧∨→↔')} ¬{q} {rng.choice('∧∨→↔')} {r}"
    yield from puzzles.candidates(rng, entry)


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
    except (ArithmeticError, Slow, IndexError, RuntimeError):
        return None


def compare(task, arguments):
    config = json.loads(arguments.config)
    seed = config.pop("seed", arguments.seed)
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
    rounded = 0
    for (index, entry, answer), reply in zip(requests, scores, strict=True):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                theirs = dataset.score_answer(answer, entry)
        except (OverflowError, RecursionError):
            continue
        ours = reply.get("score")
        rounded += ours != theirs
        if ours is None or not same_score(task, ours, theirs):
            faults += 1
            print(f"  {task}[{index}] answer {answer!r}: ours {reply}, theirs {theirs}")
    kinds = len({reply.get("score") for reply in scores})
    print(f"{task}: {len(entries)} entries ({skipped} the package cannot make), "
          f"{len(scores)} scores of {kinds} values, {rounded} in the last bit or worse, {faults} faults",
          flush=True)
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20251)
    parser.add_argument("--config", default="{}", help="JSON for every task named")
    parser.add_argument("tasks", nargs="*", default=TASKS)
    arguments = parser.parse_args()
    guard_divisors()
    guard_programs()
    sys.exit(1 if sum(compare(task, arguments) for task in arguments.tasks) else 0)


main()
