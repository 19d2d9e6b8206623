"""The figures on emotions in the documents come from these measures: they must be right where the answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from export.emotions import LABELS, RECIPES
from export.features import SAMPLE_RATE
from export.training import evaluate_emotion
from export.training.__main__ import main
from export.training.correlates import NAMES, Measured, changes, expected_sign, measure_correlates
from export.training.evaluate_emotion import Spoken, all_changes, confusion, right_signs, speaker_kept
from synthetic_vowel import vowel

TEXT = "今天我们去公园散步。"


def test_correlates_of_a_known_vowel() -> None:
    plain = measure_correlates(vowel(1.5))
    higher = changes(measure_correlates(vowel(1.5, f0_hz=160 * 2 ** (4 / 12))), plain)
    assert higher["f0_level"] == pytest.approx(4, abs=0.2)
    louder = changes(measure_correlates(2 * vowel(1.5)), plain)
    assert louder["energy"] == pytest.approx(6.02, abs=0.1)
    assert abs(louder["tilt"]) < 0.05 and abs(louder["f0_range"]) < 0.02
    faster = changes(measure_correlates(vowel(1.2)), plain)
    assert faster["rate"] == pytest.approx(np.log(1.5 / 1.2), abs=0.05)
    wider = changes(measure_correlates(vowel(1.5, fall=12)), plain)
    assert wider["f0_range"] > 0.4
    # a difference of neighbours gives 6 dB an octave, but less towards half the sample rate
    brighter = changes(measure_correlates(np.diff(vowel(1.5)).astype(np.float32) * 5), plain)
    assert brighter["tilt"] == pytest.approx(6, abs=1.0)


def test_pauses_do_not_count_as_slow_speech() -> None:
    gap = np.zeros(SAMPLE_RATE // 2, np.float32)
    together = np.concatenate([vowel(), vowel()])
    apart = np.concatenate([vowel(), gap, vowel()])
    assert changes(measure_correlates(apart), measure_correlates(together))["rate"] == pytest.approx(0, abs=0.05)


def test_silence_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="voiced"):
        measure_correlates(np.zeros(SAMPLE_RATE, np.float32))


def test_expected_signs_are_those_of_the_recipes() -> None:
    assert [expected_sign("sad", name) for name in NAMES] == [-1] * 5
    assert [expected_sign("angry", name) for name in NAMES] == [1] * 5
    assert all(getattr(RECIPES[label], name) for label in LABELS[1:] for name in NAMES)


def _spoken(voice: str, sentence: int, label: str, level: float, heard: str, speaker: Sequence[float]) -> Spoken:
    vector = np.array(speaker, np.float32)
    unit = vector / np.linalg.norm(vector)
    return Spoken(voice, sentence, label, Measured(level, 0, 0, 0, 0), heard, torch.zeros(1), unit)


def test_signs_are_counted_against_the_same_sentence_and_voice() -> None:
    levels = {"a": (92, 89, 89), "b": (83, 81, 81)}
    spoken = [
        _spoken("a", 0, "neutral", 90, "neutral", [1, 0]),
        _spoken("b", 0, "neutral", 80, "neutral", [0, 1]),
        *(_spoken("a", 0, label, level, "happy", [1, 0]) for label, level in zip(LABELS[1:], levels["a"], strict=True)),
        *(_spoken("b", 0, label, level, "sad", [0, 1]) for label, level in zip(LABELS[1:], levels["b"], strict=True)),
    ]
    moved = all_changes(spoken)
    assert [right_signs(moved, label, "f0_level") for label in LABELS[1:]] == [1.0, 0.5, 0.5]
    assert right_signs(moved, "happy", "tilt") == 0.0  # unmoved is not right
    heard = [s.taken_for for s in spoken]
    assert confusion(spoken, heard).tolist() == [[1, 0, 0, 0], [0, 0.5, 0.5, 0], [0, 0.5, 0.5, 0], [0, 0.5, 0.5, 0]]


def test_speaker_is_kept_only_where_neutral_was_found() -> None:
    spoken = []
    for sentence in range(3):
        spoken.append(_spoken("a", sentence, "neutral", 0, "neutral", [1, 0, 0.1]))
        # b's third neutral sentence sounds like the stranger, so its emotional ones are not asked for
        spoken.append(_spoken("b", sentence, "neutral", 0, "neutral", [0, 1, 0.1] if sentence < 2 else [0, 0, 1]))
        for label in LABELS[1:]:
            spoken.append(_spoken("a", sentence, label, 0, label, [0, 1, 0] if label == "angry" else [1, 0, 0]))
            spoken.append(_spoken("b", sentence, label, 0, label, [0, 1, 0]))
    kept = speaker_kept(spoken, np.array([[0, 0, 1]], np.float32))
    assert kept.right_neutral == pytest.approx(5 / 6)
    assert kept.kept == pytest.approx((3 * 2 + 2 * 3) / (5 * 3))
    assert kept.cosine["happy"] > kept.cosine["angry"]


class _Judge(nn.Module):
    """Hears the label whose number is the departure."""

    def forward(self, departure: torch.Tensor) -> torch.Tensor:
        return -(departure[:, :1] - torch.arange(4.0)).abs()


def test_judge_goes_by_the_departure_from_the_voices_neutral_speech() -> None:
    def said(voice: str, sentence: int, label: str, value: float) -> Spoken:
        return replace(_spoken(voice, sentence, label, 0, label, [1, 0]), statistics=torch.tensor([value]))

    spoken = [said(v, n, "neutral", base) for v, base in (("a", 10.0), ("b", -5.0)) for n in range(2)]
    spoken += [said("a", 0, "sad", 12.0), said("b", 1, "angry", -2.0)]
    assert evaluate_emotion.judged(spoken, _Judge()) == ["neutral"] * 4 + ["sad", "angry"]  # type: ignore[arg-type]


class _Encoder(nn.Module):
    def forward(self, mel: torch.Tensor, f0: torch.Tensor, voicing: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        assert mel.shape[:2] == f0.shape == voicing.shape
        return torch.zeros(1, 16), torch.softmax(torch.arange(4.0), 0)[None]


class _Verifier(nn.Module):
    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        return nn.functional.normalize(mel.mean(1), dim=1)


def test_command_writes_table_and_picture(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_emotion, "load_emotion_encoder", _Encoder)
    monkeypatch.setattr(evaluate_emotion, "load_judge", lambda: lambda departure: torch.tensor([[0.0, 0.0, 0.0, 1.0]]))
    monkeypatch.setattr(evaluate_emotion, "load_encoder", lambda judge: _Verifier())
    monkeypatch.setattr(evaluate_emotion, "chosen_voices", lambda synthesizer: [synthesizer.voice()])
    monkeypatch.setattr(evaluate_emotion, "strangers_of", lambda verifier, count: np.eye(count, 80, dtype=np.float32))
    # the tiny models hum noise: whether Praat finds a pitch in it is not what is tested here
    monkeypatch.setattr(evaluate_emotion, "measure_correlates", lambda samples: Measured(0, 0, -len(samples), 0, 0))
    text = tmp_path / "sentences.txt"
    text.write_text(f"{TEXT}\n他们正在准备明天的晚会。\n", encoding="utf-8")
    output = tmp_path / "docs" / "emotions.md"
    assert main(["evaluate_emotion", str(models), "--text", str(text), "--sentences", "2", "-o", str(output)]) == 0
    written = output.read_text(encoding="utf-8")
    assert "2 sentences, 4 labels" in written and "| F0 mean | semitones |" in written
    assert "| asked for | heard neutral |" in written and "| sad | 0 % | 0 % | 0 % | 100 % |" in written
    assert output.with_suffix(".png").stat().st_size > 5000
