"""The vocabulary of a GGUF as a tokenizer.json of the tokenizers package, made without our code.

Usage: gguf_tokenizer.py MODEL.gguf OUTPUT/tokenizer.json
"""

import argparse
from pathlib import Path

from gguf import GGUFReader
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

CONTROL, USER_DEFINED = 3, 4  # token types of the format
# How Llama 3 splits words; Qwen2 takes one digit at a time where Llama 3 takes three.
WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def splitting(digits: str) -> list[pre_tokenizers.PreTokenizer]:
    split = pre_tokenizers.Split(Regex(WORDS.replace("DIGITS", digits)), "isolated")
    return [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]


def byte_level() -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)


PRE_TOKENIZERS = {
    "gpt-2": lambda: [byte_level()],
    "smollm": lambda: [pre_tokenizers.Digits(individual_digits=True), byte_level()],
    "qwen2": lambda: splitting(""),
    "llama-bpe": lambda: splitting("{1,3}"),
}


def convert(model: Path) -> Tokenizer:
    fields = GGUFReader(model).fields

    def field(name: str):
        return fields[f"tokenizer.ggml.{name}"].contents()

    kind, tokens = field("pre"), field("tokens")
    if kind not in PRE_TOKENIZERS:
        raise SystemExit(f"{model}: the pre-tokenizer {kind} is not known here")
    tokenizer = Tokenizer(
        models.BPE(
            vocab={token: i for i, token in enumerate(tokens)},
            merges=[tuple(merge.split(" ")) for merge in field("merges")],
            ignore_merges=kind == "llama-bpe",
        )
    )
    if kind == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(PRE_TOKENIZERS[kind]())
    tokenizer.decoder = decoders.ByteLevel()
    for token, token_type in zip(tokens, field("token_type"), strict=True):
        if token_type == CONTROL:
            tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False)])
        elif token_type == USER_DEFINED:
            tokenizer.add_tokens([AddedToken(token, special=False, normalized=False)])
    return tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    convert(options.model).save(str(options.output))


if __name__ == "__main__":
    main()
