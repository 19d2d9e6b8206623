"""Exists to show what was spoken: waveform, mel spectrogram and pitch as one SVG, which is sharp at any width and needs
no drawing library.
"""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

from qingyin.features import HOP, MEL_FMAX_HZ, N_MELS, SAMPLE_RATE, mel_and_energy, pad_to_frames
from qingyin.pitch import pitch

MOST_SECONDS = 60
_WIDTH, _LEFT, _RIGHT = 960, 46, 8
_WAVE, _MEL, _PITCH = (22, 70), (116, 150), (290, 120)  # top, height
_HEIGHT = 440
_RANGE_LN = 9.0  # of mel levels shown, below the loudest
_TITLES = {
    "zh": ("波形", "梅尔频谱（千赫）", "基频（赫兹，对数）", "秒"),
    "en": ("Waveform", "Mel spectrogram (kHz)", "F0 (Hz, logarithmic)", "s"),
}
# dark blue, violet, orange, pale yellow: as light grows, so does the level
_COLOURS = np.array([[10, 14, 40], [88, 28, 120], [205, 70, 84], [250, 165, 60], [252, 250, 200]], float)


def picture(samples: np.ndarray, sample_rate: int, language: str) -> str:
    """SVG of float32 samples [n], n at least 1024, in [-1, 1]. language: "zh" or "en".

    Errors: ValueError for another rate than the features' 22 050 Hz, or too few samples.
    """
    if sample_rate != SAMPLE_RATE or len(samples) < 4 * HOP:
        raise ValueError(f"a picture is made of at least {4 * HOP} samples at {SAMPLE_RATE} Hz")
    samples = pad_to_frames(samples)
    mel, _ = mel_and_energy(samples)
    f0, voiced = pitch(samples)
    seconds = len(samples) / SAMPLE_RATE
    wave_title, mel_title, pitch_title, unit = _TITLES[language]
    body = [
        _title(_WAVE[0], wave_title), _frame(_WAVE), _wave_path(samples),
        _title(_MEL[0], mel_title), _mel_image(mel), _frame(_MEL), _mel_ticks(),
        _title(_PITCH[0], pitch_title), _frame(_PITCH), _pitch_path(f0, voiced),
        _time_ticks(seconds, unit),
    ]  # fmt: skip
    label = f"{wave_title}, {mel_title}, {pitch_title}: {seconds:.1f} {unit}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#64748b">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>{"".join(body)}</svg>'
    )


def _title(top: int, text: str) -> str:
    return f'<text x="{_LEFT}" y="{top - 6}" font-weight="600">{text}</text>'


def _frame(place: tuple[int, int]) -> str:
    return (f'<rect x="{_LEFT}" y="{place[0]}" width="{_WIDTH - _LEFT - _RIGHT}" height="{place[1]}" fill="none" '
            'stroke="#cbd5e1"/>')  # fmt: skip


def _wave_path(samples: np.ndarray) -> str:
    top, height = _WAVE
    width = _WIDTH - _LEFT - _RIGHT
    edges = np.linspace(0, len(samples), min(width, len(samples)) + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)
    scale = height / 2 / max(float(np.abs(samples).max()), 1e-3) * 0.95
    across = _LEFT + np.arange(len(edges)) * width / len(edges)
    middle = top + height / 2
    lines = "".join(
        f"M{x:.1f} {middle - upper * scale:.1f}V{middle - lower * scale + 0.5:.1f}"
        for x, lower, upper in zip(across, low, high, strict=True)
    )
    return f'<path d="{lines}" stroke="#0f766e" stroke-width="1" fill="none"/>'


def _mel_image(mel: np.ndarray) -> str:
    level = np.clip((mel.T[::-1] - mel.max() + _RANGE_LN) / _RANGE_LN, 0, 1)
    place = level * (len(_COLOURS) - 1)
    pixels = np.stack([np.interp(place, np.arange(len(_COLOURS)), _COLOURS[:, c]) for c in range(3)], -1)
    data = base64.b64encode(_png(pixels.astype(np.uint8))).decode("ascii")
    return (f'<image x="{_LEFT}" y="{_MEL[0]}" width="{_WIDTH - _LEFT - _RIGHT}" height="{_MEL[1]}" '
            f'preserveAspectRatio="none" href="data:image/png;base64,{data}"/>')  # fmt: skip


def _png(pixels: np.ndarray) -> bytes:
    """PNG of uint8 [height, width, 3] (ISO/IEC 15948)."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], 1)  # filter 0 in each row

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))
            + chunk(b"IEND", b""))  # fmt: skip


def _mel_ticks() -> str:
    def mel_of(hz: float) -> float:  # Slaney's scale, as the features'
        return hz * 3 / 200 if hz < 1000 else 15 + 27 * float(np.log(hz / 1000)) / float(np.log(6.4))

    top, height = _MEL
    ticks = []
    for hz in (500, 1000, 2000, 4000, 8000):
        channel = mel_of(hz) / mel_of(MEL_FMAX_HZ) * (N_MELS + 1) - 1  # which has its peak there
        y = top + height * (1 - min((channel + 0.5) / N_MELS, 1))
        ticks.append(_left_tick(y, f"{hz / 1000:g}"))
    return "".join(ticks)


def _left_tick(y: float, text: str) -> str:
    return f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'


def _pitch_path(f0: np.ndarray, voiced: np.ndarray) -> str:
    top, height = _PITCH
    if not voiced.any():
        return ""
    low, high = float(f0[voiced].min()) / 1.1, float(f0[voiced].max()) * 1.1
    across = _LEFT + (np.arange(len(f0)) + 0.5) * (_WIDTH - _LEFT - _RIGHT) / len(f0)

    def y_of(hz: float) -> float:
        return top + height * (1 - float(np.log(hz / low) / np.log(high / low)))

    path, before = [], False
    for x, hz, on in zip(across, f0, voiced, strict=True):
        if on:
            path.append(f"{'L' if before else 'M'}{x:.1f} {y_of(float(hz)):.1f}")
        before = bool(on)
    ticks = [hz for hz in (80, 100, 120, 150, 200, 250, 300, 400, 500, 600) if low < hz < high]
    lines = "".join(
        f'<path d="M{_LEFT} {y_of(hz):.1f}H{_WIDTH - _RIGHT}" stroke="#e2e8f0"/>{_left_tick(y_of(hz), str(hz))}'
        for hz in ticks
    )
    return (f'{lines}<path d="{"".join(path)}" stroke="#be123c" stroke-width="2" stroke-linecap="round" '
            'stroke-linejoin="round" fill="none"/>')  # fmt: skip


def _time_ticks(seconds: float, unit: str) -> str:
    step = next(step for step in (0.2, 0.5, 1, 2, 5, 10) if seconds / step <= 12)
    width, bottom = _WIDTH - _LEFT - _RIGHT, _PITCH[0] + _PITCH[1]
    return "".join(
        f'<text x="{_LEFT + width * time / seconds:.1f}" y="{bottom + 16}" text-anchor="middle">{time:g} {unit}</text>'
        for time in np.arange(0, seconds - step / 3, step).round(1)
    )
