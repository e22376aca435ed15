"""Writes a GGUF with random weights and no vocabulary, for timing llama.cpp on a shape."""

from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter

# The family's name in GGUF, and whether Q, K and V have biases.
FAMILIES = {"llama": ("llama", False), "qwen2": ("qwen2", True)}


def to_bf16(values: np.ndarray) -> np.ndarray:
    """Round to nearest even, as raw 16-bit words."""
    bits = values.astype(np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def write_random(path: Path, shape: dict[str, Any], dtype: str) -> None:
    """Matrices in `dtype`, norms and biases in fp32, embedding tied to the output."""
    name, bias = FAMILIES[shape["family"]]
    rng = np.random.default_rng(1)
    d, ff, vocab = shape["hidden"], shape["ff"], shape["vocab"]
    q, kv = shape["heads"] * shape["dim"], shape["kv"] * shape["dim"]
    partial = path.with_suffix(".partial")
    writer = GGUFWriter(partial, name)
    writer.add_block_count(shape["layers"])
    writer.add_context_length(2048)
    writer.add_embedding_length(d)
    writer.add_feed_forward_length(ff)
    writer.add_head_count(shape["heads"])
    writer.add_head_count_kv(shape["kv"])
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(shape["dim"])
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(vocab)
    writer.add_tokenizer_model("none")

    def matrix(tensor: str, rows: int, columns: int) -> None:
        values = rng.standard_normal((rows, columns), dtype=np.float32) * np.float32(columns**-0.5)
        if dtype == "bf16":
            words = to_bf16(values)
            writer.add_tensor(tensor, words.view(np.uint8), raw_dtype=GGMLQuantizationType.BF16)
        else:
            writer.add_tensor(tensor, values)

    def vector(tensor: str, n: int, value: float) -> None:
        writer.add_tensor(tensor, np.full(n, value, dtype=np.float32))

    matrix("token_embd.weight", vocab, d)
    vector("output_norm.weight", d, 1.0)
    for layer in range(shape["layers"]):
        prefix = f"blk.{layer}."
        vector(prefix + "attn_norm.weight", d, 1.0)
        vector(prefix + "ffn_norm.weight", d, 1.0)
        for tensor, rows, columns in (
            ("attn_q", q, d),
            ("attn_k", kv, d),
            ("attn_v", kv, d),
            ("attn_output", d, q),
            ("ffn_gate", ff, d),
            ("ffn_up", ff, d),
            ("ffn_down", d, ff),
        ):
            matrix(f"{prefix}{tensor}.weight", rows, columns)
            if bias and tensor in ("attn_q", "attn_k", "attn_v"):
                vector(f"{prefix}{tensor}.bias", rows, 0.1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.rename(path)
