"""llama.cpp through its C interface, at its best settings: prefill and decode, random weights.

Native build, one thread per core, weights in memory (no mmap), the default key-value cache (f16).
Prefill asks for the logits of the last position only and tries several physical batch sizes and
both attention forms; a decode call is `steps` tokens from a context of `context`, then the cache is
cut back.
"""

import ctypes
import os
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np

from protocol import Call, Case, Unsupported, serve, thread_count
from random_gguf import write_random

WORK = Path(os.environ["BENCH_WORK"])
FLASH = {
    "flash": llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED,
    "plain": llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED,
}


@llama_cpp.llama_log_callback
def quiet(level: int, text: bytes, _data: Any) -> None:
    """Keeps warnings and errors only."""
    if level in (3, 4):
        print(text.decode(errors="replace"), end="", flush=True)


class Model:
    """A loaded model and its contexts, freed with the last call that holds it."""

    def __init__(self, path: Path) -> None:
        settings = llama_cpp.llama_model_default_params()
        settings.use_mmap = False
        settings.n_gpu_layers = 0
        self.handle = llama_cpp.llama_model_load_from_file(str(path).encode(), settings)
        if not self.handle:
            raise RuntimeError(f"llama.cpp cannot load {path}")
        self.contexts: list[Any] = []

    def context(self, sequences: int, length: int, ubatch: int, flash: int) -> Any:
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx = sequences * length
        settings.n_batch = max(ubatch, 256)
        settings.n_ubatch = ubatch
        settings.n_seq_max = sequences
        settings.n_threads = settings.n_threads_batch = thread_count()
        settings.flash_attn_type = flash
        settings.no_perf = True
        context = llama_cpp.llama_init_from_model(self.handle, settings)
        if not context:
            raise RuntimeError("llama.cpp cannot make a context")
        self.contexts.append(context)
        return context

    def __del__(self) -> None:
        for context in getattr(self, "contexts", []):
            llama_cpp.llama_free(context)
        if getattr(self, "handle", None):
            llama_cpp.llama_model_free(self.handle)


class Batch:
    """Tokens for one call of llama_decode."""

    def __init__(
        self, tokens: np.ndarray, sequences: list[int], positions: list[int], wanted: list[bool]
    ) -> None:
        self.value = llama_cpp.llama_batch_init(len(tokens), 0, 1)
        self.value.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            self.value.token[i] = int(token)
            self.value.pos[i] = positions[i]
            self.value.n_seq_id[i] = 1
            self.value.seq_id[i][0] = sequences[i]
            self.value.logits[i] = wanted[i]

    def run(self, context: Any) -> None:
        status = llama_cpp.llama_decode(context, self.value)
        if status != 0:
            raise RuntimeError(f"llama_decode says {status}")
        logits = llama_cpp.llama_get_logits_ith(context, -1)
        if not logits or not np.isfinite(logits[0]):
            raise RuntimeError("no finite logits")

    def __del__(self) -> None:
        llama_cpp.llama_batch_free(self.value)


def load(case: Case) -> Model:
    path = WORK / f"{case['model']}-{case['dtype']}.gguf"
    if not path.exists():
        write_random(path, case["shape"], case["dtype"])
    return Model(path)


def prefill(case: Case) -> dict[str, Call]:
    if case["batch"] != 1:
        raise Unsupported("prefill of one sequence only")
    model, time = load(case), case["time"]
    tokens = np.random.default_rng(1).integers(0, case["shape"]["vocab"], time)
    batch = Batch(tokens, [0] * time, list(range(time)), [i == time - 1 for i in range(time)])

    def run(context: Any) -> None:
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), False)
        batch.run(context)

    calls: dict[str, Call] = {}
    for ubatch in (64, 128, 256):
        for name, flash in FLASH.items():
            context = model.context(1, time, ubatch, flash)
            calls[f"ubatch {ubatch} {name}"] = lambda c=context, m=model: run(c)
    return calls


def decode(case: Case) -> dict[str, Call]:
    model, count, past, steps = load(case), case["batch"], case["context"], case["steps"]
    rng = np.random.default_rng(1)
    vocab = case["shape"]["vocab"]
    prompts = [
        Batch(
            rng.integers(0, vocab, past),
            [s] * past,
            list(range(past)),
            [i == past - 1 for i in range(past)],
        )
        for s in range(count)
    ]
    tokens = [
        Batch(
            rng.integers(0, vocab, count), list(range(count)), [past + step] * count, [True] * count
        )
        for step in range(steps)
    ]

    def run(context: Any) -> None:
        for batch in tokens:
            batch.run(context)
        memory = llama_cpp.llama_get_memory(context)
        for sequence in range(count):
            llama_cpp.llama_memory_seq_rm(memory, sequence, past, -1)

    calls: dict[str, Call] = {}
    for name, flash in FLASH.items():
        context = model.context(count, 256, 256, flash)
        for prompt in prompts:
            prompt.run(context)
        calls[name] = lambda c=context, m=model: run(c)
    return calls


OPERATIONS = dict(prefill=prefill, decode=decode)


def prepare(case: Case) -> dict[str, Call]:
    make = OPERATIONS.get(case["op"])
    if make is None:
        raise Unsupported(f"no operation {case['op']}")
    return make(case)


if __name__ == "__main__":
    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    WORK.mkdir(parents=True, exist_ok=True)
    serve(
        "llama.cpp",
        dict(
            version=llama_cpp.__version__,
            threads=thread_count(),
            system=llama_cpp.llama_print_system_info().decode(),
        ),
        prepare,
    )
