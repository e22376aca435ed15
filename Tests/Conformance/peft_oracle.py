"""Random tiny checkpoints with low-rank adapters, with what PEFT computes from them.

Usage: peft_oracle.py make DIRECTORY [--seed N] [--random N]
       peft_oracle.py check DIRECTORY

make: each case is a folder as transformers_oracle.py describes it, with the adapter, as PEFT writes it, in
`adapter/`; gradients are those of A and B under the names they have in files, less `base_model.model.`.
check: loads in PEFT what the tests wrote to `ours/` of each case (an adapter that was trained there) and
compares logits with those in `ours/logits.safetensors`; both kinds must agree to 1e-4 of the largest.
"""

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

import peft
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers_oracle import FAMILIES, configuration, load, loss_after_step, randomize

ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
PREFIX = "base_model.model."

# The first two are small enough to be golden values of the repository.
CASES: dict[str, dict[str, Any]] = {
    "llama_qv": dict(
        family="llama", hidden=16, ff=24, layers=2, heads=2, kv=1, dim=8, vocab=37, time=9,
        rank=3, alpha=6, targets=["q_proj", "v_proj"],
    ),
    "qwen3_rslora": dict(
        family="qwen3", hidden=12, ff=20, layers=1, heads=2, kv=2, dim=6, vocab=29, time=11,
        rank=4, alpha=5, targets=ALL, rslora=True,
    ),
    "qwen2_bias": dict(
        family="qwen2", hidden=56, ff=150, layers=3, heads=7, kv=1, dim=8, vocab=113,
        rank=8, alpha=16, targets=ALL,
    ),
    "llama_scale1": dict(
        family="llama", hidden=48, ff=100, layers=2, heads=3, kv=1, dim=16, vocab=97, tied=False,
        rank=8, alpha=8, targets=["o_proj", "down_proj"],
    ),
    "llama_wide_rank": dict(
        family="llama", hidden=36, ff=52, layers=2, heads=2, kv=2, dim=18, vocab=71, bias=True,
        rank=48, alpha=10.5, targets=["gate_proj", "up_proj", "k_proj"],
    ),
}  # fmt: skip
GOLDEN = ["llama_qv", "qwen3_rslora"]


def random_case(rng: random.Random) -> dict[str, Any]:
    """A shape and an adapter nobody chose."""
    kv, dim = rng.randint(1, 3), 2 * rng.randint(2, 16)
    heads = kv * rng.randint(1, 3)
    family = rng.choice(sorted(FAMILIES))
    return dict(
        family=family, heads=heads, kv=kv, dim=dim, layers=rng.randint(1, 3),
        hidden=heads * dim if family == "qwen2" else heads * rng.randint(3, 60 // heads),
        ff=rng.randint(5, 120), vocab=rng.randint(20, 200), tied=rng.random() < 0.5,
        batch=rng.randint(1, 3), time=rng.randint(6, 50), rank=rng.randint(1, 20),
        alpha=rng.randint(1, 32), targets=rng.sample(ALL, rng.randint(1, 7)),
        rslora=rng.random() < 0.5,
    )  # fmt: skip


def stored_name(name: str) -> str:
    """Of a parameter of the wrapped model: the name in the file, less the prefix."""
    return name.removeprefix(PREFIX).replace(".default.", ".")


def compute(model: Any, ids: torch.Tensor, labels: torch.Tensor) -> dict[str, Any]:
    """Logits, loss, and the gradient of each A and B."""
    model.zero_grad(set_to_none=True)
    output = model(input_ids=ids, labels=labels, use_cache=False)
    output.loss.backward()
    gradients = {
        stored_name(name): p.grad.clone() for name, p in model.named_parameters() if p.requires_grad
    }
    return dict(logits=output.logits.detach().clone(), loss=output.loss.item(), gradients=gradients)


def adapted(folder: Path, adapter: str, dtype: torch.dtype = torch.float32) -> Any:
    """What a user of PEFT gets from the two folders, ready to train."""
    base = load(folder, "eager", dtype)
    model = peft.PeftModel.from_pretrained(base, folder / adapter, is_trainable=True)
    return model.to(dtype).eval()


def make(folder: Path, case: dict[str, Any], seed: int) -> dict[str, Any]:
    """Writes one case and returns its entry of the index."""
    generator = torch.Generator().manual_seed(seed)
    base = FAMILIES[case["family"]][1](configuration(case))
    randomize(base, generator)
    ids = torch.randint(0, case["vocab"], (case.get("batch", 2), case.get("time", 23)),
                        generator=generator)  # fmt: skip
    labels = ids.clone()
    labels[torch.rand(labels.shape, generator=generator) < 0.2] = -100
    labels[:, -1] = ids[:, -1]
    base.save_pretrained(folder)
    settings = peft.LoraConfig(
        r=case["rank"],
        lora_alpha=case["alpha"],
        target_modules=case["targets"],
        use_rslora=case.get("rslora", False),
        task_type="CAUSAL_LM",
    )
    model = peft.get_peft_model(base, settings)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                noise = torch.randn(parameter.shape, generator=generator)
                parameter.copy_(noise * parameter.shape[-1] ** -0.5)
    model.save_pretrained(folder / "adapter")
    (folder / "adapter" / "README.md").unlink(missing_ok=True)

    model = adapted(folder, "adapter")
    result = compute(model, ids, labels)
    tensors = {
        "ids": ids.to(torch.int32),
        "labels": labels.to(torch.int32),
        "logits": result["logits"],
    }
    tensors |= {f"grad.{key}": value for key, value in result["gradients"].items()}
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "oracle.safetensors")

    prompt = ids[:1, :5]
    greedy = model.generate(
        input_ids=prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=12,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
    )[0, prompt.shape[1] :]
    after = loss_after_step(model, ids, labels)
    exact = adapted(folder, "adapter", torch.float64)
    compute(exact, ids, labels)
    oracle = dict(
        case=case,
        seed=seed,
        loss=result["loss"],
        loss_after_step=after,
        prompt=prompt[0].tolist(),
        greedy=greedy.tolist(),
        noise=dict(loss_after_step=abs(after - loss_after_step(exact, ids, labels))),
        versions=dict(
            torch=torch.__version__, transformers=transformers.__version__, peft=peft.__version__
        ),
    )
    (folder / "oracle.json").write_text(json.dumps(oracle, indent=2) + "\n")
    return dict(name=folder.name, family=case["family"], loss=result["loss"])


def make_all(directory: Path, cases: dict[str, dict[str, Any]], seed: int) -> None:
    index = []
    for number, (name, case) in enumerate(cases.items()):
        (directory / name).mkdir(parents=True, exist_ok=True)
        index.append(make(directory / name, case, 1000 * seed + number))
        print(name, index[-1]["loss"])
    (directory / "index.json").write_text(json.dumps(index, indent=2) + "\n")


def check(directory: Path) -> int:
    """Whether PEFT makes of our adapters what we made of them."""
    worst, compared = 0.0, 0
    for entry in json.loads((directory / "index.json").read_text()):
        folder = directory / entry["name"]
        expected = load_file(folder / "ours" / "logits.safetensors")["logits"]
        ids = load_file(folder / "oracle.safetensors")["ids"].long()
        model = adapted(folder, "ours")
        logits = model(input_ids=ids, use_cache=False).logits.detach()
        before = load_file(folder / "oracle.safetensors")["logits"]
        if (logits - before).abs().max() < 1e-3 * before.abs().max():
            raise RuntimeError(f"{entry['name']}: training there changed nothing")
        relative = ((logits - expected).abs().max() / logits.abs().max()).item()
        print(f"{entry['name']}: logits {relative:.2e} relative")
        worst, compared = max(worst, relative), compared + 1
    print(f"{compared} adapters, at worst {worst:.2e}")
    return 0 if compared and worst <= 1e-4 else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("action", choices=["make", "check"])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", type=int, default=6)
    options = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    if options.action == "check":
        return check(options.directory)
    rng = random.Random(options.seed)
    cases = dict(CASES)
    cases |= {f"random_{n}": random_case(rng) for n in range(options.random)}
    make_all(options.directory, cases, options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
