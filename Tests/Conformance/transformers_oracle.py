"""Random tiny Hugging Face checkpoints, with what transformers computes from them.

Usage: transformers_oracle.py DIRECTORY [--seed N] [--random N]

Each case is a folder: a checkpoint as transformers writes it (config.json, safetensors), then
  oracle.safetensors  ids, labels i32 [B, T]; logits f32 [B, T, V]; grad.NAME f32, one per parameter
  oracle.json         loss (mean over counted labels, nats), loss_after_step, greedy, noise
labels[b, t] is predicted at t - 1; -100 is not counted. loss_after_step is the loss on the same
batch after one AdamW step (rate 1e-3, betas 0.9 and 0.999, eps 1e-8, decay 0.01 everywhere).
greedy: 12 tokens after `prompt`, the first ids of row 0. noise: the largest absolute difference
between two ways transformers computes the same thing (eager, sdpa; for loss_after_step fp32, fp64:
AdamW's first step divides a gradient by its own size, rounding and all), the scale of a tolerance.
DIRECTORY/index.json lists the folders. Tests find DIRECTORY in STARLING_ORACLES.
"""

import argparse
import json
import random
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import save_file
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedConfig,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

FAMILIES = {
    "llama": (LlamaConfig, LlamaForCausalLM),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM),
}
LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}
PLAIN_ROPE = {"rope_type": "default", "rope_theta": 10000.0}

# Chosen by hand: each says what it is there for. Sizes avoid powers of two on purpose.
CASES: dict[str, dict[str, Any]] = {
    "llama_tied": dict(
        family="llama", hidden=48, ff=100, layers=2, heads=3, kv=1, dim=16, vocab=97
    ),
    "llama_rope3": dict(
        family="llama",
        hidden=64,
        ff=172,
        layers=3,
        heads=4,
        kv=2,
        dim=16,
        vocab=131,
        tied=False,
        rope=LLAMA3_ROPE,
        time=61,
    ),
    "llama_rope3_legacy": dict(
        family="llama",
        hidden=40,
        ff=72,
        layers=2,
        heads=5,
        kv=5,
        dim=8,
        vocab=67,
        rope=LLAMA3_ROPE,
        time=50,
        legacy=True,
    ),
    "llama_bias": dict(
        family="llama", hidden=36, ff=52, layers=2, heads=2, kv=2, dim=18, vocab=71, bias=True
    ),
    "llama_wide_heads": dict(
        family="llama", hidden=42, ff=80, layers=2, heads=6, kv=2, dim=24, vocab=89
    ),
    "llama_long": dict(
        family="llama",
        hidden=32,
        ff=48,
        layers=1,
        heads=2,
        kv=1,
        dim=16,
        vocab=61,
        batch=1,
        time=1100,
    ),
    "llama_bf16": dict(
        family="llama",
        hidden=64,
        ff=128,
        layers=2,
        heads=4,
        kv=2,
        dim=16,
        vocab=101,
        stored="bfloat16",
    ),
    "llama_deep_k": dict(
        family="llama", hidden=320, ff=600, layers=1, heads=5, kv=1, dim=64, vocab=259
    ),
    "qwen2_tied": dict(
        family="qwen2", hidden=56, ff=150, layers=3, heads=7, kv=1, dim=8, vocab=113
    ),
    "qwen2_sharded": dict(
        family="qwen2",
        hidden=48,
        ff=104,
        layers=4,
        heads=4,
        kv=2,
        dim=12,
        vocab=127,
        tied=False,
        shard="60KB",
    ),
    "qwen2_legacy": dict(
        family="qwen2", hidden=32, ff=88, layers=2, heads=4, kv=4, dim=8, vocab=73, legacy=True
    ),
    "qwen3_tied": dict(
        family="qwen3", hidden=40, ff=96, layers=2, heads=4, kv=2, dim=32, vocab=109
    ),
    "qwen3_untied": dict(
        family="qwen3", hidden=72, ff=136, layers=3, heads=6, kv=3, dim=10, vocab=83, tied=False
    ),
    "qwen3_one_token": dict(
        family="qwen3", hidden=24, ff=40, layers=1, heads=1, kv=1, dim=14, vocab=37, batch=3, time=2
    ),
}


def random_case(rng: random.Random) -> dict[str, Any]:
    """A shape nobody chose."""
    family = rng.choice(sorted(FAMILIES))
    kv = rng.randint(1, 3)
    heads = kv * rng.randint(1, 3)
    dim = 2 * rng.randint(2, 20)
    # Qwen2 has no head_dim of its own: its width is heads * dim. Llama wants a multiple of heads.
    hidden = heads * dim if family == "qwen2" else heads * rng.randint(3, 90 // heads)
    return dict(
        family=family,
        hidden=hidden,
        ff=rng.randint(5, 200),
        layers=rng.randint(1, 4),
        heads=heads,
        kv=kv,
        dim=dim,
        vocab=rng.randint(20, 300),
        tied=rng.random() < 0.5,
        rope=LLAMA3_ROPE if rng.random() < 0.3 else PLAIN_ROPE,
        legacy=rng.random() < 0.3,
        batch=rng.randint(1, 3),
        time=rng.randint(6, 90),
    )


def configuration(case: dict[str, Any]) -> PreTrainedConfig:
    """The transformers configuration of a case."""
    settings = dict(
        hidden_size=case["hidden"],
        intermediate_size=case["ff"],
        num_hidden_layers=case["layers"],
        num_attention_heads=case["heads"],
        num_key_value_heads=case["kv"],
        vocab_size=case["vocab"],
        tie_word_embeddings=case.get("tied", True),
        rms_norm_eps=case.get("eps", 1e-5),
        max_position_embeddings=2048,
        rope_parameters=dict(case.get("rope", PLAIN_ROPE)),
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=None,
    )
    if case["family"] != "qwen2":
        settings["head_dim"] = case["dim"]
    elif case["hidden"] != case["heads"] * case["dim"]:
        raise ValueError("qwen2 needs hidden = heads * dim")
    if case["family"] == "llama":
        settings |= dict(attention_bias=case.get("bias", False), mlp_bias=case.get("bias", False))
    return FAMILIES[case["family"]][0](**settings)


def randomize(model: PreTrainedModel, generator: torch.Generator) -> None:
    """Weights that make every term matter: norms differ from one and biases from zero."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name:
                parameter.copy_(1 + 0.2 * noise)
            elif name.endswith("bias"):
                parameter.copy_(0.3 * noise)
            elif "embed_tokens" in name:
                parameter.copy_(2 * noise * parameter.shape[-1] ** -0.5)
            else:
                parameter.copy_(noise * parameter.shape[-1] ** -0.5)


def to_legacy(folder: Path) -> None:
    """Rewrites config.json as transformers 4 wrote it: rope_theta and rope_scaling at the top."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    config["rope_scaling"] = rope if rope["rope_type"] != "default" else None
    config["torch_dtype"] = config.pop("dtype", "float32")
    config["transformers_version"] = "4.46.0"
    path.write_text(json.dumps(config, indent=2) + "\n")


def compute(model: PreTrainedModel, ids: torch.Tensor, labels: torch.Tensor) -> dict[str, Any]:
    """Logits, loss and every gradient."""
    model.zero_grad(set_to_none=True)
    output = model(input_ids=ids, labels=labels, use_cache=False)
    output.loss.backward()
    gradients = {name: p.grad.clone() for name, p in model.named_parameters()}
    return dict(logits=output.logits.detach().clone(), loss=output.loss.item(), gradients=gradients)


def load(folder: Path, attention: str, dtype: torch.dtype = torch.float32) -> PreTrainedModel:
    """What a user of the folder gets, widened to fp32 or more."""
    return transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=dtype, attn_implementation=attention
    ).eval()


def loss_after_step(model: PreTrainedModel, ids: torch.Tensor, labels: torch.Tensor) -> float:
    """The loss after one AdamW step on the gradients that the parameters hold; moves the model."""
    torch.optim.AdamW(
        model.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01
    ).step()
    return model(input_ids=ids, labels=labels, use_cache=False).loss.item()


def make(folder: Path, name: str, case: dict[str, Any], seed: int) -> dict[str, Any]:
    """Writes one case and returns its entry of the index."""
    generator = torch.Generator().manual_seed(seed)
    config = configuration(case)
    model = FAMILIES[case["family"]][1](config)
    randomize(model, generator)
    batch, time = case.get("batch", 2), case.get("time", 23)
    ids = torch.randint(0, case["vocab"], (batch, time), generator=generator)
    labels = ids.clone()
    labels[torch.rand(labels.shape, generator=generator) < 0.2] = -100
    labels[:, -1] = ids[:, -1]  # at least one counted label

    stored = getattr(torch, case.get("stored", "float32"))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.to(stored))
    made = compute(model.eval(), ids, labels)
    model.to(stored).save_pretrained(folder, max_shard_size=case.get("shard", "1GB"))
    if case.get("legacy"):
        to_legacy(folder)

    other = compute(load(folder, "sdpa"), ids, labels)
    model = load(folder, "eager")
    result = compute(model, ids, labels)
    if not torch.allclose(made["logits"], result["logits"], rtol=1e-4, atol=1e-4):
        raise RuntimeError(f"{name}: transformers does not read back what it wrote")
    tensors = {
        "ids": ids.to(torch.int32),
        "labels": labels.to(torch.int32),
        "logits": result["logits"],
    }
    tensors |= {f"grad.{key}": value for key, value in result["gradients"].items()}
    save_file(
        {key: value.contiguous() for key, value in tensors.items()}, folder / "oracle.safetensors"
    )

    noise = {
        "logits": (result["logits"] - other["logits"]).abs().max().item(),
        "loss": abs(result["loss"] - other["loss"]),
        "gradients": max(
            (result["gradients"][key] - other["gradients"][key]).abs().max().item()
            for key in result["gradients"]
        ),
    }
    prompt = ids[:1, :5]
    greedy = model.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=12,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
    )[0, prompt.shape[1] :]
    after = loss_after_step(model, ids, labels)
    exact = load(folder, "eager", torch.float64)
    compute(exact, ids, labels)
    noise["loss_after_step"] = abs(after - loss_after_step(exact, ids, labels))
    oracle = dict(
        case=case,
        seed=seed,
        loss=result["loss"],
        loss_after_step=after,
        prompt=prompt[0].tolist(),
        greedy=greedy.tolist(),
        noise=noise,
        parameters=sum(p.numel() for p in model.parameters()),
        versions=dict(torch=torch.__version__, transformers=transformers.__version__),
    )
    (folder / "oracle.json").write_text(json.dumps(oracle, indent=2) + "\n")
    return dict(name=name, family=case["family"], loss=result["loss"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--random", type=int, default=6, help="how many random shapes besides the chosen"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    rng = random.Random(options.seed)
    cases = dict(CASES)
    cases |= {f"random_{options.seed}_{i}": random_case(rng) for i in range(options.random)}
    index = []
    for position, (name, case) in enumerate(cases.items()):
        folder = options.directory / name
        folder.mkdir(parents=True, exist_ok=True)
        entry = make(folder, name, case, options.seed * 1000 + position)
        index.append(entry)
        print(f"{name}: loss {entry['loss']:.4f}", flush=True)
    (options.directory / "index.json").write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
    main()
