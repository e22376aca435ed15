"""transformers in eager PyTorch at its best settings: a training step, prefill and decode.

Weights are random. Variants differ in attention kernel, optimizer form and matrix products, and the
driver takes the fastest. Prefill and decode compute the logits of the last position only, use a
cache and run in inference mode; a decode call is `steps` tokens from a context of `context`, then
the cache is cut back. "onednn" replaces the matrix products of Linear layers, forward and backward,
by oneDNN's, which use AVX-512 on every vendor's processors.
"""

import gc
from typing import Any

import torch
import transformers
from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

from protocol import Call, Case, Unsupported, serve, thread_count

torch.set_num_threads(thread_count())
torch.manual_seed(1)
transformers.logging.set_verbosity_error()
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def build(case: Case) -> Any:
    """A model with random weights, made in the dtype it runs in."""
    s = case["shape"]
    settings = dict(
        hidden_size=s["hidden"],
        intermediate_size=s["ff"],
        num_hidden_layers=s["layers"],
        num_attention_heads=s["heads"],
        num_key_value_heads=s["kv"],
        vocab_size=s["vocab"],
        tie_word_embeddings=True,
        max_position_embeddings=2048,
    )
    family = {"llama": (LlamaConfig, LlamaForCausalLM), "qwen2": (Qwen2Config, Qwen2ForCausalLM)}
    if s["family"] not in family:
        raise Unsupported(f"no family {s['family']}")
    config_type, model_type = family[s["family"]]
    torch.set_default_dtype(DTYPES[case["dtype"]])
    try:
        config = config_type(**settings)
        config._attn_implementation = "sdpa"
        model = model_type(config)
    finally:
        torch.set_default_dtype(torch.float32)
    if model.model.rotary_emb.inv_freq.dtype != torch.float32:
        raise RuntimeError("rotary frequencies must stay fp32")
    return model


class OneDNNProduct(torch.autograd.Function):
    """x W^T with its two gradient products, each as an oneDNN linear."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, w)
        return torch.ops.mkldnn._linear_pointwise(x, w, None, "none", [], "")

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x, w = ctx.saved_tensors
        linear = torch.ops.mkldnn._linear_pointwise
        dx = linear(dy.contiguous(), w.t().contiguous(), None, "none", [], "")
        rows, inner = dy.reshape(-1, dy.shape[-1]), x.reshape(-1, x.shape[-1])
        dw = linear(rows.t().contiguous(), inner.t().contiguous(), None, "none", [], "")
        return dx, dw


def use_onednn(model: Any, on: bool) -> None:
    """Chooses the matrix products of all Linear layers without bias."""
    for module in model.modules():
        if isinstance(module, torch.nn.Linear) and module.bias is None:
            if on:
                module.forward = lambda x, m=module: OneDNNProduct.apply(x, m.weight)
            elif "forward" in module.__dict__:
                del module.__dict__["forward"]


def train(case: Case) -> dict[str, Call]:
    """One step: forward, backward and AdamW, on a fixed batch."""
    model = build(case)
    model.train()
    model.config.use_cache = False
    ids = torch.randint(0, case["shape"]["vocab"], (case["batch"], case["time"]))
    settings: dict[str, Any] = dict(lr=1e-5, betas=(0.9, 0.95), weight_decay=0.01)
    optimizers = {
        "fused": torch.optim.AdamW(model.parameters(), fused=True, **settings),
        "foreach": torch.optim.AdamW(model.parameters(), foreach=True, **settings),
    }

    def step(attention: str, form: str, onednn: bool) -> None:
        if model.config._attn_implementation != attention:
            model.set_attn_implementation(attention)
        use_onednn(model, onednn)
        optimizer = optimizers[form]
        optimizer.zero_grad(set_to_none=True)
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()

    calls: dict[str, Call] = {}
    for attention in ("sdpa", "eager"):
        for form in ("fused", "foreach"):
            calls[f"{attention} {form}"] = lambda a=attention, f=form: step(a, f, False)
    if case["dtype"] == "fp32":  # bf16 products already go to oneDNN
        calls["sdpa fused onednn"] = lambda: step("sdpa", "fused", True)
    return calls


def prefill(case: Case) -> dict[str, Call]:
    model = build(case).eval()
    ids = torch.randint(0, case["shape"]["vocab"], (case["batch"], case["time"]))

    def run(attention: str) -> None:
        if model.config._attn_implementation != attention:
            model.set_attn_implementation(attention)
        with torch.inference_mode():
            model(input_ids=ids, use_cache=True, logits_to_keep=1)

    return {"sdpa": lambda: run("sdpa"), "eager": lambda: run("eager")}


def decode(case: Case) -> dict[str, Call]:
    model = build(case).eval()
    batch, context = case["batch"], case["context"]
    ids = torch.randint(0, case["shape"]["vocab"], (batch, context))
    tokens = torch.randint(0, case["shape"]["vocab"], (case["steps"], batch, 1))
    cache = DynamicCache(config=model.config)
    with torch.inference_mode():
        model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)

    def run(attention: str) -> None:
        if model.config._attn_implementation != attention:
            model.set_attn_implementation(attention)
        with torch.inference_mode():
            for token in tokens:
                model(input_ids=token, past_key_values=cache, use_cache=True, logits_to_keep=1)
            cache.crop(-len(tokens))

    return {"sdpa": lambda: run("sdpa"), "eager": lambda: run("eager")}


OPERATIONS = dict(train=train, prefill=prefill, decode=decode)


def prepare(case: Case) -> dict[str, Call]:
    make = OPERATIONS.get(case["op"])
    if make is None:
        raise Unsupported(f"no operation {case['op']}")
    gc.collect()
    return make(case)


if __name__ == "__main__":
    serve(
        "torch-model",
        dict(
            torch=torch.__version__,
            transformers=transformers.__version__,
            threads=torch.get_num_threads(),
            cpu=torch.backends.cpu.get_cpu_capability(),
        ),
        prepare,
    )
