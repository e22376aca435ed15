"""Writes Sources/Execution/Language/Tokenizers/UnicodeTables.swift.

Usage: unicode_tables.py [OUTPUT]

Letters, numbers and blanks are asked of the tokenizers package itself (0.23.3), character by character,
so that our pre-tokenizers cut where its regular expressions do, on every platform alike. Canonical
decompositions and combining classes are Python's as far as the package's NFC knows them.
"""
import sys
import textwrap
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

OUTPUT = "Sources/Execution/Language/Tokenizers/UnicodeTables.swift"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def members(pattern: str) -> set[int]:
    """The characters that a one-character pattern matches."""
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    return {c for c in SCALARS if not split.pre_tokenize_str(chr(c))}


def numeric() -> set[int]:
    """The characters that the Digits pre-tokenizer cuts out."""
    digits = pre_tokenizers.Digits(individual_digits=True)
    return {c for c in SCALARS if len(digits.pre_tokenize_str("a" + chr(c))) == 2}


def ranges(values: set[int]) -> str:
    found: list[list[int]] = []
    for value in sorted(values):
        if found and found[-1][1] == value - 1:
            found[-1][1] = value
        else:
            found.append([value, value])
    return " ".join(f"{a:x}-{b:x}" if a != b else f"{a:x}" for a, b in found)


def classes() -> str:
    by_class: dict[int, set[int]] = {}
    nfc = normalizers.NFC()
    for c in SCALARS:
        combining = unicodedata.combining(chr(c))
        # The package's tables are older: what it does not move, below class 240, has no class there.
        moves = combining >= 240 or nfc.normalize_str("\u0345" + chr(c)) != "\u0345" + chr(c)
        if combining and moves:
            by_class.setdefault(combining, set()).add(c)
    return " ".join(f"{k}: {ranges(v)};" for k, v in sorted(by_class.items()))


def decompositions() -> str:
    nfc = normalizers.NFC()
    entries = []
    for c in SCALARS:
        parts = unicodedata.decomposition(chr(c)).split()
        if not parts or parts[0].startswith("<"):
            continue
        composed = nfc.normalize_str(chr(c))
        assert composed == unicodedata.normalize("NFC", chr(c)), hex(c)
        pair = unicodedata.normalize("NFD", chr(c))
        if composed == chr(c) and nfc.normalize_str(pair) != chr(c):
            continue  # too new for the package
        # "=" composes back, "~" only decomposes.
        mark = "=" if composed == chr(c) else "~"
        entries.append(f"{c:x}{mark}" + "+".join(f"{int(p, 16):x}" for p in parts))
    return " ".join(entries)


def declaration(name: str, comment: str, text: str) -> str:
    body = textwrap.fill(text, 92, initial_indent=" " * 8, subsequent_indent=" " * 8)
    lines = " \\\n".join(body.split("\n"))
    return f'    /// {comment}\n    static let {name} = """\n{lines}\n        """\n'


def main() -> None:
    parts = [
        declaration("letters", "`\\p{L}`: ranges of code points.", ranges(members(r"\p{L}"))),
        declaration("numbers", "`\\p{N}`.", ranges(members(r"\p{N}"))),
        declaration("digits", "What the Digits pre-tokenizer cuts out.", ranges(numeric())),
        declaration("blanks", "`\\s`.", ranges(members(r"\s"))),
        declaration("combiningClasses", "Canonical combining classes that are not 0.", classes()),
        declaration("decompositions", "Canonical decompositions, Hangul apart; `=` composes back.",
                    decompositions()),
    ]
    output = Path(sys.argv[1] if len(sys.argv) > 1 else OUTPUT)
    output.write_text(
        "// Written by Tests/Conformance/unicode_tables.py; do not edit.\n"
        f"// Classes and normalization as in tokenizers {tokenizers.__version__}.\n\n"
        "/// Properties of characters that tokenizers ask for, equal on every platform.\n"
        "enum UnicodeTables {\n" + "\n".join(parts) + "}\n")


if __name__ == "__main__":
    main()
