"""GRPO on SmolLM2-135M-Instruct in PyTorch: the counterpart of our own trainer, same setting.

Usage: grpo_smollm2.py FOLDER [--steps N] [--seed N] [--precision bf16|fp32] [--threads N]
       [--generate copy|autocast] [--evaluate]

Task: "What is a + b? Reply with only the number.", a and b in 1...9. Reward: 0.8 if the last
integer of the reply is right, 0.2 more if the reply is only a number. Groups of 8 from 4 prompts,
at most 16 new tokens, temperature 1. GRPO (arXiv 2402.03300) with the clip of DAPO (0.2 below, 0.28
above), mean over tokens, no KL term; advantages are divided by the group's deviation, groups
without variance are dropped. AdamW (0.9, 0.99), rate 1e-5 after 10 warm-up steps, no decay,
gradient norm at most 1. One update per step, on policy. Prints one JSON line per step and a last
one with the medians.

The best settings found for PyTorch on a CPU: bf16 autocast over fp32 master weights, sampling from
a bf16 copy refreshed each step, batched generate with a cache, logits of completion tokens only,
sdpa attention, fused AdamW, no gradient checkpointing.
"""

import argparse
import contextlib
import copy
import json
import random
import re
import statistics
import time
from pathlib import Path
from typing import Any

import torch
import transformers

GROUP, PROMPTS, NEW_TOKENS = 8, 4, 16
RATE, WARM_UP, CLIP_LOW, CLIP_HIGH = 1e-5, 10, 0.2, 0.28


def reward(reply: str, answer: int) -> float:
    """0.8 for the right last integer, 0.2 for nothing but a number."""
    integers = re.findall(r"-?\d+", reply)
    right = bool(integers) and int(integers[-1]) == answer
    bare = re.fullmatch(r"\s*-?\d+\s*", reply) is not None
    return 0.8 * right + 0.2 * bare


class Trainer:
    """The policy, its optimizer and the tokens of one step."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(
            options.folder, padding_side="left"
        )
        self.model: Any = transformers.AutoModelForCausalLM.from_pretrained(
            options.folder, dtype=torch.float32, attn_implementation="sdpa"
        )
        self.model.train()
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=RATE, betas=(0.9, 0.99), weight_decay=0.0, fused=True
        )
        self.sampler: Any = None
        if options.precision == "bf16" and options.generate == "copy":
            self.sampler = copy.deepcopy(self.model).to(torch.bfloat16).eval()

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        if self.options.precision == "fp32":
            return contextlib.nullcontext()
        return torch.autocast("cpu", dtype=torch.bfloat16)

    def prompt(self, a: int, b: int) -> str:
        chat = [{"role": "user", "content": f"What is {a} + {b}? Reply with only the number."}]
        return self.tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)

    def generate(self, prompts: list[str], copies: int, sample: bool) -> dict[str, torch.Tensor]:
        """Completions of each prompt, and a mask of the tokens the model chose (the end
        included)."""
        batch = self.tokenizer(prompts, return_tensors="pt", padding=True, add_special_tokens=False)
        sampling = (
            dict(do_sample=True, temperature=1.0, top_k=0, top_p=1.0)
            if sample
            else dict(do_sample=False)
        )
        model = self.sampler or self.model
        context = contextlib.nullcontext() if self.sampler is not None else self.autocast()
        model.eval()
        with torch.inference_mode(), context:
            ids = model.generate(
                **batch,
                max_new_tokens=NEW_TOKENS,
                num_return_sequences=copies,
                use_cache=True,
                **sampling,
            )
        self.model.train()
        width = batch.input_ids.shape[1]
        completion = ids[:, width:].clone()
        ended = (completion == self.tokenizer.eos_token_id).long()
        chosen = (ended.cumsum(1) - ended) == 0  # up to and with the first end token
        prompt_mask = batch.attention_mask.repeat_interleave(copies, 0)
        return dict(
            ids=ids.clone(),
            completion=completion,
            chosen=chosen,
            mask=torch.cat([prompt_mask, chosen.long()], 1),
        )

    def replies(self, rollout: dict[str, torch.Tensor]) -> list[str]:
        return [
            self.tokenizer.decode(row[keep], skip_special_tokens=True)
            for row, keep in zip(rollout["completion"], rollout["chosen"], strict=True)
        ]

    def update(self, rollout: dict[str, torch.Tensor], rewards: torch.Tensor, step: int) -> float:
        """One GRPO step; returns the loss."""
        grouped = rewards.view(-1, GROUP)
        deviation = grouped.std(1, keepdim=True)
        advantage = ((grouped - grouped.mean(1, keepdim=True)) / (deviation + 1e-4)).view(-1)
        kept = (deviation > 1e-6).expand_as(grouped).reshape(-1)
        if not kept.any():
            return 0.0
        ids, mask = rollout["ids"][kept], rollout["mask"][kept]
        completion, chosen = rollout["completion"][kept], rollout["chosen"][kept].float()
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        with self.autocast():
            logits = self.model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                use_cache=False,
                logits_to_keep=completion.shape[1] + 1,
            ).logits
        new = -torch.nn.functional.cross_entropy(
            logits[:, :-1].float().transpose(1, 2), completion, reduction="none"
        )
        ratio = (new - new.detach()).exp()
        a = advantage[kept][:, None]
        objective = torch.min(ratio * a, ratio.clamp(1 - CLIP_LOW, 1 + CLIP_HIGH) * a)
        loss = -(objective * chosen).sum() / chosen.sum()
        for group in self.optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0, foreach=True)
        self.optimizer.step()
        return loss.item()

    def refresh(self) -> None:
        """Gives the sampler the new weights."""
        if self.sampler is not None:
            with torch.no_grad():
                torch._foreach_copy_(list(self.sampler.parameters()), list(self.model.parameters()))

    def evaluate(self, pairs: list[tuple[int, int]]) -> float:
        """Greedy share of right last integers."""
        rollout = self.generate([self.prompt(a, b) for a, b in pairs], 1, sample=False)
        return statistics.fmean(
            reward(reply, a + b) >= 0.8
            for reply, (a, b) in zip(self.replies(rollout), pairs, strict=True)
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=80)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
    parser.add_argument("--generate", choices=("copy", "autocast"), default="copy")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--evaluate", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    rng = random.Random(options.seed)
    trainer = Trainer(options)
    held_out = [(rng.randint(1, 9), rng.randint(1, 9)) for _ in range(32)]
    if options.evaluate:
        print(json.dumps(dict(greedy_before=trainer.evaluate(held_out))), flush=True)
    rows: list[dict[str, float]] = []
    for step in range(options.steps):
        pairs = [(rng.randint(1, 9), rng.randint(1, 9)) for _ in range(PROMPTS)]
        start = time.perf_counter()
        rollout = trainer.generate([trainer.prompt(a, b) for a, b in pairs], GROUP, sample=True)
        answers = [a + b for a, b in pairs for _ in range(GROUP)]
        rewards = torch.tensor(
            [reward(r, a) for r, a in zip(trainer.replies(rollout), answers, strict=True)]
        )
        generated = time.perf_counter()
        loss = trainer.update(rollout, rewards, step)
        trainer.refresh()
        end = time.perf_counter()
        rows.append(
            dict(
                step=step,
                reward=rewards.mean().item(),
                loss=loss,
                tokens=int(rollout["chosen"].sum()),
                generate_s=generated - start,
                train_s=end - generated,
                step_s=end - start,
            )
        )
        print(json.dumps({key: round(value, 4) for key, value in rows[-1].items()}), flush=True)
    last: dict[str, Any] = {
        key: round(statistics.median(row[key] for row in rows), 4)
        for key in ("step_s", "generate_s", "train_s", "tokens")
    }
    last["reward_last_10"] = round(statistics.fmean(row["reward"] for row in rows[-10:]), 4)
    if options.evaluate:
        last["greedy_after"] = trainer.evaluate(held_out)
    last["settings"] = {key: str(value) for key, value in vars(options).items() if key != "folder"}
    print(json.dumps(last), flush=True)


if __name__ == "__main__":
    main()
