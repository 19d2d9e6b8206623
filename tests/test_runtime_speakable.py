"""A model set with fewer symbols than the text front end says what it can, and names the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

import tiny_models
from qingyin import Synthesizer
from qingyin.errors import TextError
from qingyin.speakable import speakable
from qingyin.text import analyse
from qingyin.text.symbols import PHONEMES, TONES

MANDARIN = PHONEMES.index("AA")  # the English phones come after the Mandarin ones


@pytest.fixture(scope="module")
def mandarin_only(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    """A set without English: its tables really are shorter, so that an unknown id would be an error of the graph."""
    folder = tiny_models.build_models(tmp_path_factory.mktemp("mandarin"))
    manifest = tiny_models.read_manifest(folder)
    path = folder / "acoustic_encoder.onnx"
    model = onnx.load(path)
    for weight in model.graph.initializer:
        value = numpy_helper.to_array(weight)
        if value.shape[:1] in ((len(PHONEMES),), (len(TONES),)):
            rows = MANDARIN if len(value) == len(PHONEMES) else 6
            weight.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(value[:rows]), weight.name))
    onnx.save(model, path)
    manifest["symbols"], manifest["tones"] = list(PHONEMES[:MANDARIN]), 6
    manifest["graphs"]["acoustic_encoder"].update(sha256=tiny_models.sha256(path), bytes=path.stat().st_size)
    tiny_models.write_manifest(folder, manifest)
    return Synthesizer.load(folder)


def test_an_english_word_is_left_out_and_reported(mandarin_only: Synthesizer) -> None:
    mixed = mandarin_only.synthesize("我喜欢music，真的。", seed=1, temperature=0.0)
    assert [(item.text, item.position) for item in mixed.report.unspoken] == [("music", 3)]
    assert "does not know the sounds" in mixed.report.unspoken[0].reason
    plain = mandarin_only.synthesize("我喜欢，真的。", seed=1, temperature=0.0)
    assert np.array_equal(mixed.samples, plain.samples)


def test_nothing_but_english_is_an_error_that_says_why(mandarin_only: Synthesizer) -> None:
    with pytest.raises(TextError, match="not speakable"):
        mandarin_only.synthesize("Hello.")


def test_what_is_left_is_numbered_without_gaps() -> None:
    sentence = analyse("我喜欢music，真的。").sentences[0]
    kept, unspoken = speakable(sentence, PHONEMES[:MANDARIN], 6)
    assert kept is not None and [item.text for item in unspoken] == ["music"]
    numbers = [p.syllable for p in kept.phonemes if p.syllable >= 0]
    assert sorted(set(numbers)) == list(range(5)) == list(range(len(kept.syllables)))
    assert "music" not in [word.text for word in kept.words]
    assert [p.symbol for p in kept.phonemes].count("sp") == [p.symbol for p in sentence.phonemes].count("sp")
    whole = speakable(sentence, PHONEMES, len(TONES))
    assert whole == (sentence, [])


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("我说，hello，再见。", "我说，再见。"),
        ("Hello，再见。", "再见。"),
        ("再见，hello！", "再见！"),
        ("music喜欢", "喜欢"),
        ("你好hello世界rock。", "你好世界。"),
    ],
)
def test_what_is_left_is_the_sentence_without_the_word(text: str, plain: str) -> None:
    kept, unspoken = speakable(analyse(text).sentences[0], PHONEMES[:MANDARIN], 6)
    wanted = analyse(plain).sentences[0]
    assert kept is not None and unspoken and kept.syllables == wanted.syllables
    assert [(p.symbol, p.tone, p.boundary, p.syllable) for p in kept.phonemes] == [
        (p.symbol, p.tone, p.boundary, p.syllable) for p in wanted.phonemes
    ]


def test_the_full_set_says_all(models: Path) -> None:
    assert Synthesizer.load(models).synthesize("我喜欢music。").report.unspoken == []
