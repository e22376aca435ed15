"""Writes Tests/Golden/stories260k.json: what the 260,032-parameter story model says, greedily, after a
few beginnings, computed with numpy in fp64 straight from the files of llama2.c.

    pip install numpy
    python Tests/Golden/stories260k.py ../shared/fixtures/stories260k

Of each beginning: its ids, the greedy ids up to the story's end, their text and log-probabilities (nats),
and the smallest gap to a runner-up, which says how much rounding the choice of tokens bears.
"""

import json
import pathlib
import struct
import sys

import numpy as np

BEGINNINGS = ["", "Once upon a time", "Lily and Ben went to the park. They saw a big dog"]
LENGTH = 200  # tokens made at most
BEGIN, END, FIRST_BYTE = 1, 2, 3


def read_model(path):
    """Sizes and weights: all layers of one kind lie together."""
    data = path.read_bytes()
    names = ("width", "hidden", "layers", "heads", "kv", "vocabulary", "context")
    sizes = dict(zip(names, struct.unpack("<7i", data[:28]), strict=True))
    numbers = np.frombuffer(data, "<f4", offset=28).astype(np.float64)
    place = 0

    def take(*shape):
        nonlocal place
        count = int(np.prod(shape))
        place += count
        return numbers[place - count : place].reshape(shape)

    width, hidden, layers = sizes["width"], sizes["hidden"], sizes["layers"]
    kv = width // sizes["heads"] * sizes["kv"]
    weights = {
        "embedding": take(sizes["vocabulary"], width),
        "norm1": take(layers, width),
        "q": take(layers, width, width),
        "k": take(layers, kv, width),
        "v": take(layers, kv, width),
        "o": take(layers, width, width),
        "norm2": take(layers, width),
        "gate": take(layers, hidden, width),
        "down": take(layers, width, hidden),
        "up": take(layers, hidden, width),
        "norm": take(width),
    }
    take(2, sizes["context"], width // sizes["heads"] // 2)  # rotations, computed here
    assert place == numbers.size and sizes["vocabulary"] > 0
    return sizes, weights


def read_tokenizer(path):
    data, pieces, place = path.read_bytes(), [], 4
    while place < len(data):
        score, length = struct.unpack_from("<fi", data, place)
        place += 8 + length
        pieces.append((data[place - length : place], score))
    return pieces


def encode(pieces, text):
    """Characters, or their bytes; then the pair with the best score becomes one, again and again."""
    ids = {piece: i for i, (piece, _) in reversed(list(enumerate(pieces))) if i >= FIRST_BYTE + 256}
    tokens = []
    for character in (" " + text) if text else "":
        raw = character.encode()
        tokens += [ids[raw]] if raw in ids else [FIRST_BYTE + byte for byte in raw]
    while True:
        best = (-np.inf, None, None)
        for i in range(len(tokens) - 1):
            joined = ids.get(pieces[tokens[i]][0] + pieces[tokens[i + 1]][0])
            if joined is not None and pieces[joined][1] > best[0]:
                best = (pieces[joined][1], i, joined)
        if best[1] is None:
            return [BEGIN, *tokens]
        tokens[best[1] : best[1] + 2] = [best[2]]


def decode(pieces, tokens):
    """The text after the token that begins it, whose blank is no part of the text."""
    text = b"".join(
        bytes([t - FIRST_BYTE]) if FIRST_BYTE <= t < FIRST_BYTE + 256 else pieces[t][0]
        for t in tokens
        if t not in (BEGIN, END)
    )
    return text.removeprefix(b" ").decode()


def norm(x, weight):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * weight


def turn(x, positions):
    """Neighbouring numbers are a pair; pair i of a head turns by position * 10000 ** (-2i / d)."""
    dim = x.shape[-1]
    angle = positions[:, None, None] * 10000.0 ** (-np.arange(0, dim, 2) / dim)
    a, b = x[..., 0::2], x[..., 1::2]
    out = np.empty_like(x)
    out[..., 0::2] = a * np.cos(angle) - b * np.sin(angle)
    out[..., 1::2] = a * np.sin(angle) + b * np.cos(angle)
    return out


def logits(sizes, weights, tokens):
    """Of the last token, the whole text read anew: slow, but there is no cache to be wrong."""
    time, heads, kv = len(tokens), sizes["heads"], sizes["kv"]
    positions = np.arange(time)
    x = weights["embedding"][tokens]
    mask = np.where(positions[None, :] > positions[:, None], -np.inf, 0)
    for layer in range(sizes["layers"]):
        h = norm(x, weights["norm1"][layer])
        q = turn((h @ weights["q"][layer].T).reshape(time, heads, -1), positions)
        k = turn((h @ weights["k"][layer].T).reshape(time, kv, -1), positions)
        v = (h @ weights["v"][layer].T).reshape(time, kv, -1)
        k, v = (np.repeat(m, heads // kv, axis=1) for m in (k, v))
        scores = np.einsum("ihd,jhd->hij", q, k) / np.sqrt(q.shape[-1]) + mask
        share = np.exp(scores - scores.max(-1, keepdims=True))
        share /= share.sum(-1, keepdims=True)
        x = x + np.einsum("hij,jhd->ihd", share, v).reshape(time, -1) @ weights["o"][layer].T
        h = norm(x, weights["norm2"][layer])
        gate, up = h @ weights["gate"][layer].T, h @ weights["up"][layer].T
        x = x + (gate / (1 + np.exp(-gate)) * up) @ weights["down"][layer].T
    return norm(x[-1], weights["norm"]) @ weights["embedding"].T


def tell(sizes, weights, pieces, beginning):
    prompt = encode(pieces, beginning)
    tokens, scores, gap = list(prompt), [], np.inf
    for _ in range(LENGTH):
        row = logits(sizes, weights, tokens)
        second, first = np.sort(row)[-2:]
        gap = min(gap, first - second)
        tokens.append(int(row.argmax()))
        scores.append(float(-np.log(np.exp(row - first).sum())))
        if tokens[-1] in (BEGIN, END):
            break
    return {
        "beginning": beginning,
        "ids": prompt,
        "greedy": tokens[len(prompt) :],
        "text": decode(pieces, tokens[1:]),
        "logprobs": [round(score, 8) for score in scores],
        "gap": float(gap),
    }


def main():
    folder = pathlib.Path(sys.argv[1])
    sizes, weights = read_model(folder / "stories260K.bin")
    pieces = read_tokenizer(folder / "tok512.bin")
    stories = [tell(sizes, weights, pieces, beginning) for beginning in BEGINNINGS]
    for story in stories:
        print(story["gap"], story["ids"], story["text"], sep="\n", file=sys.stderr)
    lines = ",\n".join(" " + json.dumps(story) for story in stories)
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
