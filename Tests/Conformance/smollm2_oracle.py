"""What transformers answers with SmolLM2-135M-Instruct: greedy text and log-probabilities.

Usage: smollm2_oracle.py FOLDER OUTPUT.json [--tokens N]

FOLDER is a Hugging Face folder: written by gguf_folder.py, or by our own converter to check that
too. Computed in fp32 with eager attention. Of each chat: the rendered prompt, its ids, the greedy
ids and text, the log-probability of each greedy token (nats), and the gap to the runner-up: where
the gap is below rounding (see `noise`), another correct engine may differ from there on. Of each
text: its ids and the log-probability of every token after the first.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
import transformers

CHATS: list[list[dict[str, str]]] = [
    [{"role": "user", "content": "What is 3 + 4? Reply with only the number."}],
    [{"role": "user", "content": "What is the capital of France?"}],
    [{"role": "user", "content": "Write one sentence about the sea."}],
    [
        {"role": "system", "content": "You answer in French."},
        {"role": "user", "content": "Good morning! How are you?"},
    ],
    [
        {"role": "user", "content": "Name a fruit."},
        {"role": "assistant", "content": "Apple."},
        {"role": "user", "content": "Another one, please."},
    ],
    [{"role": "user", "content": "def add(a, b):\n    return"}],
    [{"role": "user", "content": "Größe, naïve, 東京, 🙂: which languages are these?"}],
]
TEXTS = [
    "The quick brown fox jumps over the lazy dog.",
    "In 1969, Apollo 11 landed on the Moon; two people walked there for 2 hours and 31 minutes.",
    'fn main() {\n    println!("{}", 6 * 7);\n}\n',
]


def log_probabilities(model: Any, ids: torch.Tensor) -> torch.Tensor:
    """`[T, V]` in nats, of one sequence."""
    return torch.log_softmax(model(input_ids=ids[None], use_cache=False).logits[0], dim=-1)


def answer(model: Any, tokenizer: Any, chat: list[dict[str, str]], tokens: int) -> dict[str, Any]:
    prompt = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    ids = tokenizer(prompt, add_special_tokens=False, return_tensors="pt").input_ids
    output = model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens, do_sample=False
    )[0]
    greedy = output[ids.shape[1] :]
    rows = log_probabilities(model, output)[ids.shape[1] - 1 : -1]
    best = rows.topk(2, dim=-1).values
    return dict(
        chat=chat,
        prompt=prompt,
        ids=ids[0].tolist(),
        greedy=greedy.tolist(),
        text=tokenizer.decode(greedy, skip_special_tokens=True),
        logprobs=rows.gather(1, greedy[:, None])[:, 0].tolist(),
        gaps=(best[:, 0] - best[:, 1]).tolist(),
    )


def score(model: Any, tokenizer: Any, text: str) -> dict[str, Any]:
    ids = tokenizer(text, add_special_tokens=False, return_tensors="pt").input_ids[0]
    chosen = log_probabilities(model, ids)[:-1].gather(1, ids[1:, None])[:, 0]
    return dict(text=text, ids=ids.tolist(), logprobs=chosen.tolist(), nll=-chosen.mean().item())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--tokens", type=int, default=40)
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()

    def load(attention: str) -> Any:
        return transformers.AutoModelForCausalLM.from_pretrained(
            options.folder, dtype=torch.float32, attn_implementation=attention
        ).eval()

    tokenizer = transformers.AutoTokenizer.from_pretrained(options.folder)
    with torch.inference_mode():
        model = load("eager")
        chats = [answer(model, tokenizer, chat, options.tokens) for chat in CHATS]
        texts = [score(model, tokenizer, text) for text in TEXTS]
        other = load("sdpa")
        again = [score(other, tokenizer, text) for text in TEXTS]
    noise = max(
        abs(a - b)
        for one, two in zip(texts, again, strict=True)
        for a, b in zip(one["logprobs"], two["logprobs"], strict=True)
    )
    oracle = dict(
        chats=chats,
        texts=texts,
        noise=noise,
        versions=dict(torch=torch.__version__, transformers=transformers.__version__),
    )
    options.output.write_text(json.dumps(oracle, indent=1, ensure_ascii=False) + "\n")
    for chat in chats:
        print(f"{min(chat['gaps']):.4f} {chat['text']!r}")
    print("nll", [round(text["nll"], 5) for text in texts], "noise", noise)


if __name__ == "__main__":
    main()
