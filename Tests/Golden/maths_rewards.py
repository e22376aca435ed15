"""Writes Tests/Golden/maths_rewards.json: what the reward functions of gensyn-genrl==0.3.0 (multi-stage
mathematics) pay for texts made here from a seed. The package's own code runs; what it imports and does not
need for this is replaced by empty modules.

    pip install --no-deps gensyn-genrl==0.3.0
    python Tests/Golden/maths_rewards.py
"""

import json
import pathlib
import random
import sys
import types
from unittest import mock

for name in [
    "datasets", "torch", "torch.distributed", "torch.utils", "torch.utils.data",
    "torch.utils.tensorboard", "transformers", "wandb", "hivemind", "numpy", "ollama",
]:
    module = types.ModuleType(name)
    module.__getattr__ = lambda attribute: mock.MagicMock()
    module.__path__ = []
    sys.modules[name] = module

from genrl.examples.multistage_math.rewards import Stage0Rewards, Stage1Rewards, Stage2Rewards
from genrl.state import GameState, WorldState

PIECES = [
    "Answer: ", "\nAnswer: ", "Answer:", "answer: ", "Choice: ", "\nChoice: ", "Choice:", "Student #",
    "Student#", "None", "42", "-42", "3", "7", "0", "1,234", "$1,234", "1234.5", ".5", "4.", ",", ",,", " ",
    "\n", "x = ", "so ", "%", "g", "1e3", "\u0663", "\uff14\uff12", "\u00b2", "1.000", "0042", "99999999999",
    "42.0005", "42.002", "\r\n", "\t", "_", "the", "Answer: x = 3 so 7", "\nAnswer: 42", "Student #1.0",
    "Student #0", "Student #2", "\nChoice: Student #1", "inf", "nan",
]
ANSWER_MARKS = ["\nAnswer: ", "Answer: ", "so\nAnswer: 42", "Answer: 3", "\nAnswer: 1,234"]
CHOICE_MARKS = ["\nChoice: Student #", "Choice: the Student #", "\nChoice: Student #1", "Choice: Student #0"]
EXPECTED = ["42", "-42", "3", "1234", "1,234", "1234.5", "42.0", " 42 ", "\u0664\u0662", "x", "", "0", "1e3",
            "nan", "inf", "4_2"]
SOLUTIONS = ["", "a", "4", "Answer: 42", "12 characters", "\u00e9\U0001f642", "x" * 43]


def play(stage, texts, environment, opponents):
    """The reward of one completion each, by a game state with one agent, batch and node."""
    state = GameState(round=0, stage=0)
    world = WorldState(environment_states=environment, opponent_states=opponents, personal_states=None)
    state._init_game([("batch", world)])
    tree = state.trees[0]["batch"]
    rewards = {0: Stage0Rewards, 1: Stage1Rewards, 2: Stage2Rewards}[stage]()
    node = tree[0][0]
    node.actions = texts
    # Every stage sees the same node: only its rules differ.
    with mock.patch.object(GameState, "get_stage_actions", lambda s, n: {0: {"batch": [node.actions]}}), \
            mock.patch.object(GameState, "get_stage_state", lambda s, n: {0: {"batch": [node.world_state]}}):
        return rewards(state)[0]["batch"][0]


def main():
    draw = random.Random(20261121)
    def text(marks):
        start = draw.choice(marks) if draw.random() < 0.6 else ""
        return start + "".join(draw.choice(PIECES) for _ in range(draw.randint(0, 7)))
    cases = []
    for number in range(600):
        marks = ANSWER_MARKS if number % 2 else CHOICE_MARKS
        texts = [text(marks) for _ in range(2)]
        if number % 2:
            expected = draw.choice(EXPECTED)
            stage = draw.choice([0, 2])
            rewards = play(stage, texts, {"answer": expected}, [])
            cases += [{"kind": "answer", "text": t, "given": expected, "reward": r}
                      for t, r in zip(texts, rewards)]
        else:
            solution = draw.choice(SOLUTIONS)
            rewards = play(1, texts, {"answer": "42"}, [solution, "another"])
            cases += [{"kind": "choice", "text": t, "given": solution, "reward": r}
                      for t, r in zip(texts, rewards)]
    path = pathlib.Path(__file__).with_suffix(".json")
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    path.write_text('{"package": "gensyn-genrl==0.3.0", "cases": [\n' + lines + "\n]}\n")
    paid = sum(case["reward"] > 0 for case in cases)
    print(f"{len(cases)} cases, {paid} of them paid", file=sys.stderr)


main()
