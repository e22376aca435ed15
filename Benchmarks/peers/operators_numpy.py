"""Matrix products of numpy's OpenBLAS, told to use its AVX-512 core where the machine has it."""

import ctypes
from pathlib import Path
from typing import Any

import numpy as np

from protocol import Call, Case, Unsupported, serve, thread_count

rng = np.random.default_rng(1)


def openblas() -> dict[str, Any]:
    """What OpenBLAS says of itself: whether OPENBLAS_CORETYPE took effect."""
    for library in Path(np.__file__).parent.parent.glob("numpy.libs/libscipy_openblas*"):
        blas = ctypes.CDLL(str(library))
        for suffix in ("64_", ""):
            core = getattr(blas, f"scipy_openblas_get_corename{suffix}", None)
            threads = getattr(blas, f"scipy_openblas_get_num_threads{suffix}", None)
            if core is not None and threads is not None:
                core.restype = ctypes.c_char_p
                return dict(core=core().decode(), threads=threads())
    return dict(core="unknown")


def prepare(case: Case) -> dict[str, Call]:
    if case["op"] != "gemm" or case["dtype"] != "fp32":
        raise Unsupported("only fp32 matrix products")
    m, k, n = case["m"], case["k"], case["n"]
    a = rng.standard_normal((m, k), dtype=np.float32)
    w = rng.standard_normal((n, k), dtype=np.float32)
    c = np.empty((m, n), dtype=np.float32)
    return {"OpenBLAS": lambda: np.matmul(a, w.T, out=c)}


if __name__ == "__main__":
    serve(
        "numpy", dict(numpy=np.__version__, expected_threads=thread_count(), **openblas()), prepare
    )
