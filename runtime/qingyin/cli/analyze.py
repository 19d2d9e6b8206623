"""Exists to carry out `qingyin analyze`: what a recording holds and whether it makes a good reference."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from qingyin.errors import ModelError
from qingyin.manifest import Manifest
from qingyin.model_sets.finding import load_manifest
from qingyin.references.analysis import Analysis, analyse_recording

_NEIGHBOURS = 5
_LABEL_WIDTH = 14


def analyze(arguments: argparse.Namespace) -> None:
    """Prints what was found, and draws it if asked. Errors: AudioError, DependencyError, ModelError, OptionError."""
    picture = None
    if arguments.picture is not None:
        from qingyin.references.analysis_picture import check_picture

        picture = check_picture(Path(arguments.picture).expanduser())  # before the work, not behind it
    source = sys.stdin.buffer if arguments.recording == "-" else arguments.recording
    manifest, reason = _models(arguments.models)
    analysis = analyse_recording(source, manifest)
    if reason is not None:
        analysis = dataclasses.replace(analysis, unknown=reason)
    if arguments.json:
        print(json.dumps(analysis.as_json(), ensure_ascii=False, indent=1))
    else:
        print(describe(analysis))
    if picture is not None:
        from qingyin.references.analysis_picture import draw

        draw(analysis, picture)


def _models(folder: str | None) -> tuple[Manifest | None, str | None]:
    """The model set, or why there is none: unless one was asked for, because most figures need no model."""
    try:
        return load_manifest(folder), None
    except ModelError as error:
        if folder is not None:
            raise
        return None, str(error)


def describe(analysis: Analysis) -> str:
    """The figures as aligned lines, warnings last."""
    reference = analysis.reference
    low, median, high = analysis.f0_hz
    channels = {1: "mono", 2: "stereo"}.get(reference.channels, f"{reference.channels} channels")
    start, end = reference.part
    lines = [
        ("recording", f"{reference.recorded_seconds:.2f} s, {reference.source_rate} Hz, {channels}"),
        ("used", f"{reference.seconds:.2f} s, taken from {start:.2f} s to {end:.2f} s"),
        ("speech", f"{reference.speech_seconds:.2f} s, {100 * analysis.speaking_share:.0f} % of what is used"),
        ("loudness", f"{reference.loudness_lufs:.1f} LUFS, brought to -20"),
        ("noise", f"{reference.snr_db:.0f} dB below the speech"),
        ("clipping", f"{100 * reference.clipped_share:.2g} % of the samples"),
        ("bandwidth", f"{reference.bandwidth_hz / 1000:.1f} kHz"),
        (
            "F0",
            f"median {median:.0f} Hz, mostly {low:.0f} to {high:.0f} Hz ({analysis.f0_range_semitones:.1f} semitones)",
        ),
        ("voiced", f"{100 * analysis.voiced_share:.0f} % of the speech"),
    ]
    if analysis.neighbours is not None:
        shown = ", ".join(f"{name} {cosine:.2f}" for name, cosine in analysis.neighbours[:_NEIGHBOURS])
        lines.append(("voices like it", f"{shown} (cosine)"))
    if analysis.emotion is not None:
        ordered = sorted(analysis.emotion.items(), key=lambda pair: -pair[1])
        lines.append(("emotion", ", ".join(f"{label} {100 * value:.0f} %" for label, value in ordered)))
    if analysis.unknown is not None:
        asked = "speaker and emotion" if analysis.neighbours is None else "emotion"
        lines.append(("not judged", f"{asked}: {analysis.unknown}"))
    lines += [("warning", finding.message) for finding in analysis.warnings]
    return "\n".join([reference.name, *(f"  {label:<{_LABEL_WIDTH}}  {value}" for label, value in lines)])
