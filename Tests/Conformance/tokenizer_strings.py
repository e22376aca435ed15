"""Random texts through our tokenizer and through the tokenizers package: equal ids, equal texts.

Usage: tokenizer_strings.py FOLDER [--count N] [--seed S] [--assigned] -- COMMAND...

FOLDER holds tokenizer.json (or is such a file). COMMAND answers lines of JSON as
`starling tokenize --model FOLDER --json` does: texts by lists of ids, and with --decode --specials
lists of ids by texts. The default is that command of the release build.
"""
import argparse
import json
import random
import subprocess
import sys
import unicodedata
from pathlib import Path

from tokenizers import Tokenizer

BLOCKS = [(0x20, 0x7F), (0, 0x20), (0x80, 0x250), (0x250, 0x370), (0x300, 0x370), (0x370, 0x600),
          (0x590, 0x700), (0x900, 0xE00), (0xE00, 0x1200), (0x1100, 0x1200), (0x1E00, 0x2000),
          (0x2000, 0x2070), (0x2070, 0x2C00), (0x3000, 0x3100), (0x4E00, 0x9FFF), (0xAC00, 0xD7A4),
          (0xF900, 0x10000), (0x10000, 0x20000), (0x1D100, 0x1D800), (0x1F300, 0x1FB00),
          (0, 0x110000)]
WORDS = ["'s", "'S", "'re", "'LL", "'ve", "'d", "'ſ", "'", "don't", "I'M", " ", "  ", "   ", "\n",
         "\r\n", "\n\n", "\t", " \n", "\u00a0", "\u2003", "\u3000", "\u0085", "1", "12", "123", "1234",
         "٣٤", "½", "Ⅻ", "hello", " world", "Straße", "naïve", "e\u0301", "\u0344", "각", "\u1100\u1161\u11a8",
         "日本語", "🙂", "👩‍👩‍👧", "...", "!?", "://", "_", "<|", "|>", "{}", "İ", "K", "\ufeff", "\u200b"]


def text(source: random.Random, specials: list[str]) -> str:
    parts = []
    for _ in range(source.randrange(1, 12)):
        kind = source.random()
        if kind < 0.45:
            parts.append(source.choice(WORDS))
        elif kind < 0.9 or not specials:
            low, high = source.choice(BLOCKS)
            parts.append("".join(chr(source.randrange(low, high)) for _ in range(source.randrange(1, 6))))
        else:
            parts.append(source.choice(specials))
    return "".join(c for part in parts for c in part if not 0xD800 <= ord(c) < 0xE000)


def answers(command: list[str], lines: list[str]) -> list:
    run = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"{command[0]} ended with {run.returncode}: {run.stderr}")
    found = [json.loads(line) for line in run.stdout.split("\n") if line]
    if len(found) != len(lines):
        raise SystemExit(f"{len(found)} answers to {len(lines)} lines: {run.stderr}")
    return found


def main() -> None:
    arguments, command = sys.argv[1:], []
    if "--" in arguments:
        place = arguments.index("--")
        arguments, command = arguments[:place], arguments[place + 1:]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--assigned", action="store_true", help="only characters that Python knows")
    given = parser.parse_args(arguments)
    command = command or [".build/release/starling", "tokenize", "--model", str(given.folder), "--json"]
    file = given.folder / "tokenizer.json" if given.folder.is_dir() else given.folder
    reference = Tokenizer.from_file(str(file))
    specials = [t["content"] for t in json.loads(file.read_text())["added_tokens"]][:20]
    print(f"seed {given.seed}")
    source = random.Random(given.seed)
    texts = [text(source, specials) for _ in range(given.count)]
    if given.assigned:
        texts = ["".join(c for c in t if unicodedata.category(c) != "Cn") for t in texts]
    expected = [e.ids for e in reference.encode_batch(texts, add_special_tokens=False)]
    ours = answers(command, [json.dumps(t) for t in texts])
    wrong = [(t, e, o) for t, e, o in zip(texts, expected, ours) if e != o]
    decoded = reference.decode_batch(expected, skip_special_tokens=False)
    # Any ids must decode alike, also those that no text encodes to.
    random_ids = [[source.randrange(reference.get_vocab_size()) for _ in range(8)] for _ in range(2000)]
    decoded += reference.decode_batch(random_ids, skip_special_tokens=False)
    back = answers([*command, "--decode", "--specials"], [json.dumps(ids) for ids in expected + random_ids])
    misread = [(d, b) for d, b in zip(decoded, back) if d != b]
    for row in wrong[:5]:
        print("encoded:", *map(ascii, row))
    for row in misread[:5]:
        print("decoded:", *map(ascii, row))
    print(json.dumps({"texts": len(texts), "encoded_differently": len(wrong),
                      "decoded": len(decoded), "decoded_differently": len(misread)}))
    raise SystemExit(1 if wrong or misread else 0)


if __name__ == "__main__":
    main()
