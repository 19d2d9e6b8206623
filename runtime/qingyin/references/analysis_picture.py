"""Exists to draw a recording: an eye finds noise, clipping, cut words and wrong pitch at once."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from qingyin.errors import AudioError, DependencyError, OptionError
from qingyin.features import HOP, MEL_FMAX_HZ, N_MELS, SAMPLE_RATE, mel_filters
from qingyin.references.analysis import Analysis
from qingyin.references.speech_activity import runs

FORMATS = (".png", ".svg", ".pdf")
_INK, _SOFT, _WAVE, _PITCH, _PAUSE = "#22303c", "#8896a3", "#3b6ea5", "#d1495b", "#eceff2"
_BARS = {"neutral": "#8896a3", "happy": "#e3a72f", "sad": "#3b6ea5", "angry": "#d1495b"}
_FONTS = (
    "DejaVu Sans", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "WenQuanYi Micro Hei", "Droid Sans Fallback",
)  # fmt: skip
_TICKS_HZ = (100, 500, 1000, 2000, 4000, 8000)
_PITCH_TICKS_HZ = (60, 75, 100, 125, 150, 200, 250, 300, 400, 500, 600)
_PITCH_MARGIN = 2 ** (5 / 12)
_RANGE_DB = 75.0
_COLUMNS = 1500  # of the waveform's outline; more than a picture has pixels


def check_picture(path: Path) -> Path:
    """The path, if a picture can be written there. Errors: OptionError (format), DependencyError (matplotlib)."""
    if path.suffix.lower() not in FORMATS:
        raise OptionError(f"a picture cannot be written to {path}: end its name in one of {', '.join(FORMATS)}")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise DependencyError("a picture needs matplotlib: pip install 'qingyin[picture]'") from None
    return path


def draw(analysis: Analysis, path: Path) -> None:
    """Writes waveform, mel and F0 of the used part to `path`, with the figures beside them.

    Errors: AudioError if the file cannot be written, and those of `check_picture`.
    """
    check_picture(path)
    import matplotlib
    from matplotlib.figure import Figure  # without pyplot: no window system, nothing global

    style: dict[Any, Any] = {
        "font.family": _installed_fonts(), "font.size": 9, "text.color": _INK, "axes.labelcolor": _INK,
        "axes.edgecolor": _SOFT, "axes.linewidth": 0.6, "xtick.color": _INK, "ytick.color": _INK,
        "axes.spines.top": False, "axes.spines.right": False, "xtick.major.width": 0.6, "ytick.major.width": 0.6,
        "svg.fonttype": "none", "svg.hashsalt": "qingyin",
    }  # fmt: skip
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(12, 7.2), facecolor="white")
        grid = figure.add_gridspec(
            3, 2, height_ratios=(1.0, 2.0, 1.5), width_ratios=(4.4, 1.0), left=0.055, right=0.985, top=0.91,
            bottom=0.075, hspace=0.22, wspace=0.27,
        )  # fmt: skip
        wave = figure.add_subplot(grid[0, 0])
        mel = figure.add_subplot(grid[1, 0], sharex=wave)
        pitch = figure.add_subplot(grid[2, 0], sharex=wave)
        _draw_wave(wave, analysis)
        _draw_mel(mel, analysis)
        _draw_pitch(pitch, analysis)
        _write_figures(figure.add_subplot(grid[0, 1]), analysis)
        _draw_neighbours(figure.add_subplot(grid[1, 1]), analysis)
        _draw_emotion(figure.add_subplot(grid[2, 1]), analysis)
        figure.text(0.012, 0.985, analysis.reference.name, va="top", fontsize=13, fontweight="bold")
        data = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")  # no font for a Chinese name: boxes will do
            figure.savefig(data, format=path.suffix.lower()[1:], dpi=130)
    try:
        path.write_bytes(data.getvalue())
    except OSError as error:
        raise AudioError(f"cannot write {path}: {error.strerror}; choose another path for --picture") from None


def _installed_fonts() -> list[str]:
    """DejaVu, and behind it a font for Chinese file names if there is one; a missing name would be warned of."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in _FONTS if name in installed] or ["sans-serif"]


def _shade_pauses(axis: Any, analysis: Analysis) -> None:
    for start, end in runs(~analysis.reference.active):
        axis.axvspan(start * HOP / SAMPLE_RATE, end * HOP / SAMPLE_RATE, color=_PAUSE, lw=0, zorder=0)


def _draw_wave(axis: Any, analysis: Analysis) -> None:
    samples = analysis.reference.samples
    edges = np.linspace(0, len(samples), min(_COLUMNS, len(samples)) + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)
    _shade_pauses(axis, analysis)
    axis.fill_between(edges / SAMPLE_RATE, low, high, color=_WAVE, lw=0.3)
    peak = max(float(np.abs(samples).max()), 1e-3) * 1.05
    axis.set(xlim=(0, analysis.reference.seconds), ylim=(-peak, peak), ylabel="amplitude")
    axis.tick_params(labelbottom=False)
    axis.set_title("waveform, at -20 LUFS (grey: nobody speaks)", loc="left", fontsize=9, color=_SOFT)


def _draw_mel(axis: Any, analysis: Analysis) -> None:
    level = analysis.reference.mel.T * (20 / np.log(10))
    top = float(np.quantile(level, 0.999))
    extent = (0, analysis.reference.seconds, 0, N_MELS)
    image = axis.imshow(
        level, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=top - _RANGE_DB, vmax=top,
        interpolation="nearest",
    )  # fmt: skip
    centres = mel_filters().argmax(1) * (SAMPLE_RATE / 2) / (mel_filters().shape[1] - 1)
    centres[-1] = MEL_FMAX_HZ
    axis.set_yticks(np.interp(_TICKS_HZ, centres, np.arange(N_MELS) + 0.5))
    axis.set_yticklabels([f"{hz / 1000:g}" for hz in _TICKS_HZ])
    axis.set_ylabel("mel / kHz")
    axis.tick_params(labelbottom=False)
    bar = axis.figure.colorbar(image, cax=axis.inset_axes([1.01, 0, 0.012, 1]))
    bar.outline.set_visible(False)
    bar.ax.set_title("dB", fontsize=8)
    axis.set_title("mel spectrogram", loc="left", fontsize=9, color=_SOFT)


def _draw_pitch(axis: Any, analysis: Analysis) -> None:
    reference = analysis.reference
    low, median, high = analysis.f0_hz
    times = (np.arange(len(reference.f0)) + 0.5) * HOP / SAMPLE_RATE
    track = np.where(reference.voicing > 0, reference.f0, np.nan)
    _shade_pauses(axis, analysis)
    axis.axhspan(low, high, color=_PITCH, alpha=0.07, lw=0)
    axis.axhline(median, color=_PITCH, lw=0.8, ls=(0, (5, 4)), alpha=0.8)
    axis.set_yscale("log")
    bottom, top = low / _PITCH_MARGIN, high * _PITCH_MARGIN
    axis.plot(times, track, color=_PITCH, lw=1.8, solid_capstyle="round")
    # octave errors and creaks are shown at the edge: to scale they would flatten the melody
    for outside, edge, marker in ((track > top, top, "^"), (track < bottom, bottom, "v")):
        axis.plot(times[outside], np.full(outside.sum(), edge), marker, ms=4, mew=0, color=_PITCH, clip_on=False)
    axis.set(ylim=(bottom, top), ylabel="F0 / Hz", xlabel="time in the used part / s")
    axis.set_yticks([hz for hz in _PITCH_TICKS_HZ if bottom <= hz <= top])
    axis.get_yaxis().set_major_formatter("{x:g}")
    axis.minorticks_off()
    text = f"median {median:.0f} Hz; shaded: 5th to 95th percentile, {analysis.f0_range_semitones:.1f} semitones"
    axis.set_title(text, loc="left", fontsize=9, color=_SOFT)


def _write_figures(axis: Any, analysis: Analysis) -> None:
    reference = analysis.reference
    axis.axis("off")
    lines = [
        f"{reference.speech_seconds:.1f} s of speech in {reference.seconds:.1f} s",
        f"noise {reference.snr_db:.0f} dB below the speech",
        f"bandwidth {reference.bandwidth_hz / 1000:.1f} kHz",
        f"clipped {100 * reference.clipped_share:.2g} %, voiced {100 * analysis.voiced_share:.0f} %",
    ]
    axis.text(-0.45, 1.0, "\n".join(lines), va="top", linespacing=1.6, transform=axis.transAxes)
    if analysis.warnings:
        kinds = ", ".join(finding.kind for finding in analysis.warnings)
        axis.text(-0.45, 0.0, f"warnings: {kinds}", va="bottom", color=_PITCH, transform=axis.transAxes)


def _draw_neighbours(axis: Any, analysis: Analysis) -> None:
    nearest = (analysis.neighbours or ())[:8]
    bars = [(name, max(value, 0.0), f"{value:.2f}", _WAVE) for name, value in nearest]
    _bars(axis, "voices like it (cosine)", bars, 6)


def _draw_emotion(axis: Any, analysis: Analysis) -> None:
    found = (analysis.emotion or {}).items()
    bars = [(label, value, f"{100 * value:.0f} %", _BARS.get(label, _SOFT)) for label, value in found]
    _bars(axis, "emotion (probability)", bars, 4)


def _bars(axis: Any, title: str, bars: list[tuple[str, float, str, str]], rows: int) -> None:
    """Horizontal bars (name, length 0 to 1, what is written behind it, colour), as thick as if there were `rows`."""
    axis.set_title(title, loc="left", fontsize=9, color=_SOFT)
    axis.set(xlim=(0, 1.25), xticks=[], yticks=range(len(bars)), yticklabels=[name for name, *_ in bars])
    axis.set_ylim(max(len(bars), rows) - 0.4, -0.6)
    axis.spines[["bottom", "left"]].set_visible(False)
    axis.tick_params(axis="y", length=0)
    for row, (_, length, text, colour) in enumerate(bars):
        axis.barh(row, 1.0, height=0.5, color=_PAUSE)
        axis.barh(row, min(length, 1.0), height=0.5, color=colour)
        axis.text(1.04, row, text, va="center", fontsize=8)
    if not bars:
        axis.axis("off")
        axis.text(0, 0.5, "not judged:\nthe model set cannot", transform=axis.transAxes, color=_SOFT, va="center")
