"""Spelling to phonemes: every legal syllable, every way of writing ü, and nothing else."""

from __future__ import annotations

import pytest

from qingyin.text import PHONEMES, pinyin_to_phonemes
from qingyin.text.pinyin import SYLLABLES


@pytest.mark.parametrize(
    ("pinyin", "phonemes"),
    [
        ("zhong1", [("zh", 0), ("ong", 1)]),
        ("zi5", [("z", 0), ("ii", 5)]),
        ("zhi1", [("zh", 0), ("iii", 1)]),
        ("ri4", [("r", 0), ("iii", 4)]),
        ("yi1", [("i", 1)]),
        ("wu3", [("u", 3)]),
        ("yu2", [("v", 2)]),
        ("yue4", [("ve", 4)]),
        ("yuan2", [("van", 2)]),
        ("yun4", [("vn", 4)]),
        ("you3", [("iou", 3)]),
        ("yo1", [("io", 1)]),
        ("wei4", [("uei", 4)]),
        ("wen2", [("uen", 2)]),
        ("weng1", [("ueng", 1)]),
        ("jiu3", [("j", 0), ("iou", 3)]),
        ("gui4", [("g", 0), ("uei", 4)]),
        ("lun2", [("l", 0), ("uen", 2)]),
        ("ju2", [("j", 0), ("v", 2)]),
        ("que4", [("q", 0), ("ve", 4)]),
        ("xuan3", [("x", 0), ("van", 3)]),
        ("jun1", [("j", 0), ("vn", 1)]),
        ("er2", [("er", 2)]),
        ("ê2", [("ê", 2)]),
        ("huar1", [("h", 0), ("ua", 1), ("rr", 1)]),
        ("wanr2", [("uan", 2), ("rr", 2)]),
        ("shir4", [("sh", 0), ("iii", 4), ("rr", 4)]),
    ],
)
def test_syllable(pinyin: str, phonemes: list[tuple[str, int]]) -> None:
    assert pinyin_to_phonemes(pinyin) == phonemes


@pytest.mark.parametrize("spelling", ["nv3", "nü3", "nu:3", "NÜ3", "nu\u03083"])
def test_spellings_of_u_umlaut(spelling: str) -> None:
    assert pinyin_to_phonemes(spelling) == [("n", 0), ("v", 3)]


@pytest.mark.parametrize("spelling", ["lve4", "lüe4", "lue4", "lu:e4"])
def test_spellings_of_lue(spelling: str) -> None:
    assert pinyin_to_phonemes(spelling) == [("l", 0), ("ve", 4)]


@pytest.mark.parametrize(
    "wrong", ["", "a", "5", "zhong", "zhong0", "zhong6", "bong1", "hello1", "_m1", "ver1"]
)
def test_not_a_syllable(wrong: str) -> None:
    with pytest.raises(ValueError, match="syllable"):
        pinyin_to_phonemes(wrong)


def test_every_syllable_maps_into_the_table_and_back_to_one_spelling_per_pair() -> None:
    for spelling in SYLLABLES:
        for tone in range(1, 6):
            phonemes = pinyin_to_phonemes(f"{spelling}{tone}")
            assert phonemes[-1][1] == tone
            assert all(symbol in PHONEMES for symbol, _ in phonemes)
            assert 1 <= len(phonemes) <= 2


def test_the_symbol_table_is_frozen() -> None:
    assert len(PHONEMES) == len(set(PHONEMES)) == 104
    assert PHONEMES[:3] == ("_", "sil", "sp")
    assert PHONEMES[3] == "b" and PHONEMES[23] == "s" and PHONEMES[24] == "a" and PHONEMES[64] == "rr"
    assert PHONEMES[65] == "AA" and PHONEMES[-1] == "ZH"


def test_the_dictionary_only_uses_syllables_we_can_say() -> None:
    from pypinyin.constants import PINYIN_DICT

    from qingyin.text.citation import has_reading

    unreadable = [chr(code) for code in PINYIN_DICT if not has_reading(chr(code))]
    assert len(unreadable) <= 5, unreadable
