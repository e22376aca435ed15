"""Writes Tests/Golden/reasoning_gym.jsonl: two entries of each task and configuration below, and the
scores of a few answers, as reasoning-gym==0.1.25 (Apache-2.0) gives them.

    pip install reasoning-gym==0.1.25
    python Tests/Golden/reasoning_gym.py
"""

import contextlib
import io
import json
import pathlib
import sys

del sys.path[0]  # this folder, where this very file would be found instead of the package
import reasoning_gym

RUNS = [
    ("chain_sum", {"allow_negation": True, "max_digits": 25}),
    ("spell_backward", {}),
    ("number_sorting", {}),
    ("letter_counting", {}),
    ("count_bits", {}),
    ("gcd", {"max_numbers": 4}),
    ("bf", {"difficulty": 2}),
    ("bf", {"difficulty": 3}),
    ("basic_arithmetic", {"whitespace": "random", "max_terms": 9}),
    ("basic_arithmetic", {"allow_parentheses": False, "whitespace": "no_space"}),
    ("calendar_arithmetic", {"tasks": ["weekday_offset"]}),
    ("calendar_arithmetic", {"tasks": ["weekday_of_date_from_first_date"], "year": 2024}),
    ("calendar_arithmetic", {"tasks": ["count_business_days"], "year": 1600}),
    ("decimal_arithmetic", {"min_num_decimal_places": 0, "precision": 9}),
    ("base_conversion", {"max_value": 2, "max_base": 36}),
    ("fraction_simplification", {"styles": ["latex_inline"]}),
    ("course_schedule", {"min_num_courses": 20, "max_num_courses": 40}),
    ("family_relationships", {"max_family_size": 14}),
    ("largest_island", {"max_num_islands": 8}),
    ("path_star", {"reversed": True}),
    ("quantum_lock", {}),
    ("shortest_path", {"p_blocked": 0.3}),
    ("emoji_mystery", {"max_words_in_sentence": 8}),
    ("futoshiki", {"max_board_size": 6}),
    ("kakurasu", {"p_ones": 0.5}),
    ("maze", {"min_dist": 3}),
    ("mini_sudoku", {}),
    ("n_queens", {"n": 6, "max_remove": 6}),
    ("sudoku", {"min_empty": 50, "max_empty": 60}),
    ("survo", {"max_num": 30}),
    ("tower_of_hanoi", {"max_pegs": 6}),
    ("circuit_logic", {"max_terms": 7, "max_inputs": 6}),
    ("knights_knaves", {"n_people": 4, "depth_constraint": 3, "width_constraint": 3}),
    ("self_reference", {}),
    ("color_cube_rotation", {"max_rotations": 6}),
    ("rectangle_count", {"width": 20, "height": 12}),
]


def line(name, config, index):
    """One entry and [answer, score] pairs. The package prints dots while it compiles."""
    with contextlib.redirect_stdout(io.StringIO()):
        dataset = reasoning_gym.create_dataset(name, seed=77, **config)
        entry = dataset[index]
    right = entry["answer"]
    answers = [right, None, "", right + " ", right.upper(), "0" + right, right[:-1], right[::-1]]
    return {
        "task": name,
        "config": config,
        "index": index,
        **entry,
        "scores": [[answer, dataset.score_answer(answer, entry)] for answer in answers],
    }


def main():
    rows = [line(name, config, index) for name, config in RUNS for index in (0, 1)]
    path = pathlib.Path(__file__).with_suffix(".jsonl")
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


main()
