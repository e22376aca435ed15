"""Writes a Llama of 15 million random weights with the characters of the seedling, as a Hugging Face folder.

Usage: random_llama.py FOLDER

It never ends an answer by itself, so all answers are equally long on both sides: dimension 0 of the stream
between layers is 1 for every token, no layer writes to it, and the rows of the output matrix that belong to
the end of an answer and to two other marks look at nothing else, and dislike it.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

ROOT = Path(__file__).resolve().parents[2]
SEEDLING = ROOT / "models" / "seedling"
WIDTH, LAYERS, HEADS, FEED_FORWARD, CONTEXT = 384, 8, 6, 1152, 1024
MARKS = 3  # tokens 0 to 2: the end, the mark between question and answer, the unknown character


def weights(vocabulary: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(15)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return 0.02 * rng.standard_normal((rows, columns), dtype=np.float32)

    ones = np.ones(WIDTH, dtype=np.float32)
    embedding, output = matrix(vocabulary, WIDTH), matrix(vocabulary, WIDTH)
    embedding[:, 0] = 1
    output[:, 0] = 0
    output[:MARKS] = 0
    output[:MARKS, 0] = -20
    result = {"model.embed_tokens.weight": embedding, "model.norm.weight": ones, "lm_head.weight": output}
    for layer in range(LAYERS):
        name = f"model.layers.{layer}."
        result[name + "input_layernorm.weight"] = ones
        result[name + "post_attention_layernorm.weight"] = ones
        for projection in ("q_proj", "k_proj", "v_proj", "o_proj"):
            result[f"{name}self_attn.{projection}.weight"] = matrix(WIDTH, WIDTH)
        for projection in ("gate_proj", "up_proj"):
            result[f"{name}mlp.{projection}.weight"] = matrix(FEED_FORWARD, WIDTH)
        result[name + "mlp.down_proj.weight"] = matrix(WIDTH, FEED_FORWARD)
        result[name + "self_attn.o_proj.weight"][0] = 0
        result[name + "mlp.down_proj.weight"][0] = 0
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    config = json.loads((SEEDLING / "config.json").read_text())
    config.update(
        hidden_size=WIDTH,
        intermediate_size=FEED_FORWARD,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        head_dim=WIDTH // HEADS,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=False,
    )
    tokenizer = json.loads((SEEDLING / "tokenizer_config.json").read_text())
    tokenizer["model_max_length"] = CONTEXT
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name in ("tokenizer.json", "chat_template.jinja", "generation_config.json"):
        shutil.copyfile(SEEDLING / name, partial / name)
    (partial / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (partial / "tokenizer_config.json").write_text(json.dumps(tokenizer, indent=2) + "\n")
    made = weights(config["vocab_size"])
    save_file(made, partial / "model.safetensors", metadata={"format": "pt"})
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    print(f"{sum(array.size for array in made.values()):,} weights in {folder}")


if __name__ == "__main__":
    main()
