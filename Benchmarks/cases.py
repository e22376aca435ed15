"""What is measured. A case is a plain dictionary; every side reads it, and says so if it cannot.

`work` is what one call does, in `unit` times 1e9 for G units, so that speed = work / seconds.
`peers` names the counterparts that are asked; `seconds` is the length of a block. `beyond` marks
variants by a text of their label: they run in the same rounds and are shown, but the ratio is not of
them. They are what a peer reaches when it is driven by hand (weights in its own packed layout, eager
training with oneDNN forced in), or another peer than the one that the case is measured against.
"""

from typing import Any

Case = dict[str, Any]

# K and N of y = x W^T (numerics.md): attention, MLP and head of a 0.5B model and of small ones.
GEMM_KN = [
    (896, 896),
    (896, 4864),
    (4864, 896),
    (896, 16384),
    (384, 384),
    (384, 1536),
    (1536, 384),
    (512, 2048),
]
GEMM_M = [1, 8, 64, 512, 2048]
BF16_MKN = [
    (1, 896, 4864),
    (8, 896, 4864),
    (64, 896, 4864),
    (168, 896, 896),
    (512, 896, 896),
    (512, 896, 4864),
    (512, 4864, 896),
    (1, 896, 151936),
]
ROWS = [(512, 896), (512, 4864), (2048, 2048), (1000, 1000)]
ADAMW_N = [896 * 896, 896 * 4864, 30_000_000]

SHAPES: dict[str, dict[str, Any]] = {
    "llama15m": dict(
        family="llama", hidden=288, ff=768, layers=6, heads=6, kv=6, dim=48, vocab=32000
    ),
    "llama30m": dict(
        family="llama", hidden=512, ff=1376, layers=8, heads=8, kv=8, dim=64, vocab=8192
    ),
    "smollm2-135m": dict(
        family="llama", hidden=576, ff=1536, layers=30, heads=9, kv=3, dim=64, vocab=49152
    ),
    "qwen0.5b": dict(
        family="qwen2", hidden=896, ff=4864, layers=24, heads=14, kv=2, dim=64, vocab=151936
    ),
}
TRAIN_BATCH, TRAIN_TIME, PREFILL, CONTEXT, DECODE_STEPS = 2, 256, 256, 64, 16


def parameters(shape: dict[str, Any]) -> int:
    """Parameters with tied embeddings."""
    d, kv = shape["hidden"], shape["kv"] * shape["dim"]
    attention = d * (shape["heads"] * shape["dim"]) * 2 + d * kv * 2
    bias = shape["heads"] * shape["dim"] + 2 * kv if shape["family"] == "qwen2" else 0
    layer = attention + bias + 3 * d * shape["ff"] + 2 * d
    return shape["layers"] * layer + d + shape["vocab"] * d


def gemm(dtype: str, m: int, k: int, n: int, threads: int, peers: list[str]) -> Case:
    return dict(
        name=f"gemm/{dtype}/{m}x{k}x{n}/{threads}t",
        op="gemm",
        dtype=dtype,
        m=m,
        k=k,
        n=n,
        threads=threads,
        work=2 * m * k * n / 1e9,
        unit="GFLOP/s",
        peers=peers,
        beyond=["packed"] if dtype == "fp32" else [],
        seconds=0.06,
    )


def rows(op: str, count: int, n: int, threads: int, tensors: int) -> Case:
    """An operator bound by memory: `tensors` of count x n floats are read or written at least."""
    return dict(
        name=f"{op}/fp32/{count}x{n}/{threads}t",
        op=op,
        dtype="fp32",
        rows=count,
        n=n,
        threads=threads,
        work=4e-9 * tensors * count * n,
        unit="GB/s",
        peers=["torch", "torch+"],
        seconds=0.06,
    )


def ceilings(threads: int) -> list[Case]:
    """What the machine can do at most, measured in the same run."""
    size = 1 << 29
    return [
        dict(
            name=f"ceiling/read/{threads}t",
            op="read",
            dtype="fp32",
            bytes=size,
            threads=threads,
            work=size / 1e9,
            unit="GB/s",
            peers=["torch+"],
            seconds=0.2,
        ),
        dict(
            name=f"ceiling/fma/{threads}t",
            op="fma",
            dtype="fp32",
            threads=threads,
            unit="GFLOP/s",
            fmas=1 << 30,
            work=2 * (1 << 30) / 1e9,
            peers=[],
            seconds=0.1,
        ),
    ]


def operators(threads: int) -> list[Case]:
    cases = ceilings(threads)
    cases += [
        gemm("fp32", m, k, n, threads, ["numpy", "torch+"]) for k, n in GEMM_KN for m in GEMM_M
    ]
    cases.append(gemm("fp32", 1, 896, 151936, threads, ["numpy", "torch+"]))
    cases += [gemm("bf16", m, k, n, threads, ["torch+"]) for m, k, n in BF16_MKN]
    for op, tensors in (("softmax", 2), ("rmsnorm", 2), ("swiglu", 3)):
        cases += [rows(op, count, n, threads, tensors) for count, n in ROWS]
    cases += [rows("adamw", 1, n, threads, 7) for n in ADAMW_N]
    return cases


def model_case(op: str, model: str, dtype: str, threads: int, suffix: str, **more: Any) -> Case:
    name = "/".join(
        [
            op,
            model,
            dtype,
            *([suffix] if suffix else []),
            *([f"{threads}t"] if threads != 2 else []),
        ]
    )
    return dict(
        name=name,
        op=op,
        dtype=dtype,
        model=model,
        shape=SHAPES[model],
        threads=threads,
        unit="tok/s",
        peers=["torch-model", "llama.cpp"],
        seconds=1.0,
        **more,
    )


def models(threads: int) -> list[Case]:
    """Training steps, prefill and decode; without logits of earlier positions, without sampling."""
    cases = ceilings(threads)[:1]
    for model, dtype in (
        ("llama30m", "fp32"),
        ("llama30m", "bf16"),
    ):
        cases.append(
            model_case(
                "train",
                model,
                dtype,
                threads,
                "",
                batch=TRAIN_BATCH,
                time=TRAIN_TIME,
                work=TRAIN_BATCH * TRAIN_TIME,
            )
        )
    for model in ("qwen0.5b",):
        for dtype in ("fp32", "bf16"):
            cases.append(
                model_case(
                    "prefill",
                    model,
                    dtype,
                    threads,
                    str(PREFILL),
                    batch=1,
                    time=PREFILL,
                    work=PREFILL,
                )
            )
            for batch in (1, 8):
                width = 4 if dtype == "fp32" else 2
                cases.append(
                    model_case(
                        "decode",
                        model,
                        dtype,
                        threads,
                        f"b{batch}",
                        batch=batch,
                        context=CONTEXT,
                        steps=DECODE_STEPS,
                        work=batch * DECODE_STEPS,
                        weight_bytes=width * parameters(SHAPES[model]),
                    )
                )
    for case in cases[1:]:
        if case["op"] == "train":
            case |= dict(peers=["torch-model"], beyond=["onednn"])
        else:
            many = case.get("batch", 1) > 1
            case["beyond"] = ["llama.cpp"] if many else ["torch-model"]
    return cases


SUITES = {"operators": (operators, (1, 2)), "model": (models, (2,))}
