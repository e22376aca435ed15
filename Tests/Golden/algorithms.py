"""Writes what TRL, GenRL and the papers' formulas make of random log-probabilities: losses and gradients.

    pip install torch trl==1.16.0, and gensyn-genrl==0.3.0 without its dependencies
    python Tests/Golden/algorithms.py Tests/Golden/algorithms.json

Where TRL or GenRL has the loss as a method, that method is called, on a trainer without a model: GRPO,
Dr. GRPO, DAPO, GSPO, truncated importance weights, RLOO, DPO (TRL), GenRL's own. PPO with a critic and
REINFORCE++ with baseline are written here after their papers; REINFORCE++ without has TRL's loss. Advantages
are written here too: TRL computes them in the middle of generation, with 1e-4 where the papers and GenRL
have less.

Everything is computed in fp64 from numbers that fp32 holds; gradients are those by the log-probabilities.
"""

import argparse
import json
import math
import random
import sys
import types
from collections import defaultdict

import torch

EPSILON = 1e-8
torch.set_default_dtype(torch.float64)


# Random answers


class Draw:
    """Groups of answers of random lengths, with all the numbers an algorithm may ask for."""

    def __init__(self, seed, groups=3, answers=4, length=7, noise=0.3, flat=False):
        self.random = random.Random(seed)
        self.length = length
        self.groups = [
            [self.answer(noise) for _ in range(answers)] for _ in range(groups)
        ]
        for number, group in enumerate(self.groups):
            for place, answer in enumerate(group):
                answer["reward"] = self.random.randrange(5) / 4
                if place == 1 and answer["reward"] == group[0]["reward"]:
                    answer["reward"] = 1 - answer["reward"] if answer["reward"] != 0.5 else 0.25
                if flat and number == 0:
                    answer["reward"] = 0.5

    def number(self, low, high):
        return single(self.random.uniform(low, high))

    def near(self, numbers, noise):
        return [min(0.0, single(x + self.random.gauss(0, noise))) for x in numbers]

    def answer(self, noise):
        count = self.random.randrange(1, self.length + 1)
        logprobs = [self.number(-4, -0.01) for _ in range(count)]
        values = [self.number(-1, 1) for _ in range(count)]
        return {
            "logprobs": logprobs,
            "behaviour": self.near(logprobs, noise),
            "sender": self.near(logprobs, 2 * noise),
            "reference": self.near(logprobs, 0.2),
            "values": values,
            "oldValues": [single(v + self.random.gauss(0, 0.3)) for v in values],
        }

    @property
    def answers(self):
        return [answer for group in self.groups for answer in group]

    def rows(self, name):
        """[answers, length], 0 where an answer has ended."""
        return torch.tensor([a[name] + [0.0] * (self.length - len(a[name])) for a in self.answers])

    @property
    def mask(self):
        return torch.tensor(
            [[1.0] * len(a["logprobs"]) + [0.0] * (self.length - len(a["logprobs"])) for a in self.answers]
        )

    def rewards(self):
        return torch.tensor([[answer["reward"] for answer in group] for group in self.groups])


def single(x):
    return torch.tensor(x, dtype=torch.float32).item()


# Advantages, each from its paper


def group_deviation(rewards):
    return (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + EPSILON)


def mean_only(rewards):
    return rewards - rewards.mean(1, keepdim=True)


def leave_one_out(rewards):
    count = rewards.shape[1]
    return rewards - (rewards.sum(1, keepdim=True) - rewards) / (count - 1)


def over_all_tokens(advantages, mask):
    tokens = advantages[mask > 0]
    return (advantages - tokens.mean()) / (tokens.std() + EPSILON) * mask


def following(x):
    """The sum of a row from each place on."""
    return x.flip(1).cumsum(1).flip(1)


def at_the_end(draw, rewards):
    """The reward of an answer, at its last token."""
    out = torch.zeros(len(draw.answers), draw.length)
    for row, answer in enumerate(draw.answers):
        out[row, len(answer["logprobs"]) - 1] = rewards[row]
    return out


# TRL and GenRL, without models


class Accelerator:
    device, num_processes, sync_gradients = torch.device("cpu"), 1, True

    def gather(self, x):
        return x

    gather_for_metrics = gather

    def reduce(self, x, reduction="sum"):
        return x


def bare(cls, **settings):
    """An object of a trainer's class that has only these settings."""
    trainer = object.__new__(cls)
    trainer.__dict__.update(
        accelerator=Accelerator(),
        model=types.SimpleNamespace(training=True),
        _metrics=defaultdict(lambda: defaultdict(list)),
        aux_loss_enabled=False,
        **settings,
    )
    return trainer


def token_inputs(draw, advantages, **more):
    count = len(draw.answers)
    return {
        "prompt_ids": torch.zeros(count, 1, dtype=torch.long),
        "prompt_mask": torch.ones(count, 1),
        "completion_ids": torch.zeros(count, draw.length, dtype=torch.long),
        "completion_mask": draw.mask,
        "advantages": advantages,
        "old_per_token_logps": draw.rows("behaviour"),
        "ref_per_token_logps": draw.rows("reference"),
        "num_items_in_batch": draw.mask.sum(),
        **more,
    }


def trl_grpo(draw, advantages, loss_type, low, high, *, level="token", beta=0.0, delta=None, weights=None):
    from trl import GRPOTrainer

    logprobs = draw.rows("logprobs").requires_grad_()
    trainer = bare(
        GRPOTrainer,
        args=types.SimpleNamespace(use_bias_correction_kl=False, delta=delta, steps_per_generation=1),
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        importance_sampling_level=level,
        beta=beta,
        loss_type=loss_type,
        epsilon_low=low,
        epsilon_high=high,
        use_vllm=weights is not None,
        vllm_importance_sampling_correction=weights is not None,
        current_gradient_accumulation_steps=1,
        max_completion_length=draw.length,
        _entropy_bonus_enabled=False,
    )
    trainer._get_per_token_logps_and_entropies = lambda *a, **k: (logprobs, torch.zeros_like(logprobs), None)
    loss = trainer._compute_loss(
        trainer.model, token_inputs(draw, advantages, importance_sampling_ratio=weights)
    )
    return finished(loss, logprobs)


def trl_rloo(draw, advantages, clip):
    from trl import RLOOTrainer

    logprobs = draw.rows("logprobs").requires_grad_()
    trainer = bare(RLOOTrainer, epsilon_low=clip, epsilon_high=clip)
    trainer._get_per_token_logps_and_entropies = lambda *a, **k: (logprobs, torch.zeros_like(logprobs), None)
    old = (draw.rows("behaviour") * draw.mask).sum(1)
    inputs = token_inputs(draw, advantages, old_logps=old)
    return finished(trainer._compute_loss(trainer.model, inputs), logprobs)


def trl_dpo(draw, beta):
    """Of each group the first answer is the chosen one and the second the rejected one."""
    from trl import DPOTrainer

    chosen, rejected = range(0, len(draw.answers), 4), range(1, len(draw.answers), 4)
    places = [*chosen, *rejected]
    logprobs = draw.rows("logprobs").requires_grad_()
    picked = logprobs[places] * draw.mask[places]
    reference = (draw.rows("reference") * draw.mask).sum(1)
    zeros = torch.zeros_like(picked)
    outputs = types.SimpleNamespace(log_probs=picked, entropy=zeros, mean_logits=zeros, is_top1=zeros.bool())
    trainer = bare(
        DPOTrainer,
        ld_alpha=None,
        precompute_ref_logps=True,
        f_divergence_type="reverse_kl",
        loss_types=["sigmoid"],
        loss_weights=[1.0],
        beta=beta,
        use_weighting=False,
        _total_train_tokens=0,
        _tp_size=1,
    )

    def model(**kwargs):
        return outputs

    model.training = True
    trainer.model = model
    mask = torch.cat([torch.zeros(len(places), 1), draw.mask[places]], 1)
    inputs = {
        "input_ids": torch.zeros(len(places), draw.length + 1, dtype=torch.long),
        "attention_mask": torch.ones(len(places), draw.length + 1),
        "completion_mask": mask,
        "ref_chosen_logps": reference[list(chosen)],
        "ref_rejected_logps": reference[list(rejected)],
    }
    return finished(trainer._compute_loss(model, inputs, False), logprobs)


class Absent(types.ModuleType):
    """A module that GenRL imports and its loss does not use: whatever is asked of it is an empty class."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def genrl_loss(draw, advantages):
    for name in ["wandb", "hivemind", "ollama", "torch.utils.tensorboard"]:
        sys.modules.setdefault(name, Absent(name))
    from genrl.trainer.grpo_trainer import GRPOLanguageTrainerModule, GRPOTrainerConfig

    logprobs = draw.rows("logprobs").requires_grad_()
    trainer = bare(GRPOLanguageTrainerModule, args=GRPOTrainerConfig(), dtype=torch.float64)
    trainer.model = types.SimpleNamespace(device=torch.device("cpu"))
    trainer._get_per_token_logps = lambda *a, **k: logprobs
    return finished(trainer.compute_loss(trainer.model, token_inputs(draw, advantages)), logprobs)


def finished(loss, logprobs, values=None):
    loss.backward()
    out = {"loss": loss.item(), "gradient": logprobs.grad.tolist()}
    if values is not None:
        out["valueGradient"] = values.grad.tolist()
    return out


# The papers


def clipped(draw, logprobs, advantages, clip):
    ratio = (logprobs - draw.rows("behaviour")).exp()
    return torch.min(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)


def over_answers(draw, x):
    return ((x * draw.mask).sum(1) / draw.mask.sum(1)).mean()


def distance(draw):
    return (draw.rows("behaviour") - draw.rows("reference")) * draw.mask


def reinforce_plus_plus(draw, beta):
    """arXiv 2501.03262, without baseline."""
    rewards = draw.rewards().flatten()
    advantages = rewards[:, None] - beta * following(distance(draw))
    advantages = over_all_tokens(advantages * draw.mask, draw.mask)
    return trl_grpo(draw, advantages, "grpo", 0.2, 0.2)


def reinforce_plus_plus_baseline(draw, beta):
    """arXiv 2501.03262, with baseline and the k2 divergence in the loss."""
    advantages = mean_only(draw.rewards()).flatten()[:, None] * draw.mask
    advantages = over_all_tokens(advantages, draw.mask)
    logprobs = draw.rows("logprobs").requires_grad_()
    k2 = (logprobs - draw.rows("reference")).square() / 2
    loss = over_answers(draw, beta * k2 - clipped(draw, logprobs, advantages, 0.2))
    return finished(loss, logprobs)


def ppo(draw, beta, clip=0.2, decay=0.95, weight=0.1):
    """arXiv 1707.06347 with GAE (arXiv 1506.02438), no discount, and the authors' clipped value loss."""
    mask, old = draw.mask, draw.rows("oldValues")
    rewards = at_the_end(draw, draw.rewards().flatten()) - beta * distance(draw)
    after = torch.cat([old[:, 1:], torch.zeros(len(old), 1)], 1)
    delta = (rewards + after - old) * mask
    steps = torch.arange(draw.length)
    fade = torch.tril(decay ** (steps[:, None] - steps[None, :]).clamp(min=0).double())
    gae = delta @ fade * mask
    logprobs, values = draw.rows("logprobs").requires_grad_(), draw.rows("values").requires_grad_()
    policy = -clipped(draw, logprobs, over_all_tokens(gae, mask), clip)
    target = (gae + old).detach()
    held = old + (values - old).clamp(-clip, clip)
    value = torch.max((values - target).square(), (held - target).square()) / 2
    loss = ((policy + weight * value) * mask).sum() / mask.sum()
    return finished(loss, logprobs, values)


def supervised(draw):
    logprobs = draw.rows("logprobs").requires_grad_()
    return finished(-(logprobs * draw.mask).sum() / draw.mask.sum(), logprobs)


# Cases


def overlong(draw, cache):
    from trl.rewards import get_soft_overlong_punishment

    punish = get_soft_overlong_punishment(draw.length, cache)
    lengths = [[0] * len(answer["logprobs"]) for answer in draw.answers]
    return draw.rewards() + torch.tensor(punish(completion_ids=lengths)).view(draw.rewards().shape)


def whole_answer_penalty(draw, beta):
    return draw.rewards() - beta * distance(draw).sum(1).view(draw.rewards().shape)


def cases(seed):
    def per_answer(rule, draw):
        return rule(draw.rewards()).flatten()

    def case(name, algorithm, draw, result, **settings):
        unused = {"sender"} if "importanceCap" not in settings else set()
        unused |= {"values", "oldValues"} if algorithm != "ppo" else set()
        unused |= {"reference"} if algorithm in ("dapo", "dr-grpo", "gspo", "genrl", "sft") else set()
        unused |= {"behaviour"} if algorithm in ("dpo", "sft") else set()
        groups = [[{k: v for k, v in a.items() if k not in unused} for a in group] for group in draw.groups]
        rows = iter(zip(result["gradient"], result.get("valueGradient", result["gradient"])))
        for group in groups:
            for answer in group:
                gradient, values = next(rows)
                count = len(answer["logprobs"])
                answer["gradient"] = gradient[:count]
                if "valueGradient" in result:
                    answer["valueGradient"] = values[:count]
        return {
            "name": f"{name}, seed {seed}",
            "algorithm": algorithm,
            "settings": settings,
            "lengthMax": draw.length,
            "loss": result["loss"],
            "groups": groups,
        }

    draw = Draw(seed)
    wild = Draw(seed + 1, noise=1.2)
    calm = Draw(seed + 2, noise=5e-4)
    alike = Draw(seed + 3, flat=True)
    deviation = per_answer(group_deviation, draw)
    yield case("TRL grpo", "grpo", draw, trl_grpo(draw, deviation, "grpo", 0.2, 0.2, beta=0.04))
    yield case(
        "TRL dr_grpo", "dr-grpo", draw, trl_grpo(draw, per_answer(mean_only, draw), "dr_grpo", 0.2, 0.2)
    )
    yield case(
        "TRL dapo, ratios cut off at 10", "dapo", wild,
        trl_grpo(wild, per_answer(group_deviation, wild), "dapo", 0.2, 0.28, delta=10.0),
    )
    yield case(
        "TRL bnpo", "dapo", draw, trl_grpo(draw, deviation, "bnpo", 0.2, 0.28), ratioCap=0, divergence=0
    )
    yield case(
        "TRL dapo, soft overlong punishment", "dapo", draw,
        trl_grpo(draw, group_deviation(overlong(draw, 3)).flatten(), "dapo", 0.2, 0.28),
        ratioCap=0, overlong=3,
    )
    for which, sample in [("", draw), (", ratios near 1", calm)]:
        advantages = per_answer(group_deviation, sample)
        yield case(
            "TRL sequence level" + which, "gspo", sample,
            trl_grpo(sample, advantages, "grpo", 3e-4, 4e-4, level="sequence"),
        )
    weights = (draw.rows("behaviour") - draw.rows("sender")).exp().clamp(max=1.5)
    yield case(
        "TRL truncated importance weights", "dapo", draw,
        trl_grpo(draw, deviation, "dapo", 0.2, 0.28, delta=10.0, weights=weights), importanceCap=1.5,
    )
    for sample in [draw, calm]:
        rewards = whole_answer_penalty(sample, 0.05)
        yield case("TRL rloo", "rloo", sample, trl_rloo(sample, leave_one_out(rewards).flatten(), 0.2))
    yield case("paper", "reinforce++", alike, reinforce_plus_plus(alike, 0.001))
    yield case("paper", "reinforce++", draw, reinforce_plus_plus(draw, 0.3), divergence=0.3)
    yield case("paper", "reinforce++-baseline", draw, reinforce_plus_plus_baseline(draw, 0.2), divergence=0.2)
    yield case("paper", "ppo", draw, ppo(draw, 0.05))
    yield case("GenRL 0.3.0", "genrl", draw, genrl_loss(draw, deviation))
    yield case("GenRL 0.3.0, far off", "genrl", wild, genrl_loss(wild, per_answer(group_deviation, wild)))
    yield case("TRL dpo", "dpo", draw, trl_dpo(draw, 0.1), beta=0.1)
    yield case("TRL dpo", "dpo", draw, trl_dpo(draw, 2.0), beta=2.0)
    yield case("mean of -log p", "sft", draw, supervised(draw))


def rounded(x):
    """Nine digits say what an fp32 is."""
    if isinstance(x, float):
        assert math.isfinite(x)
        return float(f"{x:.9g}")
    if isinstance(x, list):
        return [rounded(e) for e in x]
    return {k: rounded(v) for k, v in x.items()} if isinstance(x, dict) else x


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1, help="rounds of all cases, each with other numbers")
    arguments = parser.parse_args()
    made = [case for i in range(arguments.count) for case in cases(arguments.seed + 10 * i)]
    with open(arguments.target, "w") as file:
        file.write("[\n" + ",\n".join(" " + json.dumps(rounded(case)) for case in made) + "\n]\n")
    print(f"{len(made)} cases", file=sys.stderr)


if __name__ == "__main__":
    main()
