"""Records what gensyn-ai/rl-swarm (9c95410) itself says, for the compatibility mode of CodeZero.

    git clone https://github.com/gensyn-ai/rl-swarm
    python3 Tests/Golden/codezero_rewards.py rl-swarm > Tests/Golden/codezero_rewards.json

Its modules run unchanged; what they import and do not need here (torch, transformers, ollama, genrl) is
replaced by empty modules. A "tokenizer" counts words, and the model says what the case says.
"""

import json
import math
import sys
import types

ROOT = sys.argv[1]
sys.path.insert(0, ROOT)


class Anything:
    def __init__(self, *args, **named):
        pass

    def __getattr__(self, name):
        return Anything()

    def __call__(self, *args, **named):
        return Anything()


def stub(name, **members):
    module = types.ModuleType(name)
    module.__getattr__ = lambda member: Anything
    module.__dict__.update(members)
    module.__path__ = []
    sys.modules[name] = module
    above, _, last = name.rpartition(".")
    if above:
        setattr(sys.modules[above], last, module)


for name in [
    "torch", "torch.nn", "torch.nn.functional", "torch.optim", "genrl", "genrl.state", "genrl.misc_utils",
    "genrl.misc_utils.sandbox_executor", "vllm",
]:
    stub(name)


class Words:
    @staticmethod
    def from_pretrained(*args, **named):
        return Words()

    def __call__(self, text, return_tensors=None):
        return {"input_ids": [text.split()]}


stub("transformers", AutoTokenizer=Words, AutoModelForCausalLM=Anything)
said = types.SimpleNamespace(response="")
stub("ollama", generate=lambda **named: said)

from code_gen_exp.src import proposer, solver_rewards  # noqa: E402
from code_gen_exp.src.utils import proposer_utils, solver_utils  # noqa: E402

RESPONSES = [
    "", " ", "{}", "true", "null", "[]", '"is_correct"', '["is_correct"]', "1", "-0.5",
    '{"is_correct": true}', '{"is_correct": false}', '{"is_correct": "false"}', '{"is_correct": "true"}',
    '{"is_correct": 0}', '{"is_correct": 0.0}', '{"is_correct": 2}', '{"is_correct": null}',
    '{"is_correct": ""}',
    '{"is_correct": []}', '{"is_correct": [0]}', '{"is_correct": {}}', '{"is_correct": NaN}',
    '{"score": 0.85}', '{"score": -0.5}', '{"score": "0.25"}', '{"score": " 1e3 "}', '{"score": "1_000"}',
    '{"score": true}', '{"score": null}', '{"score": [1]}', '{"score": "high"}', '{"score": 1e999}',
    '{"score": 3, "is_correct": false}', '{"is_correct": true, "is_correct": false}',
    "{'is_correct': True}", "{'is_correct': False}", "{'score': 0.5}", "{'is_correct': 'it''s'}",
    "{is_correct: true}", "is_correct = true", "is_correct: FALSE", "IS_CORRECT : True", "is_correct is true",
    "The answer: is_correct=true and then is_correct=false", "score: 5", "score=-2.75", "Score: 5",
    "underscore: 7",
    "score: .5", "score: 5.", "score - 5", "score:\n 0.125",
    '```json\n{"is_correct": true}\n```', '```json\n{"is_correct": false}\n```',
    '```\n{"is_correct": true}\n```',
    '```JSON {"is_correct": true} ```', '```json{"is_correct": true}```',
    '```python\n{"is_correct": true}\n```',
    '```json\n{"is_correct": true}', 'before ```json\n{"is_correct": false}\n``` after is_correct: true',
    '```json\n{"a": {"b": 1}, "is_correct": true}\n```', '```json\n{"is_correct": tru}\n``` score: 3',
    '```json\n{"reason": "}", "is_correct": true}\n```',
    '```json\n[1]\n```\n```json\n{"is_correct": true}\n```',
    '```json\n{"is_correct": true} trailing\n```\nis_correct: false', '{"is_correct": true} trailing',
    'is_correct": "true"', "'is_correct': true", '"is_correct" : false', "is_correct\n:\ntrue",
    "is_correct:truex",
    "xis_correct: true", "{'is_correct': true, 'why': \"it's\"}", '{"is_correct": True}',
    '{"IS_CORRECT": true}',
    '{"Is_Correct": false}', '{"score": 12345678901234567890}', '{"is_correct": -0.0}', "{'score': -1}",
    "\u00a0{\"is_correct\": true}\u2003", '{"score": "inf"}', '{"score": "-Infinity"}', '{"score": ""}',
    "score: \u0663", "i\u017f_correct: true", '{"other": 1} score: 2', "{True}", "False", '{"score": "0x10"}',
    '{"score": 1.5, "is_correct": "maybe"}', "```json\n{'is_correct': True}\n```",
    "```json{}```is_correct:true",
]

SOLUTIONS = [
    None, 7, "", "plain text", "```python\nprint(1)\n```", "```python```", "```python\nopen",
    "```Python\nx\n```",
    "```py\nx\n```", "``` python\nx\n```", "text ```pythonx=1``` more", "```python\n" + "x " * 20 + "\n```",
    "word " * 20, "```python\na\n```\n```python\nb\n```", "````python\nx\n````", "```python\r\nx\r\n```",
    "a " * 9 + "b", "a " * 8 + "b", "```python\n" + "x " * 6 + "\n```",
]

FENCES = SOLUTIONS[2:] + ["```python \u2003 x \x1c```", "```python\n\n```"]

PROPOSALS = [
    "", "no fence", '```json\n{"question": "q", "tests": "t"}\n```', '```json\n{"question": "q"\n```',
    '```json{"question": "q"}``` ```json{"tests": "t"}```', "```json\n[1, 2]\n```", "```json\n\n```",
    '```JSON\n{"question": "q"}\n```', '```\n{"question": "q"}\n```', '```json\n{"tests": "```"}\n```',
    '```json\n{"question": NaN}\n```',
]

QUESTIONS = [
    "Write a function is_even(n) that", "Write a function 'is_even'", "Write a function `is_even(n)` that",
    'Write a function "is_even"', "write a function f(x)", "Write a function  f ( x , y ) now",
    "Write a function 9f",
    "Write a function f_1", "Please: Write a function f(x)", "Write a function `f",
    "Write a function f(*args)",
    "Write a function\nf", "Write a function called f", "Write a function 'f\"", "",
]

AVERAGES = [
    [], [0.3], [0.0], [1.0], [0, 0], [1, 1], [1, 0], [1.2, 1.2], [1.2, -0.8], [0.2, 0.2], [1.2, 0.8],
    [-1.2, -1.2, 1.2],
    [1.2, 0.2, 0.2, -0.8],
]

HISTORIES = {
    "constant zero": [[0.0] * 5] * 12, "constant one": [[1.0] * 5] * 12,
    "rising": [[i / 20] * 4 for i in range(20)],
    "falling": [[1 - i / 20] * 4 for i in range(20)], "step": [[0.0] * 5] * 4 + [[1.0] * 5] * 4,
    "saw": [[(i % 3) / 2] * 3 for i in range(30)], "few": [[0.5] * 6] * 3,
    "small": [[0.5 + i / 1000] for i in range(40)],
    "at the threshold": [[0.0] * 10, [0.05] * 10, [0.1] * 10], "one long": [[0.0] * 30 + [1.0] * 10],
}


def number(value):
    if value is None or isinstance(value, float) and math.isfinite(value):
        return value
    return repr(float(value))


def rewards(limit, dataset, response):
    judge = object.__new__(solver_rewards.CodeGenerationRewards)
    judge.model, judge.temperature, judge.num_predict = "m", 0.0, 256
    judge.tokenizer, judge.solver_token_lim = Words(), limit
    said.response = response
    cases = []
    for solution in SOLUTIONS:
        try:
            made = judge.reward_fn(dataset, [solution], "t", "q")[0]
        except Exception:
            made = "raises"
        cases.append(made if made == "raises" else number(float(made)))
    return {"limit": limit, "response": response, "rewards": cases}


def difficulty(batches):
    made = object.__new__(proposer.Proposer)
    made.prompt_update_config = proposer.PromptUpdateConfig()
    made.current_difficulty_level = made.prompt_update_config.initial_difficulty_level
    made.reward_history = proposer.deque(maxlen=made.prompt_update_config.reward_history_size)
    made.difficulty_prompts = {level: str(level) for level in range(1, 6)}
    made.prompts = [{}, {}]
    levels = []
    for batch in batches:
        made.update_prompt_difficulty(batch)
        levels.append(made.current_difficulty_level)
    return levels


print(json.dumps({
    "source": "gensyn-ai/rl-swarm 9c95410",
    "responses": [[text, number(solver_utils.parse_response(text))] for text in RESPONSES],
    "fences": [[text, solver_utils.parse_python_fence(text)] for text in FENCES],
    "solutions": SOLUTIONS,
    "rewards": [
        rewards(limit, dataset, response)
        for limit, dataset in [(10, "mbpp"), (1000, "mbpp"), (10, "code_contests")]
        for response in ['{"is_correct": true}', '{"is_correct": false}', "", '{"score": -0.5}']
    ],
    "proposals": [[text, proposer_utils.parse_json_from_fence(text) is not None] for text in PROPOSALS],
    "names": [[text, proposer_utils.extract_question_name(text)] for text in QUESTIONS],
    "proposer_rewards": [
        [values, number(proposer.Proposer.reward_fn(object.__new__(proposer.Proposer), values))]
        for values in AVERAGES
    ],
    "difficulty": [[name, batches, difficulty(batches)] for name, batches in HISTORIES.items()],
}))
