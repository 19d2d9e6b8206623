"""How English words, and Mandarin in Latin letters, are pronounced inside Chinese text.

tests/english/phones.tsv was written before the front end was run on it (docs/readings.md): a phrase, then what is said
for its words in letters, phones of the CMU dictionary without stress joined by hyphens, pinyin with its tone (? where
any is good), @USB for the names of letters; | between readings that are both good. Weak IH and AH count as one sound,
and so do AA and AO where no R follows: speakers of American English differ in them, and so does the dictionary.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.text import Sentence, analyse
from qingyin.text.english import heteronyms as english_heteronyms
from qingyin.text.english import morphology as english_morphology
from qingyin.text.english import pinyin as english_pinyin
from qingyin.text.english.dictionary import look_up
from qingyin.text.english.letters import LetterModel
from qingyin.text.english.phones import PHONES
from qingyin.text.english.tables import LETTER_PHONES
from qingyin.text.pinyin import SYLLABLES

CASES = [
    line.split("\t")[:2]
    for line in (Path(__file__).parent / "english" / "phones.tsv").read_text(encoding="utf-8").splitlines()
]


def said(sentence: Sentence) -> Iterator[str]:
    """Phones and pinyin, before sandhi, of the words in letters."""
    place = 0
    for word in sentence.words:
        syllables = sentence.details[place : place + len(word.pinyin)]
        place += len(word.pinyin)
        if any("a" <= letter <= "z" for letter in word.text.lower()):
            for syllable in syllables:
                yield from syllable.citation.split("-")


def rows_of(expected: str) -> Iterator[list[str]]:
    """Every row of phones that an entry of the table allows."""
    whole = expected.split("|")
    if " " in expected and len({reading.count(" ") for reading in whole}) == 1:
        choices = [reading.split(" ") for reading in whole]
    else:
        choices = [list(choice) for choice in product(*(word.split("|") for word in expected.split(" ")))]
    for choice in choices:
        row: list[str] = []
        for word in choice:
            letters, _, ending = word[1:].partition("-") if word.startswith("@") else ("", "", word)
            row += [phone.rstrip("012") for letter in letters.lower() for phone in LETTER_PHONES[letter]]
            row += ending.split("-") if ending else []
        yield row


def agree(heard: str, expected: str, after: str) -> bool:
    bare = heard.rstrip("012") if heard[0].isupper() else heard
    if bare == expected or (expected[-1] == "?" and bare[:-1] == expected[:-1]):
        return True
    weak = {bare, expected} == {"IH", "AH"} and heard.endswith("0")
    return weak or ({bare, expected} == {"AA", "AO"} and after != "R")


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_pronounced(text: str, expected: str) -> None:
    heard = [phone for sentence in analyse(text).sentences for phone in said(sentence)]
    assert any(
        len(heard) == len(row) and all(map(agree, heard, row, [*row[1:], ""])) for row in rows_of(expected)
    ), " ".join(heard)


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("walkings", "W AO1 K IH0 NG Z"),
        ("bixes", "B IH1 K S IH0 Z"),
        ("bix's", "B IH1 K S IH0 Z"),
        ("hopped", "HH AA1 P T"),
        ("hoped", "HH OW1 P T"),
        ("faded", "F EY1 D IH0 D"),
        ("happily", "HH AE1 P AH0 L IY0"),
        ("simply", "S IH1 M P AH0 L IY0"),
        ("timestamps", "T AY1 M S T AE2 M P S"),
        ("refaded", "R IY0 F EY1 D IH0 D"),
        ("zzz", ""),
    ],
)
def test_words_by_their_parts(word: str, phones: str) -> None:
    known = {
        "walk": "W AO1 K", "bix": "B IH1 K S", "hop": "HH AA1 P", "hope": "HH OW1 P", "fade": "F EY1 D", "stamp":
        "S T AE1 M P", "stamps": "S T AE1 M P S", "stamped": "S T AE1 M P T", "time": "T AY1 M", "times": "T AY1 M Z",
        "tamps": "T AE1 M P S", "happy": "HH AE1 P IY0", "simple": "S IH1 M P AH0 L",
    }  # fmt: skip
    assert english_morphology.read(word, lambda part: tuple(known.get(part, "").split())) == tuple(phones.split())


@pytest.mark.parametrize(
    ("sentence", "word", "phones"),
    [
        ("to record it", "record", "R AH0 K AO1 R D"),
        ("a record of it", "record", "R EH1 K ER0 D"),
        ("record一下", "record", "R AH0 K AO1 R D"),
        ("I have read it", "read", "R EH1 D"),
        ("read more", "read", "R IY1 D"),
        ("we live in it", "live", "L IH1 V"),
        ("live直播", "live", "L AY1 V"),
        ("so close to it", "close", "K L OW1 S"),
        ("close按钮", "close", "K L OW1 Z"),
        ("the use of it", "use", "Y UW1 S"),
        ("hello", "hello", ""),
    ],
)
def test_words_of_two_readings(sentence: str, word: str, phones: str) -> None:
    start = sentence.index(word)
    assert english_heteronyms.reading(sentence, start, start + len(word)) == tuple(phones.split())


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("已经review过了", "yi3 jing1 guo5 le5"),
        ("已经 check 过了吗", "yi3 jing1 guo5 le5 ma5"),
        ("hold得住", "de5 zhu4"),
        ("get得到", "de5 dao4"),
        ("get不到点", "bu5 dao4 dian3"),
        ("cover不了", "bu5 liao3"),
        ("run得很快", "de5 hen3 kuai4"),
        ("bug得修", "dei3 xiu1"),
        ("Q3过了", "qiu1 san1 guo4 le5"),
        ("check、过年", "guo4 nian2"),
        ("CCTV1在放", "yi1 zai4 fang4"),
        ("Q弹的口感", "qiu1 tan2 de5 kou2 gan3"),
        ("T+1到账", "ti4 jia1 yi1 dao4 zhang4"),
        ("SSH连不上", "lian2 bu5 shang4"),
    ],
)
def test_chinese_after_english(text: str, chinese: str) -> None:
    (sentence,) = analyse(text).sentences
    assert " ".join(syllable for syllable in sentence.syllables if syllable[0].islower()) == chinese


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("cyberpunk", "S AY1 B ER0 P AH2 NG K"),
        ("cybermonday", "S AY2 B ER0 M AH1 N D EY0"),
        ("overwatch", "OW1 V ER0 W AA2 CH"),
        ("unwatch", "AH0 N W AA1 CH"),
    ],
)
def test_stress_of_prefixes(word: str, phones: str) -> None:
    known = {"punk": "P AH1 NG K", "watch": "W AA1 CH", "monday": "M AH1 N D EY0"}
    assert english_morphology.read(word, lambda part: tuple(known.get(part, "").split())) == tuple(phones.split())


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("henan", "he nan"),
        ("xi'an", "xi an"),
        ("xian", "xian"),
        ("tiananmen", "tian an men"),
        ("laoganma", "lao gan ma"),
        ("hello", ""),
        ("'an", ""),
        ("an'", ""),
    ],
)
def test_pinyin_is_cut_as_its_spelling_says(word: str, syllables: str) -> None:
    assert english_pinyin.syllables(word) == tuple(syllables.split())


@pytest.mark.parametrize("text", ["Hong Kong", "Ben Long", "Tom Wang", "Song Sang", "he can", "Li", "Wang Chung"])
def test_what_is_no_chinese_name(text: str) -> None:
    assert english_pinyin.part_of_name(text, 0, len(text.split()[0])) == ()


@given(st.text(alphabet="abceghinouxzq'", min_size=1, max_size=26))
@settings(max_examples=150, deadline=None)
def test_pinyin_of_any_letters(word: str) -> None:
    found = english_pinyin.syllables(word)
    assert not found or "".join(found) == word.replace("'", "")
    assert all(reading[:-1] in SYLLABLES and reading[-1] in "12345" for reading in english_pinyin.toned(word))


@given(st.text(alphabet="abdeginrstuxy'", min_size=1, max_size=26))
@settings(max_examples=150, deadline=None)
def test_any_letters_have_parts_or_none(word: str) -> None:
    assert set(english_morphology.read(word, look_up)) <= set(PHONES)


def test_words_that_nothing_learned_from() -> None:
    table = files("qingyin.text.english").joinpath("words.txt").read_text(encoding="ascii").splitlines()
    words = [line.split(" ")[0] for line in table]
    held_out = [word for word in words if word.isalpha() and len(word) > 2 and zlib.crc32(word.encode()) % 10 == 0]
    model, tested = LetterModel.load(), held_out[::60]
    right = 0
    for word in tested:
        heard, written = model.phones(word), look_up(word)
        right += [phone.rstrip("012") for phone in heard] == [phone.rstrip("012") for phone in written]
    assert right >= 0.6 * len(tested), f"{right} of {len(tested)}"
