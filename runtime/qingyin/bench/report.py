"""Exists to show the figures of `qingyin bench`: as Markdown tables and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qingyin.errors import DependencyError

_STAGES = ("text", "encoder", "decoder", "vocoder")
_COLOURS = ("#9aa5b1", "#f0b429", "#2f8132", "#2186eb")
_HOW = {"process": "from process start", "daemon": "through the daemon, from process start"}


def markdown(result: Mapping[str, Any], when: str) -> str:
    """All tables. Times are medians; `cpu` is CPU time, which other load hardly changes."""
    machine = result["machine"]
    load = machine["load_average"]
    lines = [
        f"# qingyin {result['qingyin']}, {when}",
        "",
        f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}"
        + (f", load average {load:.1f} at the start." if load is not None else "."),
        f"Medians of {result['runs']} runs in turns; the long text once. Characters: "
        + ", ".join(f"{name} {count}" for name, count in result["texts"].items()) + ".",
        "",
        "## Text to samples, after load",
        "",
        "| engine | threads | text | real-time factor | cpu | first audio, ms | sound, s | load, s "
        "| last tenth / first |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|",
    ]  # fmt: skip
    for row in result["engines"]:
        slowdown = "" if row["slowdown"] is None else f"{row['slowdown']:.2f}"
        lines.append(
            f"| {row['engine']} | {row['threads']} | {row['text']} | {row['real_time_factor']:.4f} "
            f"| {row['cpu_factor']:.4f} | {row['first_audio_ms']:.0f} | {row['audio_s']:.1f} | {row['load_s']:.2f} "
            f"| {slowdown} |"
        )
    lines += ["", "## Stages, seconds per second of sound", "",
              f"| threads | text | {' | '.join(_STAGES)} |", f"|---:|---|{'---:|' * len(_STAGES)}"]  # fmt: skip
    for row in result["engines"]:
        if row["engine"] == "qingyin":
            figures = " | ".join(f"{row['stages'][name]:.4f}" for name in _STAGES)
            lines.append(f"| {row['threads']} | {row['text']} | {figures} |")
    ratios = rival_ratios(result)
    if ratios:
        lines += ["", "## Against others, same run and text, cpu", "",
                  "| engine | text | times as long as qingyin |", "|---|---|---:|"]  # fmt: skip
        lines += [f"| {engine} | {text} | {ratio:.1f} |" for engine, text, ratio in ratios]
    lines += ["", "## `qingyin say` as a process", "",
              "| first audio | text | ms | cpu, s | all, s | peak memory, MB |",
              "|---|---|---:|---:|---:|---:|"]  # fmt: skip
    for row in result["processes"]:
        lines.append(
            f"| {_HOW[row['how']]} | {row['text']} | {row['first_audio_ms']:.0f} | {row['cpu_s']:.3f} "
            f"| {row['seconds']:.2f} | {row['peak_mb']:.0f} |"
        )
        if "request_ms" in row:
            lines.append(f"| through the daemon, from the request | {row['text']} | {row['request_ms']:.0f} | | | |")
    return "\n".join(lines) + "\n"


def rival_ratios(result: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """(engine, text, its CPU time per second of sound over ours), all on the same number of threads."""
    rows = result["engines"]
    ours = {row["text"]: row["cpu_factor"] for row in reversed(rows) if row["engine"] == "qingyin"}
    return [
        (row["engine"], row["text"], row["cpu_factor"] / ours[row["text"]])
        for row in rows
        if row["engine"] != "qingyin"
    ]


def draw(result: Mapping[str, Any], path: Path) -> None:
    """Where the time goes, and how long a listener waits; PNG, SVG or PDF by the name's end.
    Errors: DependencyError without matplotlib, OSError, ValueError for another ending.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise DependencyError(f"a picture needs matplotlib ({error}): pip install matplotlib") from None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4), layout="constrained")
    rows = result["engines"]
    names = [f"{row['engine']} {row['text']}\n{row['threads']} thread{'s' * (row['threads'] > 1)}" for row in rows]
    for place, row in enumerate(rows):
        if not row["stages"]:
            left.barh(place, row["real_time_factor"], color="#cf1124")
            continue
        begin = 0.0
        for stage, colour in zip(_STAGES, _COLOURS, strict=True):
            left.barh(place, row["stages"][stage], left=begin, color=colour, label=stage if place == 0 else None)
            begin += row["stages"][stage]
    left.set_yticks(range(len(rows)), names, fontsize=7)
    left.invert_yaxis()
    left.set_xlabel("seconds of computing per second of sound")
    left.legend(fontsize=7)
    waits = [(f"loaded, {row['text']}, {row['threads']} thread{'s' * (row['threads'] > 1)}", row["first_audio_ms"])
             for row in rows if row["engine"] == "qingyin"]  # fmt: skip
    waits += [(f"{_HOW[row['how']]}, {row['text']}", row["first_audio_ms"]) for row in result["processes"]]
    right.barh(range(len(waits)), [wait for _, wait in waits], color="#2186eb")
    right.set_yticks(range(len(waits)), [name for name, _ in waits], fontsize=7)
    right.invert_yaxis()
    right.set_xscale("log")
    right.set_xlabel("ms to the first sound")
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
