"""Writes Tests/Golden/reasoning_gym.jsonl: two entries of each task and configuration below, and the
scores of a few answers, as reasoning-gym==0.1.25 (Apache-2.0) gives them.

    pip install reasoning-gym==0.1.25
    python Tests/Golden/reasoning_gym.py
"""

import contextlib
import decimal
import io
import json
import pathlib
import sys

del sys.path[0]  # this folder, where this very file would be found instead of the package
import reasoning_gym
from reasoning_gym.algorithmic.word_sorting import TextTransformation

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
    ("bitwise_arithmetic", {"difficulty": 5}),
    ("decimal_chain_sum", {"allow_negation": True, "max_digits": 30, "max_decimal_places": 9}),
    ("dice", {"num_dice": 6}),
    ("lcm", {"max_numbers": 4}),
    ("leg_counting", {"max_animals": 37}),
    ("number_format", {"max_n": 1_000_000_000_000}),
    ("power_function", {}),
    ("prime_factorization", {"max_value": 10_000_000}),
    ("products", {"allow_negation": True, "max_terms": 5}),
    ("time_intervals", {"task_types": ["date", "datetime"]}),
    ("count_primes", {"min_n": 9_900, "max_n": 9_999}),
    ("number_filtering", {"max_numbers": 20}),
    ("coin_flip", {"max_trials": 40}),
    ("complex_arithmetic", {"operations_weights": [0.1, 0.1, 0.3, 0.5]}),
    ("number_sequence", {"max_complexity": 4}),
    ("modulo_grid", {"size_x": 8, "size_y": 9, "max_holes": 5}),
    ("needle_haystack", {"max_num_statements": 12}),
    ("aiw", {"max_entities": 9}),
    ("syllogism", {"inversion_probability": 0.5}),
    ("simple_geometry", {"max_sides": 12}),
    ("ab", {"length": 20}),
    ("binary_alternation", {"p_solvable": 0.5}),
    ("caesar_cipher", {"delimiter": ","}),
    ("cryptarithm", {"allow_leading_zero": True}),
    ("letter_jumble", {"consecutive_words": False, "min_corruption_level": 0.5}),
    ("manipulate_matrix", {"w_rotate": 2, "w_map": -1.5, "max_rows": 5}),
    ("palindrome_generation", {}),
    ("palindrome_partitioning", {"max_string_len": 8}),
    ("pool_matrix", {"max_rows": 5, "min_pool_size": 2}),
    ("rotate_matrix", {"max_n": 4}),
    ("rotten_oranges", {"min_n": 4, "max_n": 6, "p_rotten": 0.2}),
    ("sentence_reordering", {"min_words_in_sentence": 10}),
    ("spiral_matrix", {"max_n": 5}),
    ("string_insertion", {"min_string_length": 30, "max_string_length": 60}),
    ("string_manipulation", {"min_num_rules": 10, "max_num_rules": 20}),
    ("string_splitting", {"max_iterations": 6}),
    ("string_synthesis", {"max_initial_blocks": 7}),
    ("word_sequence_reversal", {}),
    ("word_sorting", {"transformation": TextTransformation.RANDOMCASE}),
    ("jugs", {"num_jugs": 4, "difficulty": 7}),
    ("graph_color", {"min_num_vertices": 5, "edge_probability": 0.3}),
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
    decimal.setcontext(decimal.Context())  # decimal_arithmetic leaves its precision behind
    with contextlib.redirect_stdout(io.StringIO()):
        dataset = reasoning_gym.create_dataset(name, seed=77, **config)
        entry = dataset[index]
    right = entry["answer"]
    if right is None:
        right = json.dumps(entry["metadata"]["possible_answer"])
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
