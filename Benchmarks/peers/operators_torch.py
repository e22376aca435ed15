"""PyTorch's operators at their best: outputs preallocated, weights packed, forms fused."""

from typing import Any

import torch
import torch.nn.functional as F

from protocol import Call, Case, Unsupported, serve, thread_count

torch.set_num_threads(thread_count())
torch.set_grad_enabled(False)
torch.manual_seed(1)
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def working(calls: dict[str, Call]) -> dict[str, Call]:
    """Those that this build of PyTorch can run; the rest are named on standard error."""
    result = {}
    for name, call in calls.items():
        try:
            call()
            result[name] = call
        except (RuntimeError, NotImplementedError, AttributeError) as error:
            print(f"operators_torch: no {name}: {str(error).splitlines()[0]}", flush=True)
    return result


def gemm(case: Case) -> dict[str, Call]:
    """y = x W^T, W as PyTorch's Linear stores it."""
    m, k, n, dtype = case["m"], case["k"], case["n"], DTYPES[case["dtype"]]
    a, w = torch.randn(m, k).to(dtype), torch.randn(n, k).to(dtype)
    c = torch.empty(m, n, dtype=dtype)
    linear = torch.ops.mkldnn._linear_pointwise
    calls: dict[str, Call] = {
        "torch.mm": lambda: torch.mm(a, w.t(), out=c),
        "oneDNN": lambda: linear(a, w, None, "none", [], ""),
    }
    if dtype == torch.bfloat16:
        calls["torch linear"] = lambda: F.linear(a, w)
    try:
        packed = torch.ops.mkldnn._reorder_linear_weight(w, m)
        calls["oneDNN packed"] = lambda: linear(a, packed, None, "none", [], "")
    except (RuntimeError, NotImplementedError, AttributeError) as error:
        print(
            f"operators_torch: no packed oneDNN weights: {str(error).splitlines()[0]}", flush=True
        )
    if dtype == torch.float32:
        try:
            mkl = torch.ops.mkl._mkl_reorder_linear_weight(w, m)
            calls["MKL packed"] = lambda: torch.ops.mkl._mkl_linear(a, mkl, w, None, m)
        except (RuntimeError, NotImplementedError, AttributeError) as error:
            print(
                f"operators_torch: no packed MKL weights: {str(error).splitlines()[0]}", flush=True
            )
    return calls


def softmax(case: Case) -> dict[str, Call]:
    a = torch.randn(case["rows"], case["n"])
    y = torch.empty_like(a)
    return {
        "torch.softmax out": lambda: torch.softmax(a, -1, out=y),
        "F.softmax": lambda: F.softmax(a, -1),
    }


def rmsnorm(case: Case) -> dict[str, Call]:
    n = case["n"]
    a, w = torch.randn(case["rows"], n), torch.randn(n)
    y, square, r = torch.empty_like(a), torch.empty_like(a), torch.empty(case["rows"], 1)

    def by_hand() -> None:
        torch.mul(a, a, out=square)
        torch.mean(square, -1, keepdim=True, out=r)
        r.add_(1e-6).rsqrt_()
        torch.mul(a, r, out=y)
        y.mul_(w)

    return {"F.rms_norm": lambda: F.rms_norm(a, (n,), w, 1e-6), "by hand, in place": by_hand}


def swiglu(case: Case) -> dict[str, Call]:
    gate, up = torch.randn(case["rows"], case["n"]), torch.randn(case["rows"], case["n"])
    y = torch.empty_like(gate)

    def in_place() -> None:
        torch.ops.aten.silu.out(gate, out=y)
        y.mul_(up)

    return {"silu out, mul in place": in_place, "F.silu * up": lambda: F.silu(gate) * up}


def adamw(case: Case) -> dict[str, Call]:
    """The optimizer as a user calls it, and the fused operator below it."""
    n = case["n"]
    parameter = torch.nn.Parameter(torch.randn(n))
    parameter.grad = torch.randn(n)
    settings: dict[str, Any] = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    fused = torch.optim.AdamW([parameter], fused=True, **settings)
    foreach = torch.optim.AdamW([parameter], foreach=True, **settings)
    p, g, m, v = (torch.randn(n) for _ in range(4))
    v.abs_()
    step = torch.tensor(1.0)

    def operator() -> None:
        torch._fused_adamw_(
            [p],
            [g],
            [m],
            [v],
            [],
            [step],
            lr=1e-3,
            beta1=0.9,
            beta2=0.999,
            weight_decay=0.01,
            eps=1e-8,
            amsgrad=False,
            maximize=False,
        )

    return {"AdamW fused": fused.step, "AdamW foreach": foreach.step, "_fused_adamw_": operator}


def read(case: Case) -> dict[str, Call]:
    """Reads memory as fast as PyTorch can: a lower bound where our own ceiling is not at hand."""
    a = torch.ones(case["bytes"] // 4)
    return {"torch.sum": lambda: torch.sum(a), "torch.max": lambda: torch.max(a)}


OPERATORS = dict(gemm=gemm, softmax=softmax, rmsnorm=rmsnorm, swiglu=swiglu, adamw=adamw, read=read)


def prepare(case: Case) -> dict[str, Call]:
    make = OPERATORS.get(case["op"])
    if make is None:
        raise Unsupported(f"no operator {case['op']}")
    return working(make(case))


if __name__ == "__main__":
    serve(
        "torch",
        dict(
            torch=torch.__version__,
            threads=torch.get_num_threads(),
            cpu=torch.backends.cpu.get_cpu_capability(),
            onednn=torch.backends.mkldnn.is_available(),
            mkl=torch.backends.mkl.is_available(),
        ),
        prepare,
    )
