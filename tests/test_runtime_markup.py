"""Markup, spoken: spans of speed, pitch and volume without seams, voices and emotions of sentences, exact pauses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qingyin import OptionError, Synthesizer, TextError
from qingyin.errors import MarkupError
from qingyin.text import analyse_document
from qingyin.text.lexicon import Lexicon, parse_entry
from qingyin.text.markup_modes import read_document
from qingyin.text_arrival import analyse_arriving

HOP = 256
TEXT = "今天天气真好，我们去公园走走吧。"


@pytest.fixture(scope="module")
def synthesizer(models: Path) -> Synthesizer:
    return Synthesizer.load(models)


def sound(synthesizer: Synthesizer, text: str, **options: object) -> np.ndarray:
    return synthesizer.synthesize(text, seed=5, **options).samples  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "value", "option"),
    [("speed", "0.8", {"speed": 0.8}), ("pitch", "-3", {"pitch_semitones": -3}), ("volume", "-6", {"volume_db": -6})],
)
def test_a_span_over_everything_is_the_option(
    synthesizer: Synthesizer, word: str, value: str, option: dict[str, float]
) -> None:
    marked = sound(synthesizer, f"[{word} {value}]{TEXT}[/{word}]")
    np.testing.assert_allclose(marked, sound(synthesizer, TEXT, **option), atol=1e-5)
    assert marked.shape != sound(synthesizer, TEXT).shape or np.abs(marked - sound(synthesizer, TEXT)).max() > 1e-3


def plan(synthesizer: Synthesizer, text: str):  # type: ignore[no-untyped-def]
    from qingyin.emotions import Emotion
    from qingyin.options import SynthesisOptions

    (part,) = analyse_document(read_document(text))
    voice = synthesizer.voice()
    emotion, options = Emotion(voice.emotion, 2.0), SynthesisOptions(speed=0.5)
    return part.sentences[0], synthesizer.acoustic.plan(
        part.sentences[0], voice, emotion, options, np.random.default_rng(1)
    )


def frames_of(sentence, planned) -> list[int]:  # type: ignore[no-untyped-def]
    """Frames of each syllable."""
    counts = np.bincount(planned.phoneme, minlength=len(sentence.phonemes))
    return [
        int(sum(counts[i] for i, p in enumerate(sentence.phonemes) if p.syllable == syllable))
        for syllable in range(len(sentence.syllables))
    ]


def test_only_the_span_is_slower_higher_and_softer(synthesizer: Synthesizer) -> None:
    plain, marked = (
        plan(synthesizer, "今天天气真好"),
        plan(synthesizer, "今天[speed 0.5][pitch 6]天气[/pitch][/speed]真好"),
    )
    before, after = frames_of(*plain), frames_of(*marked)
    assert [after[i] == before[i] for i in (0, 1, 4, 5)] == [True] * 4
    assert all(after[i] >= 1.8 * before[i] for i in (2, 3))
    rise = marked[1].pitch_offset * 12 / np.log(2)
    assert rise.max() == pytest.approx(6, abs=0.01) and rise[0] == rise[-1] == 0
    assert np.abs(np.diff(rise)).max() < 2.0, "no step from one frame to the next"


def test_gain_has_no_seams_however_the_stream_is_cut(synthesizer: Synthesizer) -> None:
    text = "今天天气[volume -40]真好我们[/volume]去公园走走吧。"
    whole = sound(synthesizer, text)
    cut = np.concatenate([c.samples for c in synthesizer.stream(text, seed=5, first_chunk_frames=3, chunk_frames=7)])
    np.testing.assert_allclose(cut, whole, atol=1e-4)
    loud = sound(synthesizer, "今天天气真好我们去公园走走吧。")
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(np.abs(loud) > 1e-3, whole / loud, np.nan)
    assert np.nanmin(gain) < 0.012 and np.nanmax(gain) == pytest.approx(1.0, abs=1e-3)
    steps = np.abs(np.diff(20 * np.log10(gain[np.isfinite(gain) & (gain > 0)])))
    assert np.median(steps) < 0.05


def test_a_pause_is_as_long_as_it_says_whatever_speed_and_emotion(synthesizer: Synthesizer) -> None:
    sentence, planned = plan(synthesizer, "今天[pause 500ms]天气，真好")
    counts = np.bincount(planned.phoneme, minlength=len(sentence.phonemes))
    lengths = [counts[i] * HOP / 22.05 for i, p in enumerate(sentence.phonemes) if p.symbol == "sp"]
    assert lengths[0] == pytest.approx(500, abs=12)
    assert lengths[1] == pytest.approx(220 * 2 * 2 / synthesizer.voice().rate, abs=12), "speed 0.5, emotion 2"


def test_voices_and_emotions_of_spans(synthesizer: Synthesizer) -> None:
    other = next(name for name in synthesizer.voices if name != synthesizer.voice().name)
    for markup, option in (
        (f"[voice {other}]", {"voice": other}),
        ("[emotion sad 0.7]", {"emotion": {"sad": 0.7}}),
    ):
        word = markup[1:].split()[0]
        marked = sound(synthesizer, f"{TEXT}{markup}{TEXT}[/{word}]")
        plain, changed = sound(synthesizer, TEXT + TEXT), sound(synthesizer, TEXT + TEXT, **option)
        first = next(synthesizer.stream(TEXT, seed=5, first_chunk_frames=10**6)).samples
        np.testing.assert_array_equal(marked[: len(first)], plain[: len(first)])
        second = len(marked) - len(first)
        np.testing.assert_allclose(marked[-second:], changed[-second:], atol=1e-5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("好\n[voice nobody]好[/voice]", "line 2, column 1: unknown voice 'nobody'"),
        ("[emotion angy]好[/emotion]", "line 1, column 1: unknown emotion 'angy'; did you mean 'angry'"),
        ("[speed]好", "line 1, column 1"),
    ],
)
def test_what_is_not_there_is_told_before_anything_is_said(synthesizer: Synthesizer, text: str, message: str) -> None:
    with pytest.raises(MarkupError, match="^" + message.replace("[", "\\[")):
        synthesizer.stream(text)
    with pytest.raises(MarkupError, match="^" + message.replace("[", "\\[")):
        list(synthesizer.stream(iter(text)))


def test_markup_lexicon_and_ssml_from_python(synthesizer: Synthesizer) -> None:
    lexicon = Lexicon()
    lexicon.add(parse_entry("行\thang2", "here"))
    lexicon.add(parse_entry("行\txing2", "there"))
    report = synthesizer.synthesize("行", lexicon=lexicon).report
    assert report.warnings == ["there: '行' is 'xing2', which replaces 'hang2' of here"]
    first = next(synthesizer.stream("<speak>好</speak>", markup="ssml"))
    assert first.sentence.syllables == ("hao3",)
    assert next(synthesizer.stream("行[hang2]", markup="none")).sentence.text == "行[hang2]"
    with pytest.raises(OptionError, match="markup must be one of inline, ssml, none"):
        synthesizer.stream("好", markup="html")  # type: ignore[arg-type]
    with pytest.raises(TextError, match="nothing that can be spoken"):
        synthesizer.synthesize("[pause 1s]")


MARKED = [
    "我去银行[yin2 hang2]取钱。[speed 0.8]慢一点。再慢一点[/speed]，快。[pause 1s]好",
    "[voice a]你好。\n再见！[emotion sad 0.5]唉。[/emotion]好的；[/voice]走[pause 300ms]吧。",
    "这是一个很长很长的句子" * 12
    + "银行[hang2]，[emphasis]终于[/emphasis]结束了。[as telephone]110-120[/as]下一句[1]。",
    "看GIF[/JH IH1 F/]图。行\\[hang2]。",
]


@pytest.mark.parametrize("text", MARKED)
@pytest.mark.parametrize("size", [1, 2, 5, 23, 1000])
def test_pieces_give_the_marked_sentences_of_the_whole(text: str, size: int) -> None:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    parts = list(analyse_arriving(pieces, lambda _: None, markup="inline"))
    whole = list(analyse_document(read_document(text)))
    found = [(d.text, d.pinyin, d.start, d.end) for part in parts for s in part.sentences for d in s.details]
    assert found == [(d.text, d.pinyin, d.start, d.end) for part in whole for s in part.sentences for d in s.details]
    styles = [[p.style for p in s.phonemes if p.syllable >= 0] for part in parts for s in part.sentences]
    assert styles == [[p.style for p in s.phonemes if p.syllable >= 0] for part in whole for s in part.sentences]


def test_ssml_in_pieces_is_read_as_a_whole_and_errors_have_places_in_the_whole() -> None:
    source = "<speak>你好。<break time='1s'/>再见。</speak>"
    parts = list(analyse_arriving(iter(source), lambda _: None, markup="ssml"))
    assert [s.text for part in parts for s in part.sentences] == ["你好。", "再见。"]
    with pytest.raises(MarkupError, match="line 3, column 2: "):
        list(analyse_arriving(iter("好。\n好。\n好[speed x]"), lambda _: None, markup="inline"))
    with pytest.raises(MarkupError, match="line 2, column 3: expected \\[/speed\\], closing the \\[speed\\] of line 1"):
        list(analyse_arriving(iter("[speed 1]好。\n好。"), lambda _: None, markup="inline"))
