"""The alignment teaches every duration and pause: its search must be exact and no frame may get lost on the way."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from export.corpora import CorpusError
from export.training.align import MIN_PAUSE_FRAMES, Item
from export.training.aligned import Aligned, load_aligned, repeated
from export.training.batches import batches, collate
from export.training.data import Utterance, data_folder
from export.training.transcripts import Untranscribable, transcribe
from export.training.viterbi import STATES, best_path
from qingyin.text.symbols import PHONEME_IDS, PHONEMES, PHRASE_END, SENTENCE_END, WORD_END


def paths(frames: int, optional: list[bool]) -> list[tuple[int, ...]]:
    """Every allowed path: a choice of optional phonemes, and at least one frame in each state of what is left."""
    found = []
    for taken in itertools.product(*([True, False] if skippable else [True] for skippable in optional)):
        states = [n * STATES + s for n, take in enumerate(taken) if take for s in range(STATES)]
        for cuts in itertools.combinations(range(1, frames), len(states) - 1):
            lengths = np.diff([0, *cuts, frames])
            found.append(tuple(int(state) for state in np.repeat(states, lengths)))
    return found


@st.composite
def searches(draw: st.DrawFn) -> tuple[np.ndarray, list[int], list[bool]]:
    shapes = [[False], [False, False], [True, False], [False, True, False], [True, False, True]]
    optional = draw(st.sampled_from(shapes))
    frames = draw(st.integers(STATES * optional.count(False), 9))
    phonemes = draw(st.lists(st.integers(0, 2), min_size=len(optional), max_size=len(optional)))
    flat = draw(st.lists(st.integers(-9, 0), min_size=frames * 9, max_size=frames * 9))
    return np.array(flat, np.float32).reshape(frames, 9), phonemes, optional


def score_of(path: tuple[int, ...], scores: np.ndarray, phonemes: list[int]) -> float:
    return float(sum(scores[t, phonemes[k // STATES] * STATES + k % STATES] for t, k in enumerate(path)))


@settings(max_examples=40, deadline=None)
@given(searches())
def test_best_path_is_the_best_of_all(search: tuple[np.ndarray, list[int], list[bool]]) -> None:
    scores, phonemes, optional = search
    path, score = best_path.py_func(scores, np.array(phonemes), np.array(optional))  # uncompiled, for speed here
    allowed = paths(len(scores), optional)
    assert tuple(path.tolist()) in allowed
    assert score == score_of(tuple(path.tolist()), scores, phonemes)
    assert score == max(score_of(other, scores, phonemes) for other in allowed)


def test_compiled_search_says_the_same_and_silence_is_taken_only_where_it_is() -> None:
    phonemes, optional = np.array([0, 1, 0, 2, 0]), np.array([True, False, True, False, True])
    for silent_frames in (0, 4):
        spoken = [1] * 5 + [0] * silent_frames + [2] * 6
        scores = np.full((len(spoken), 9), -5, np.float32)
        for t, phoneme in enumerate(spoken):
            scores[t, phoneme * STATES : (phoneme + 1) * STATES] = -0.1
        path, score = best_path(scores, phonemes, optional)
        assert phonemes[path // STATES].tolist() == spoken
        expected, expected_score = best_path.py_func(scores, phonemes, optional)
        assert path.tolist() == expected.tolist()
        assert score == pytest.approx(expected_score)


def utterance(folder: Path, frames: int, text: str = "今天 天气真好", **fields: str) -> Utterance:
    """A clip of noise with quiet ends."""
    rng = np.random.default_rng(0)
    mel = rng.normal(-2, 0.5, (frames, 80)).astype(np.float32)
    mel[:5] -= 7
    mel[-5:] -= 7
    path = folder / "clip.npz"
    arrays = {"f0": np.full(frames, 200.0, np.float32), "voiced": np.ones(frames, bool), "energy": mel.mean(1)}
    np.savez(path, mel=mel.astype(np.float16), pcm=np.zeros(frames * 256, np.int16), **arrays)
    facts = {"corpus": "small", "name": "clip", "speaker": "li", "language": "zh"} | fields
    return Utterance(**facts, text=text, bandwidth_hz=7800, path=path)


def aligned_item(folder: Path, pauses: dict[int, int]) -> Item:
    """An item with four frames a phoneme, five of silence at each end, and pauses inside as given by their number."""
    transcript = transcribe("今天 天气真好", "zh")
    item = Item(utterance(folder, 100), transcript)
    lengths, seen = [], 0
    for n, source in enumerate(item.source):
        if source >= 0:
            lengths.append(4)
        elif n in (0, len(item.source) - 1):
            lengths.append(5)
        else:
            lengths.append(pauses.get(seen, 0))
            seen += 1
    states = [np.minimum(np.arange(length), STATES - 1) for length in lengths]
    position = np.repeat(np.arange(len(lengths)), lengths)
    item.labels = (position * STATES + np.concatenate(states)).astype(np.int32)
    return item


def test_flat_start_gives_every_phoneme_its_share_and_the_ends_to_silence(tmp_path: Path) -> None:
    item = Item(utterance(tmp_path, 100), transcribe("今天 天气真好", "zh"))
    assert len(item.labels) == 100
    spoken = item.sequence[item.labels // STATES]
    assert {PHONEMES[p] for p in (*spoken[:5], *spoken[-5:])} == {"sil"}
    found = item.result()
    assert sum(found["durations"]) == 100
    assert max(found["durations"][1:-1]) - min(found["durations"][1:-1]) <= 2


def test_result_names_long_pauses_and_keeps_every_frame(tmp_path: Path) -> None:
    item = aligned_item(tmp_path, {0: MIN_PAUSE_FRAMES})
    found = item.result()
    names = [PHONEMES[p] for p in found["phonemes"]]
    assert names == ["sil", "j", "in", "t", "ian", "sp", "t", "ian", "q", "i", "zh", "en", "h", "ao", "sil"]
    assert found["durations"] == [5, 4, 4, 4, 4, MIN_PAUSE_FRAMES, *[4] * 8, 5]
    assert found["tones"] == [0, 0, 1, 0, 1, 0, 0, 1, 0, 4, 0, 1, 0, 3, 0]
    assert [found["boundaries"][names.index("sp") + n] for n in (-1, 0)] == [PHRASE_END, PHRASE_END]
    assert found["boundaries"][0] == SENTENCE_END
    assert found["boundaries"][-3:] == [SENTENCE_END] * 3


def test_short_gap_is_the_closure_of_what_follows(tmp_path: Path) -> None:
    item = aligned_item(tmp_path, {0: MIN_PAUSE_FRAMES - 1})
    found = item.result()
    assert "sp" not in [PHONEMES[p] for p in found["phonemes"]]
    assert sum(found["durations"]) == len(item.labels)
    assert found["durations"][5] == 4 + MIN_PAUSE_FRAMES - 1
    assert found["boundaries"][4] == WORD_END


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("OK吗", "zh", "letters"),
        ("hello1", "zh-pinyin", "syllable"),
        ("你好", "en", "other letters"),
        ("room 9", "en", "a digit"),
        ("hi", "fr", "language fr"),
        ("", "zh", "empty"),
    ],
)
def test_what_cannot_be_read_for_sure_is_refused(text: str, language: str, reason: str) -> None:
    with pytest.raises(Untranscribable, match=reason):
        transcribe(text, language)


def test_pinyin_and_characters_agree() -> None:
    spelled, written = transcribe("zhong1 guo2", "zh-pinyin"), transcribe("中国", "zh")
    assert (spelled.phonemes, spelled.tones, spelled.syllables) == (written.phonemes, written.tones, written.syllables)
    assert [PHONEMES[p] for p in written.phonemes] == ["zh", "ong", "g", "uo"]


def aligned(durations: list[int], speaker: tuple[str, str] = ("hsk_words", "yuetan")) -> Aligned:
    """Phonemes sil, n, i, h, ao... with features that grow along the clip."""
    names = ["sil", "n", "i", "h", "ao", "sil"][: len(durations)]
    count, frames = len(durations), sum(durations)
    ramp = np.linspace(0, 1, frames, dtype=np.float32)
    return Aligned(
        None,
        speaker,
        math.log(150),
        np.array([PHONEME_IDS[name] for name in names]),
        np.arange(count) % 6,
        np.arange(count) % 4,
        np.array(durations),
        np.repeat(ramp[:, None], 80, 1),
        100 * np.exp(ramp),
        (ramp > 0.5).astype(np.float32),
        ramp,
    )


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.floats(1.0, 3.0))
def test_tempo_changes_lengths_and_nothing_else(durations: list[int], factor: float) -> None:
    slow = aligned(durations)
    fast = slow.at_tempo(factor)
    for name in ("phonemes", "tones", "boundaries"):
        assert getattr(fast, name).tolist() == getattr(slow, name).tolist()
    frames = int(fast.durations.sum())
    assert frames == len(fast.mel) == len(fast.f0) == len(fast.voiced) == len(fast.energy)
    assert np.all(fast.durations <= slow.durations)
    assert np.all(fast.durations >= np.minimum(3, slow.durations))
    assert np.all(np.diff(fast.energy) >= -1e-6)  # time runs forwards
    assert np.allclose(np.log(fast.f0 / 100), fast.energy, atol=1e-5)
    assert not fast.natural
    assert fast.mel.dtype == fast.f0.dtype == np.float32


def test_finals_give_way_more_than_initials() -> None:
    fast = aligned([20, 20, 20, 20, 20]).at_tempo(2.0)
    assert fast.durations.tolist() == [13, 13, 10, 13, 10]


def test_batch_tells_which_phoneme_each_frame_belongs_to() -> None:
    batch = collate([aligned([2, 3]), aligned([1, 1, 4])])
    assert batch.index.tolist() == [[0, 0, 1, 1, 1, 0], [0, 1, 2, 2, 2, 2]]
    assert batch.position[1].tolist() == pytest.approx([0.5, 0.5, 0.125, 0.375, 0.625, 0.875])
    assert batch.phoneme_mask[..., 0].tolist() == [[1, 1, 0], [1, 1, 1]]
    assert batch.frame_mask[..., 0].sum(1).tolist() == [5, 6]
    assert batch.mel.shape == (2, 6, 80)
    assert batch.mel.dtype == torch.float32


def test_a_warped_voice_is_another_voice_saying_the_same() -> None:
    own = aligned([5, 20, 9])
    other = own.warped(1.2)
    assert np.allclose(other.f0, own.f0 * 1.2)
    assert other.pitch_mean == pytest.approx(own.pitch_mean + math.log(1.2))
    assert other.durations is own.durations
    assert other.warp == 1.2
    assert collate([other]).pitch.numpy() == pytest.approx(collate([own]).pitch.numpy(), abs=1e-4)


def test_clips_of_a_corpus_count_as_often_as_they_shall() -> None:
    items = [aligned([4, 4], ("hsk_words", "yuetan"))] * 100 + [aligned([4, 4], ("aishell_sample", "S0150"))] * 100
    drawn = repeated(items, {"hsk_words": 0.3, "aishell_sample": 2.0}, np.random.default_rng(0))
    counts = Counter(item.speaker[0] for item in drawn)
    assert counts["aishell_sample"] == 200
    assert 15 < counts["hsk_words"] < 45


def test_an_epoch_has_every_clip_once_and_no_batch_is_too_large() -> None:
    items = [aligned([3, n, 5], speaker=("speechocean762", f"s{n}")) for n in range(1, 20)]
    epoch = list(batches(items, 60, np.random.default_rng(0)))
    assert sorted(item.speaker for batch in epoch for item in batch.items) == sorted(item.speaker for item in items)
    for batch in epoch:
        count, frames = batch.mel.shape[:2]
        assert count * (frames - 20) <= 60  # lengths are shaken by up to 20 frames, so that batches differ


def test_alignments_are_cut_to_the_speech_and_follow_the_front_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path))
    folder = data_folder() / "small"
    folder.mkdir(parents=True)
    facts = {"speaker": "li", "language": "zh", "text": "你好", "held_out": False}
    clips = [{"name": name} | facts for name in ("clip", "b", "c")]
    (folder / "index.json").write_text(json.dumps({"bandwidth_hz": 7800, "clips": clips}))
    utterance(folder, 60)
    with pytest.raises(FileNotFoundError, match=r"no alignments; run: python -m export\.training align"):
        load_aligned(["small"])
    found = {
        "phonemes": [PHONEME_IDS[p] for p in ("sil", "n", "i", "h", "ao", "sil")],
        "tones": [0, 0, 3, 0, 3, 0],
        "boundaries": [3, 0, 0, 3, 3, 3],
        "durations": [20, 5, 5, 5, 5, 20],
    }
    otherwise = found | {"phonemes": [PHONEME_IDS[p] for p in ("sil", "h", "i", "h", "ao", "sil")]}
    (tmp_path / "alignments.json").write_text(json.dumps({"small/clip": found, "small/b": otherwise}))
    [item] = load_aligned(["small"])
    assert item.speaker == ("small", "li")
    assert item.durations.tolist() == [12, 5, 5, 5, 5, 12]
    assert len(item.mel) == len(item.f0) == 44
    assert item.tones.tolist() == [0, 0, 2, 0, 3, 0]  # the third tone sandhi of today's front end
    assert "1 clips left out" in capsys.readouterr().out
    (tmp_path / "alignments.json").write_text("{}")
    with pytest.raises(CorpusError, match="no clip of small has an alignment"):
        load_aligned(["small"])
