"""The figures in the documents come from these measures: they must be right where the right answer is known."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from export.corpora import CorpusError
from export.features import SAMPLE_RATE
from export.models.recogniser import greedy, recogniser_features
from export.training import calibrate, evaluate, recogniser
from export.training.alignment_report import durations, problems
from export.training.metrics import measure
from qingyin.text import analyse
from qingyin.text.symbols import PHONEME_IDS, PHONEMES
from speechlike import speechlike

words = st.lists(st.integers(0, 3), max_size=6)


@given(words, words)
def test_edit_distance_is_the_smallest_number_of_edits(reference: list[int], found: list[int]) -> None:
    @cache
    def smallest(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        replaced = smallest(i - 1, j - 1) + (reference[i - 1] != found[j - 1])
        return min(smallest(i - 1, j) + 1, smallest(i, j - 1) + 1, replaced)

    assert recogniser.edit_distance(reference, found) == smallest(len(reference), len(found))


def test_targets_are_phones_and_one_tone_a_syllable() -> None:
    names = ["sil", "zh", "ong", "g", "uo", "sp", "n", "a", "rr", "sil"]
    tones = [0, 0, 1, 0, 2, 0, 0, 3, 3, 0]
    phones, heard = recogniser.targets([PHONEME_IDS[name] for name in names], tones)
    assert [PHONEMES[p] for p in phones] == ["zh", "ong", "g", "uo", "n", "a", "rr"]
    assert heard == [1, 2, 3]


def test_truth_of_a_sentence_follows_the_front_end() -> None:
    phones, tones = evaluate.truth(analyse("你好，老师。").sentences)
    assert [PHONEMES[p] for p in phones] == ["n", "i", "h", "ao", "l", "ao", "sh", "iii"]
    assert tones == [2, 3, 3, 1]


def test_greedy_drops_repeats_and_blanks() -> None:
    best = torch.tensor([0, 2, 2, 0, 2, 1, 1, 0])
    assert greedy(torch.nn.functional.one_hot(best, 4).float()) == [2, 2, 1]
    assert greedy(torch.nn.functional.one_hot(torch.zeros(5, dtype=torch.long), 4).float()) == []


def test_error_rates_are_edits_over_the_length_of_the_truth() -> None:
    def says(features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        phones, tones = torch.tensor([0, 3, 0, 4, 0]), torch.tensor([0, 1, 0, 2, 0])
        return torch.eye(6)[phones][None], torch.eye(6)[tones][None]

    model: Any = says
    clip = torch.zeros(10, 83)
    found = recogniser.error_rates(model, [(clip, [3, 4], [1, 2]), (clip, [3, 5], [1, 2, 4, 4])])
    assert found.phone_percent == pytest.approx(25)
    assert found.tone_percent == pytest.approx(100 * 2 / 6)


def test_recogniser_does_not_hear_level_or_pitch_of_the_voice() -> None:
    rng = np.random.default_rng(0)
    mel = torch.from_numpy(rng.normal(-4, 1, (30, 80)).astype(np.float32))
    f0 = torch.from_numpy(rng.uniform(100, 200, 30).astype(np.float32))
    voiced = (torch.arange(30) % 3 > 0).float()
    features = recogniser_features(mel, f0, voiced)
    assert features.shape == (30, 83)
    assert torch.allclose(features, recogniser_features(mel + 0.7, f0 * 1.5, voiced), atol=1e-4)


def test_a_recording_against_itself_is_perfect() -> None:
    pytest.importorskip("pesq", reason="pesq is in the extra `evaluate`")
    found = measure([(speechlike(2.0), speechlike(2.0))])
    assert found.pesq_wb >= 4.5
    assert (found.f0_rmse_cents, found.f0_gross_percent) == (0, 0)
    assert (found.voicing_error_percent, found.mel_distance) == (0, 0)


def test_noise_lowers_the_score_and_a_shift_shows_in_cents() -> None:
    pytest.importorskip("pesq", reason="pesq is in the extra `evaluate`")
    sound = speechlike(2.0)
    noise = 0.01 * np.random.default_rng(0).standard_normal(len(sound)).astype(np.float32)
    found = measure([(sound, sound + noise)])
    assert found.pesq_wb < 4
    assert found.mel_distance > 0.5


def test_loudness_is_that_of_the_standard() -> None:
    tone = 0.1 * np.sin(2 * np.pi * 997 * np.arange(48000) / 48000)  # BS.1770: 0 dBFS at 997 Hz is -3.01 LKFS
    assert calibrate.loudness(tone, 48000) == pytest.approx(-23.01, abs=0.05)


def test_rate_of_a_voice_leaves_pauses_out() -> None:
    sentence = analyse("今天天气真好，我们走吧。")
    pauses = sum(p.pause_ms for s in sentence.sentences for p in s.phonemes) / 1000
    samples = np.tile(speechlike(1.0), 3)
    spoken = SimpleNamespace(seconds=2.5 + pauses, samples=samples, syllables=10)
    synthesizer: Any = SimpleNamespace(synthesize=lambda text, **options: spoken, sample_rate=SAMPLE_RATE)
    voice: Any = SimpleNamespace(rate=1.0)
    rate, level = calibrate.measure(synthesizer, voice, ["今天天气真好，我们走吧。"])
    assert rate == pytest.approx(10 / 2.5)
    assert level == pytest.approx(calibrate.loudness(samples, SAMPLE_RATE))


def test_test_sentences_come_from_the_last_lines_and_can_be_spoken_whole(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    kept = [f"今天我们去看{thing}，好吗？" for thing in ("山", "河", "海", "花", "月亮")]
    early = ["这一句在前面，训练可以用。"] * 50
    lines = early + ["他说hello，我没听懂。", "短。", "长" * 31, *kept] * 125
    text.write_text("\n".join(lines), encoding="utf-8")
    chosen = evaluate.test_sentences(text, 20)
    assert set(chosen) <= set(kept)
    assert chosen == evaluate.test_sentences(text, 20)
    assert chosen != evaluate.test_sentences(text, 20, seed=1)
    with pytest.raises(CorpusError, match="only 625 of 2000 sentences are usable"):
        evaluate.test_sentences(text, 2000)


def test_report_finds_durations_that_no_mouth_can_do() -> None:
    sound = {"b": 5, "s": 10, "z": 8, "a": 15}
    alignment = {"phonemes": [PHONEME_IDS[s] for s in sound], "durations": list(sound.values())}
    by_symbol = durations({"c/1": alignment})
    assert by_symbol["a"] == [pytest.approx(15 * 1000 * 256 / 22050)]
    assert problems(by_symbol) == []
    by_symbol["a"].append(12.0)
    by_symbol["s"] = [600.0]
    assert problems(by_symbol) == [
        "1 times a lasts under 30 ms",
        "fricatives: median 600 ms is outside 50-260 ms",
    ]
