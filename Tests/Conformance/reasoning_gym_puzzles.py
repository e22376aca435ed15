"""Answers to graphs, games and riddles for the comparison with the package: other solutions, longer
ones, the same one in another form, and near misses."""

import json

SIDES = {"right": "left", "left": "right", "up": "down", "down": "up"}


def changed(rng, rows, values):
    """A copy of rows with up to three cells changed."""
    rows = [list(row) for row in rows]
    for _ in range(rng.randint(1, 3)):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(values)
    return rows


def lines(rows, blank=" "):
    return "\n".join(blank.join(map(str, row)) for row in rows)


def squares(rng, entry):
    """Sudokus and Futoshikis, for which every right digit counts."""
    solution = entry["metadata"]["solution"]
    near = changed(rng, solution, range(10))
    yield lines(near)
    yield rng.choice([lines(solution, ""), lines(solution, ","), str(solution), json.dumps(near),
                      lines(solution, "  "), lines(near, " | ")])
    yield rng.choice(["Here:\n", "", "\n"]) + entry["answer"].replace("\n", " \n") + rng.choice(["", "\t"])
    yield lines(rng.sample(near, len(near)))
    yield lines(near[1:]) + "\r\n" + lines(near[:2])
    yield entry["answer"].replace("_", "1") + "\n" + lines(near)
    yield str(entry["metadata"].get("puzzle"))


def shortest_path(rng, entry):
    path = entry["metadata"]["solution"]
    detour = list(path)
    at = rng.randint(0, len(path))
    step = rng.choice(list(SIDES))
    detour[at:at] = [step, SIDES[step]]
    yield " ".join(detour)
    yield "  ".join(rng.sample(path, len(path))) + "\n"
    yield " ".join(rng.choice(list(SIDES)) for _ in range(len(path)))
    yield " ".join(path[:-1] + [rng.choice(list(SIDES))])
    yield rng.choice(["infeasible ", "Infeasible", "right", "up\tup"])


def presses(buttons, sequence):
    number, light = 0, "red"
    for name in sequence:
        button = buttons[name]
        if button["active_state"] in (light, "any"):
            value = button["value"]
            number = {"add": number + value, "subtract": number - value,
                      "multiply": number * value}[button["type"]]
            light = "green" if light == "red" else "red"
    return number


def quantum_lock(rng, entry):
    metadata = entry["metadata"]
    buttons = {button["name"]: button for button in metadata["buttons"]}
    length = len(metadata["solution_path"])
    for extra in (0, 0, rng.randint(1, 4)):
        tries = [rng.choices("ABC", k=length + extra) for _ in range(100)]
        found = [t for t in tries if presses(buttons, t) == metadata["target_value"]]
        yield " → ".join((found or tries)[0])
    yield "".join(metadata["solution_path"]).lower() + rng.choice(["", " ẚ", "b", ", then C", "Ｂ"])
    yield rng.choice("ABC") * rng.randint(1, 90)


def n_queens(rng, entry):
    board = rng.choice(entry["metadata"]["solutions"])
    yield lines(board)
    yield rng.choice([str, json.dumps, lambda b: str([" ".join(row) for row in b]),
                      lambda b: str(["".join(row) for row in b]),
                      lambda b: str(tuple(map(tuple, b)))])(board)
    yield lines(changed(rng, board, "Q_"))
    yield lines(board) + "\n"
    yield str(changed(rng, board, ["Q", "_", 1]))


def tower_of_hanoi(rng, entry):
    metadata = entry["metadata"]
    moves = entry["answer"].split("\n")
    spare = metadata["auxiliary_pegs"][0]
    start, target = metadata["start_peg"], metadata["target_peg"]
    there = f"Move disk 1 from Peg {start} to Peg {spare}"
    back = f"Move disk 1 from Peg {spare} to Peg {start}"
    yield "\n".join([there, back] + moves)
    yield "\n".join(moves + [f"Move disk 1 from Peg {target} to Peg {spare}",
                             f"Move disk 1 from Peg {spare} to Peg {target}"] * rng.randint(1, 3))
    yield "\n".join(moves[: rng.randint(0, len(moves))])
    yield rng.choice(["\r\n", "\n\n ", "\u2028", " \t\n", ", "]).join(moves)
    frames = ["- {}", "1.{}", "{}.", "{} ", "x{}", "{}{}", "{}0"]
    yield "\n".join(rng.choice(frames).format(m, m) for m in moves)
    yield "\n".join(rng.choice(["{}", "1.{}", " {} ", "x{}"]).format(m) for m in moves)
    yield "\n".join(m.replace("1", rng.choice(["1", "٣", "01", "9", "-1"])) for m in moves)
    yield rng.choice(["   ", there, back, there.replace("from", "From"), there.replace("disk ", "disk  ")])


def kakurasu(rng, entry):
    solution = entry["metadata"]["solution"]
    yield lines(changed(rng, solution, [0, 1]))
    yield rng.choice([lines(solution, ""), lines(solution, ", "), "\n" + lines(solution) + "\n",
                      str(solution), str(solution).replace("],", "],\n"), lines(solution, " 2 ")])
    yield lines(rng.sample(solution, len(solution)))
    yield lines(solution[:-1])
    yield lines(solution) + rng.choice(["\nok", "\n\n0"])


def survo(rng, entry):
    solution = entry["metadata"]["solution"]
    yield lines(changed(rng, solution, range(1, 10)))
    yield rng.choice([lines(solution, "\t"), "Matrix:\n" + lines(solution, " x "), lines(solution, ","),
                      lines([[f"+{n}" for n in row] for row in solution]), str(solution),
                      "\n\n".join(lines([row]) for row in solution)])
    yield lines(solution[:-1])
    yield lines(rng.sample(solution, len(solution)))


def knights_knaves(rng, entry):
    terms = entry["metadata"]["knight_knave_terms"]
    people = list(zip(entry["metadata"]["names"], entry["metadata"]["solution"]))
    rng.shuffle(people)
    for flips in (0, 1, 2):
        told = [(name, truth != (i < flips)) for i, (name, truth) in enumerate(people)]
        words = [name + rng.choice([" is ", " is a ", ": ", " "]) + terms["knight" if t else "knave"]
                 for name, t in told]
        between = rng.choice([", ", ", and ", " and ", "\n", ".\nAnd ", " and and "])
        yield between.join(words) + rng.choice(["", ".", "!"])
    yield entry["answer"].upper() + rng.choice(["", " and", " (sure)", " Σ is a knight", " saint"])


def rectangle_count(rng, entry):
    yield f" {int(entry['answer']) + rng.randint(-6, 6)}\n"
    yield f"+{entry['answer']}"
    yield "-" + "9" * rng.randint(1, 40)


def color_cube_rotation(rng, entry):
    yield rng.choice(list(entry["metadata"]["initial_state"].values()))
    yield "\n" + entry["answer"].title() + "\u3000"


def emoji_mystery(rng, entry):
    text = list(entry["answer"])
    for _ in range(rng.randint(1, 5)):
        text[rng.randrange(len(text))] = rng.choice("aé😀 e")
    yield "".join(text)
    yield entry["answer"].swapcase()


def words(rng, entry):
    """Answers of one word or several: blanks and capitals."""
    right = entry["answer"]
    yield rng.choice(["\t{}", "{}\u2003", " {}\n", "<{}>"]).format(right.upper())
    yield rng.choice(["  ", "\t", "\n", "\u00a0"]).join(right.split())
    yield " ".join(reversed(right.split()))
    yield rng.choice([" {}", "{} ", "\n{}\x1f", "{}.", "{}  \u2029"]).format(right)


KINDS = {
    "sudoku": squares, "mini_sudoku": squares, "futoshiki": squares, "shortest_path": shortest_path,
    "quantum_lock": quantum_lock, "n_queens": n_queens, "tower_of_hanoi": tower_of_hanoi,
    "kakurasu": kakurasu, "survo": survo, "knights_knaves": knights_knaves,
    "rectangle_count": rectangle_count, "color_cube_rotation": color_cube_rotation,
    "emoji_mystery": emoji_mystery, "family_relationships": words, "path_star": words,
    "course_schedule": words, "largest_island": words, "maze": words, "circuit_logic": words,
    "self_reference": words,
}


def candidates(rng, entry):
    """The answers for an entry of any task; none for a task that is not listed."""
    kind = KINDS.get(entry["metadata"]["source_dataset"])
    return kind(rng, entry) if kind else ()
