"""A Llama-architecture GGUF (SmolLM2) as a Hugging Face folder, so that transformers can run it.

Usage: gguf_folder.py MODEL.gguf FOLDER [--dtype bfloat16|float32]

Weights are dequantised with the gguf package; rows of Q and K are put back in half-split order.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import GGUFReader
from gguf.quants import dequantize
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

CONTROL = 3  # a token type of the GGUF format
LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
WHOLE_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def short(value: float) -> float:
    """The decimal that an fp32 stands for: 1e-5, not 9.999999747378752e-06."""
    return float(str(np.float32(value)))


def field(reader: GGUFReader, name: str) -> Any:
    if name not in reader.fields:
        raise SystemExit(f"the GGUF has no field {name}; is it a Llama-architecture model?")
    return reader.fields[name].contents()


def hugging_face_name(name: str) -> str:
    """blk.3.attn_q.weight becomes model.layers.3.self_attn.q_proj.weight."""
    parts = name.split(".")
    if parts[0] == "blk":
        return f"model.layers.{parts[1]}.{LAYER_NAMES[parts[2]]}.{parts[3]}"
    return f"{WHOLE_NAMES[parts[0]]}.{parts[1]}"


def half_split(weight: np.ndarray, heads: int) -> np.ndarray:
    """llama.cpp stores rotary pairs as neighbours; transformers stores them half a head apart."""
    rows, columns = weight.shape
    return (
        weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)
    )


def weights(reader: GGUFReader, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    heads = {
        "attn_q": field(reader, "llama.attention.head_count"),
        "attn_k": field(reader, "llama.attention.head_count_kv"),
    }
    result = {}
    for tensor in reader.tensors:
        array = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        array = array.reshape([int(n) for n in reversed(tensor.shape)])
        kind = tensor.name.split(".")[-2]
        if kind in heads:
            array = half_split(array, heads[kind])
        result[hugging_face_name(tensor.name)] = torch.from_numpy(array.copy()).to(dtype)
    return result


def configuration(reader: GGUFReader, tied: bool, dtype: str) -> dict[str, Any]:
    hidden = field(reader, "llama.embedding_length")
    heads = field(reader, "llama.attention.head_count")
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": hidden,
        "intermediate_size": field(reader, "llama.feed_forward_length"),
        "num_hidden_layers": field(reader, "llama.block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": field(reader, "llama.attention.head_count_kv"),
        "head_dim": hidden // heads,
        "vocab_size": field(reader, "llama.vocab_size"),
        "max_position_embeddings": field(reader, "llama.context_length"),
        "rms_norm_eps": short(field(reader, "llama.attention.layer_norm_rms_epsilon")),
        "rope_theta": short(field(reader, "llama.rope.freq_base")),
        "rope_scaling": None,
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": tied,
        "bos_token_id": field(reader, "tokenizer.ggml.bos_token_id"),
        "eos_token_id": field(reader, "tokenizer.ggml.eos_token_id"),
        "pad_token_id": field(reader, "tokenizer.ggml.padding_token_id"),
        "torch_dtype": dtype,
    }


def tokenizer(reader: GGUFReader) -> PreTrainedTokenizerFast:
    if field(reader, "tokenizer.ggml.pre") != "smollm":
        raise SystemExit("only the tokenizer of SmolLM is known here")
    tokens = field(reader, "tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in field(reader, "tokenizer.ggml.merges")]
    fast = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    fast.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    fast.decoder = decoders.ByteLevel()
    types = field(reader, "tokenizer.ggml.token_type")
    fast.add_special_tokens(
        [
            AddedToken(tokens[i], special=True, normalized=False)
            for i, kind in enumerate(types)
            if kind == CONTROL
        ]
    )
    named = {
        key: tokens[field(reader, f"tokenizer.ggml.{field_name}_token_id")]
        for key, field_name in (
            ("bos_token", "bos"),
            ("eos_token", "eos"),
            ("pad_token", "padding"),
        )
    }
    result = PreTrainedTokenizerFast(
        tokenizer_object=fast, clean_up_tokenization_spaces=False, **named
    )
    result.chat_template = field(reader, "tokenizer.chat_template")
    return result


def convert(model: Path, folder: Path, dtype: str) -> None:
    """Writes `folder`, readable by transformers and by our own loader."""
    reader = GGUFReader(model)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = weights(reader, getattr(torch, dtype))
    config = configuration(reader, tied="lm_head.weight" not in tensors, dtype=dtype)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    generation = {key: config[key] for key in ("bos_token_id", "eos_token_id", "pad_token_id")}
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
    tokenizer(reader).save_pretrained(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dtype", choices=("bfloat16", "float32"), default="bfloat16")
    options = parser.parse_args()
    convert(options.model, options.folder, options.dtype)
