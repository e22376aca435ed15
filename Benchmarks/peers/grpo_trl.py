"""TRL's GRPOTrainer on the questions of Benchmarks/grpo/letters.py: the counterpart of our own trainer.

Usage: grpo_trl.py FOLDER [--steps N] [--new-tokens N] [--precision fp32|bf16|bf16-weights]
       [--microbatches N] [--attention sdpa|eager] [--cache dynamic|static] [--compile] [--threads N]

Per step 8 answers to each of 8 questions, drawn at temperature 1; DAPO's loss (clip 0.2 below, 0.28 above,
mean over tokens), advantages divided by the group's deviation, no reference model; one step of fused AdamW
(0.9, 0.999), rate 1e-5, no decay, gradient norm at most 1. On policy: TRL leaves out scoring the answers
before the step. No gradient checkpointing, no saving, prompts as plain text. Prints a JSON line per step.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks" / "grpo"))

import datasets  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
import trl  # noqa: E402
from letters import letters, question, score  # noqa: E402

PROMPTS, ANSWERS = 8, 8
SEED = 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--precision", choices=("fp32", "bf16", "bf16-weights"), default="fp32")
    parser.add_argument("--microbatches", type=int, default=1)
    parser.add_argument("--attention", choices=("sdpa", "eager"), default="sdpa")
    parser.add_argument("--cache", choices=("dynamic", "static"), default="dynamic")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--output", type=Path, default=ROOT / "runs" / "bench" / "llama15m" / "trl")
    return parser.parse_args()


def reward(completions: list[str], named: list[str], **_: Any) -> list[float]:
    return [score(text.strip(), named) for text, named in zip(completions, named, strict=True)]


class Counting(trl.GRPOTrainer):
    """Counts the tokens that are trained on, and the seconds of generation."""

    learned_tokens = 0
    generate_seconds = 0.0

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> Any:
        self.learned_tokens += int(inputs["completion_mask"].sum())
        return super()._compute_loss(model, inputs)

    def _generate_single_turn(self, *args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        result = super()._generate_single_turn(*args, **kwargs)
        self.generate_seconds += time.perf_counter() - start
        return result


class Lines(transformers.TrainerCallback):
    """A line of JSON after each step."""

    def __init__(self, out: Any) -> None:
        self.out = out
        self.trainer: Any = None

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if not logs or "reward" not in logs:
            return
        record = dict(
            step=state.global_step,
            reward=float(logs["reward"]),
            loss=float(logs["loss"]),
            gradient_norm=float(logs["grad_norm"]),
            tokens=round(float(logs["completions/mean_length"]) * PROMPTS * ANSWERS),
            learned_tokens=self.trainer.learned_tokens,
            generate_seconds=round(self.trainer.generate_seconds, 4),
        )
        self.trainer.learned_tokens, self.trainer.generate_seconds = 0, 0.0
        self.out.write(json.dumps(record) + "\n")
        self.out.flush()


def config(options: argparse.Namespace) -> trl.GRPOConfig:
    rows = PROMPTS * ANSWERS
    if rows % options.microbatches != 0:
        raise SystemExit(f"{options.microbatches} microbatches do not divide {rows} answers")
    return trl.GRPOConfig(
        output_dir=str(options.output),
        use_cpu=True,
        seed=SEED,
        max_steps=options.steps,
        per_device_train_batch_size=rows // options.microbatches,
        gradient_accumulation_steps=options.microbatches,
        num_generations=ANSWERS,
        max_completion_length=options.new_tokens,
        temperature=1.0,
        loss_type="dapo",
        beta=0.0,
        epsilon=0.2,
        epsilon_high=0.28,
        scale_rewards="group",
        num_iterations=1,
        shuffle_dataset=False,
        learning_rate=1e-5,
        lr_scheduler_type="constant",
        warmup_steps=0,
        optim="adamw_torch_fused",
        adam_beta1=0.9,
        adam_beta2=0.999,
        adam_epsilon=1e-8,
        weight_decay=0.0,
        max_grad_norm=1.0,
        bf16=options.precision == "bf16",
        gradient_checkpointing=False,
        torch_compile=options.compile,
        cache_implementation=None if options.cache == "dynamic" else options.cache,
        model_init_kwargs=dict(
            dtype="bfloat16" if options.precision == "bf16-weights" else "float32",
            attn_implementation=options.attention,
        ),
        dataloader_pin_memory=False,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def main() -> None:
    options = arguments()
    out = os.fdopen(os.dup(1), "w")  # libraries print: their output goes to standard error
    os.dup2(2, 1)
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.folder, padding_side="left")
    named = [letters(SEED, index) for index in range(PROMPTS * options.steps)]
    prompts = [question(each) + "<|answer|>" for each in named]
    # A token for each character and one for the mark, as on our side.
    lengths = [len(ids) for ids in tokenizer(prompts[:PROMPTS])["input_ids"]]
    assert lengths == [len(question(each)) + 1 for each in named[:PROMPTS]], lengths
    lines = Lines(out)
    trainer = Counting(
        model=str(options.folder),
        reward_funcs=reward,
        args=config(options),
        train_dataset=datasets.Dataset.from_dict({"prompt": prompts, "named": named}),
        processing_class=tokenizer,
        callbacks=[lines],
    )
    lines.trainer = trainer
    trainer.train()


if __name__ == "__main__":
    main()
