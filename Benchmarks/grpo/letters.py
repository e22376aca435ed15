"""A task whose answers are nearly always worth different amounts, whoever writes them: how many of an
answer's characters are letters that the question names.

Both sides of the benchmark ask these questions and score with this code: ours speaks with this program
(docs/environments.md), TRL's reward function imports it. A group of random answers has a signal, so nobody
trains on fewer answers than the other.
"""

import json
import random
import string
import sys


def letters(seed: int, index: int) -> str:
    """Four to twelve different letters."""
    rng = random.Random(f"{seed}/{index}")
    return "".join(rng.sample(string.ascii_lowercase, rng.randint(4, 12)))


def question(named: str) -> str:
    return f"Write a line with as many of these letters as you can: {named}"


def score(answer: str | None, named: str) -> float:
    """The share of the answer's characters that are named."""
    return sum(character in named for character in answer) / len(answer) if answer else 0.0


def reply(asked: dict) -> dict:
    if asked["op"] == "hello":
        return {"protocol": 1, "name": "letters", "scores": True}
    named = letters(asked["seed"], asked["index"])
    if asked["op"] == "entry":
        return {"question": question(named), "answer": None}
    return {"score": score(asked["answer"], named)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(reply(json.loads(line))), flush=True)
