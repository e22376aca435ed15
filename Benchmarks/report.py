"""From the seconds of blocks to a row, and from rows to a table."""

import math
import statistics
from typing import Any

FOREIGN_LIMIT = 0.05  # above this the row is marked: something else ran


def row(
    case: dict[str, Any], seconds: dict[tuple[str, str], list[float]], foreign: float, ours: str
) -> dict[str, Any]:
    """One case: speeds are work / median seconds; a ratio pairs the blocks of one round.

    `peer` and `ratio` are of the fastest peer the case is measured against; `beyond` is the fastest of
    the others, whose labels contain a text of case["beyond"]: it ran in the same rounds.
    """
    speeds = {key: case["work"] / statistics.median(blocks) for key, blocks in seconds.items()}
    own = [key for key in seconds if key[0] == ours]
    peers = [key for key in seconds if key[0] != ours]
    others = [key for key in peers if any(text in label(key) for text in case.get("beyond", []))]
    best = fastest([key for key in peers if key not in others], speeds)
    ratio, spread = compared(seconds, own, best)
    result = dict(
        name=case["name"],
        ours=round(speeds[own[0]], 3) if own else None,
        peer=round(speeds[best], 3) if best is not None else None,
        ratio=ratio,
        unit=case["unit"],
        best_peer=label(best) if best is not None else None,
        spread=spread,
        sides={label(key): round(speed, 3) for key, speed in speeds.items()},
        foreign=round(foreign, 3),
    )
    other = fastest(others, speeds)
    if other is not None:
        result["beyond"] = dict(peer=label(other), ratio=compared(seconds, own, other)[0])
    judged = own[0] if own else best
    if "weight_bytes" in case and judged is not None:
        # How fast the weights stream by, to be held against ceiling/read of the same run.
        steps_per_second = speeds[judged] / case["batch"]
        result["weight_GBps"] = round(steps_per_second * case["weight_bytes"] / 1e9, 2)
    return result


def fastest(keys: list[tuple[str, str]], speeds: dict[tuple[str, str], float]) -> Any:
    """The key with the greatest speed; None of none."""
    return max(keys, key=lambda key: speeds[key], default=None)


def compared(
    seconds: dict[tuple[str, str], list[float]], own: list[tuple[str, str]], peer: Any
) -> tuple[float | None, list[float] | None]:
    """Median over rounds of (the peer's seconds / ours), and the least and greatest."""
    if not own or peer is None:
        return None, None
    rounds = [theirs / mine for mine, theirs in zip(seconds[own[0]], seconds[peer], strict=True)]
    return round(statistics.median(rounds), 3), [round(min(rounds), 3), round(max(rounds), 3)]


def label(key: tuple[str, str]) -> str:
    """A side and its variant, as shown."""
    return f"{key[0]}: {key[1]}"


def geometric_mean(values: list[float]) -> float:
    return math.exp(statistics.fmean(math.log(value) for value in values))


def group(name: str) -> str:
    """Rows that are averaged together: gemm/fp32 by M, the rest by their first words."""
    parts = name.split("/")
    threads = parts[-1] if parts[-1].endswith("t") else ""
    size = " M=" + parts[2].split("x")[0] if parts[0] == "gemm" else ""
    return f"{parts[0]}/{parts[1]}{size} {threads}".strip()


def summary(rows: list[dict[str, Any]]) -> str:
    """Geometric mean and least ratio of each group."""
    groups: dict[str, list[float]] = {}
    for entry in rows:
        name = group(entry["name"])
        if entry["ratio"] is not None:
            groups.setdefault(name, []).append(entry["ratio"])
        if entry.get("beyond", {}).get("ratio") is not None:
            groups.setdefault(f"{name} (beyond)", []).append(entry["beyond"]["ratio"])
    lines = ["| group | cases | geometric mean | least | greatest |", "|---|---|---|---|---|"]
    for name, ratios in groups.items():
        lines.append(
            f"| {name} | {len(ratios)} | {geometric_mean(ratios):.3f} | {min(ratios):.3f} "
            f"| {max(ratios):.3f} |"
        )
    return "\n".join(lines) if groups else "no case was measured on both sides"


def markdown(result: dict[str, Any]) -> str:
    """The whole run for a reader."""
    about = result["machine"]
    lines = [
        f"# Benchmark: {result['suite']}",
        "",
        f"{about['cpu']}, {about['cores']} cores, {about['system']} {about['kernel']}, "
        f"load at the start {about['load']}. Medians of {result['blocks']} interleaved blocks; "
        "ratio is the median over rounds, above 1 where we are faster. One thread is timed in CPU "
        f"time. Rows marked * had more than {FOREIGN_LIMIT:.0%} of the machine taken by others.",
        "",
        summary(result["rows"]),
        "",
        "| case | ours | best peer | ratio (least-greatest) | beyond | unit | sides |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in result["rows"]:
        ratio = (
            ""
            if entry["ratio"] is None
            else f"{entry['ratio']:.2f} ({entry['spread'][0]:.2f}-{entry['spread'][1]:.2f})"
        )
        sides = ", ".join(f"{name} {speed:g}" for name, speed in entry["sides"].items())
        mark = "*" if entry["foreign"] > FOREIGN_LIMIT else ""
        ours = "" if entry["ours"] is None else f"{entry['ours']:g}"
        peer = "" if entry["peer"] is None else f"{entry['peer']:g} ({entry['best_peer']})"
        other = entry.get("beyond")
        beyond = f"{other['ratio']:.2f} ({other['peer']})" if other and other["ratio"] else ""
        lines.append(
            f"| {entry['name']}{mark} | {ours} | {peer} | {ratio} | {beyond} | {entry['unit']} | {sides} |"
        )
    lines += ["", "## Settings of each side", ""]
    lines += [f"- {name}: {settings}" for name, settings in result["settings"].items()]
    if result["notes"]:
        lines += ["", "## Notes", ""] + [f"- {note}" for note in result["notes"]]
    return "\n".join(lines) + "\n"
