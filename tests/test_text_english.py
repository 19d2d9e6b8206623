"""English in Chinese text and by itself: which words are said, which are spelled, and the phonemes that come out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.text import PHONEMES, analyse
from qingyin.text.english.dictionary import look_up
from qingyin.text.english.letters import LetterModel
from qingyin.text.english.phones import PHONES, syllables, to_phonemes
from qingyin.text.english.reading import GUESSED, SPELLED, TONELESS, read

RUNTIME = Path(__file__).resolve().parent.parent / "runtime"


def english(text: str) -> str:
    """The syllables of a text that are not Mandarin, in words."""
    return " ".join(
        "".join(f"{reading} " for reading in word.pinyin).strip().replace(" ", "|")
        for sentence in analyse(text).sentences
        for word in sentence.words
        if "A" <= word.pinyin[0][0] <= "Z"
    )


def said(text: str) -> str:
    return " ".join(word.text for sentence in analyse(text).sentences for word in sentence.words)


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("hello", "HH AH0 L OW1"),
        ("don't", "D OW1 N T"),
        ("a", "AH0"),
        ("'bout", "B AW1 T"),
        ("zywicki", "Z IH0 W IH1 K IY0"),
        ("read", "R EH1 D"),  # the first of several entries
        ("the", "DH AH0"),
        ("notaword", ""),
        ("", ""),
        ("é", ""),
        ("zzzzzz", ""),
    ],
)
def test_dictionary(word: str, phones: str) -> None:
    assert look_up(word) == tuple(phones.split())


def test_syllables_begin_at_the_consonant_before_their_vowel() -> None:
    assert syllables(["EH1", "K", "S", "T", "R", "AH0"]) == ["EH1-K-S-T", "R-AH0"]
    assert syllables(["AY0", "D", "IY1", "AH0"]) == ["AY0", "D-IY1", "AH0"]
    assert syllables(["S", "T", "R", "IY1", "T"]) == ["S-T-R-IY1-T"]
    assert syllables(["HH", "M"]) == ["HH-M"]


def test_stress_is_the_tone_of_vowels() -> None:
    assert to_phonemes("HH-AH0") == (("HH", 0), ("AH", 6))
    assert to_phonemes("K-AE1-T") == (("K", 0), ("AE", 7), ("T", 0))
    assert to_phonemes("EH2-K-S") == (("EH", 8), ("K", 0), ("S", 0))
    for wrong in ("hao3", "HH-AH", "K-AE1-T-IY0", "", "Q-AH0"):
        with pytest.raises(ValueError):
            to_phonemes(wrong)


def test_phonemes_of_a_mixed_sentence() -> None:
    (sentence,) = analyse("我用email。").sentences
    assert [(p.symbol, p.tone, p.boundary, p.syllable) for p in sentence.phonemes[-6:-1]] == [
        ("iong", 4, 1, 1),
        ("IY", 6, 0, 2),
        ("M", 0, 3, 3),
        ("EY", 7, 3, 3),
        ("L", 0, 3, 3),
    ]
    assert sentence.syllables == ("wo3", "yong4", "IY0", "M-EY1-L")
    assert [word.text for word in sentence.words] == ["我", "用", "email"]


IN_CHINESE = {
    "我在Google上班": "G-UW1|G-AH0-L",
    "打开WiFi": "W-AY1|F-AY2",
    "连接Wi-Fi": "W-AY1 F-AY1",
    "NASA发布": "N-AE1|S-AH0",
    "USB接口": "Y-UW1|EH1-S|B-IY1",
    "两块GPU": "JH-IY2|P-IY2|Y-UW1",
    "这些GPUs": "JH-IY2|P-IY2|Y-UW1-Z",
    "COVID-19疫情": "K-OW1|V-IH0-D",
    "iPhone15手机": "AY1|F-OW2-N",
    "用ChatGPT写": "CH-AE1-T JH-IY2|P-IY2|T-IY1",
    "看YouTube": "Y-UW1-T|Y-UW2-B",
    "B超": "",
    "T恤": "",
    "K歌": "",
    "A4纸": "",
    "5G网络": "",
    "3D打印": "",
    "京A12345": "",
    "发e-mail给我": "IY1 M-EY1-L",
    "Plan B已经好了": "P-L-AE1-N B-IY1",
    "卡拉OK": "OW1|K-EY1",
    "NBA比赛": "EH1-N|B-IY2|EY1",
    "学习Python": "P-AY1|TH-AA0-N",
    "it's没问题": "IH1-T-S",
    "他说“Don’t worry”。": "D-OW1-N-T W-ER1|IY0",
    "的Café很好": "K-AH0|F-EY1",
    "getUserName函数": "G-EH1-T Y-UW1|Z-ER0 N-EY1-M",
    "IEEE标准": "AY1-T|R-IH1|P-AH0|L-IY1",
    "和MP3": "EH2-M|P-IY1",
    "Ｈｅｌｌｏ世界": "HH-AH0|L-OW1",
    "https://github.com": "G-IH1-T HH-AH1-B K-AA1-M",
    "livestreaming很火": "L-AY1-V-S-T|R-IY2|M-IH0-NG",
    "googled一下": "G-UW1|G-AH0-L-D",
    "HTML和XML": "EY2-CH|T-IY2|EH2|M-EH1-L EH2-K|S-EH2|M-EH1-L",
    "两个app": "AE1-P",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), IN_CHINESE.items())
def test_english_inside_chinese(text: str, expected: str) -> None:
    if "github" in text:
        assert english(text) in (expected, expected.replace("G-IH1-T HH-AH1-B", "G-IH1-T|HH-AH0-B"))
    else:
        assert english(text) == expected


@pytest.mark.parametrize(
    ("token", "notes"),
    [
        ("Google", [""]),
        ("USB", [SPELLED]),
        ("npm", [SPELLED]),
        ("Taobao", [""]),
        ("Xiaomi", [""]),
        ("Guanghua", [TONELESS]),
        ("Zorbix", [GUESSED]),
        ("ChatGPT", ["", SPELLED]),
        ("ASML", [SPELLED]),
        ("LGBT", [SPELLED]),
        ("xlsx", [SPELLED]),
        ("I", [""]),
    ],
)
def test_what_is_makeshift_is_noted(token: str, notes: list[str]) -> None:
    assert [word.note for word in read(token)] == notes


def test_pinyin_without_tones_is_said_in_mandarin() -> None:
    assert analyse("吃Laoganma吧").sentences[0].syllables[1:4] == ("lao3", "gan1", "ma1")


ENGLISH = {
    "I have 3 apples.": "I have three apples",
    "He was born in 1984.": "He was born in nineteen eighty four",
    "They sold 1984 books.": "They sold one thousand nine hundred eighty four books",
    "It happened in 2005, not in 2024.": "It happened in two thousand five not in twenty twenty four",
    "In 1905 and 1900 it rained.": "In nineteen oh five and nineteen hundred it rained",
    "The 1990s were fun.": "The nineteen nineties were fun",
    "From 1914-1918 they fought.": "From nineteen fourteen to nineteen eighteen they fought",
    "It costs $3.50 or £20.": "It costs three dollars and fifty cents or twenty pounds",
    "A $5 million house for $1.": "A five million dollars house for one dollar",
    "About 5% of 1,200 people": "About five percent of one thousand two hundred people",
    "The 22nd and the 3rd day": "The twenty second and the third day",
    "See you at 8:30 or 8:05 am.": "See you at eight thirty or eight oh five AM",
    "Come at 5pm or at 9:00.": "Come at five PM or at nine o'clock",
    "He drank 1/2 or 3/4 of it.": "He drank one half or three quarters of it",
    "Run 3-5 km at 12 km/h.": "Run three to five kilometers at twelve kilometers per hour",
    "It weighs 72.5 kg today.": "It weighs seventy two point five kilograms today",
    "It is -5 °C outside.": "It is minus five degrees Celsius outside",
    "Call me at 555-123-4567 please": "Call me at five five five one two three four five six seven please",
    "Dr. Smith met Mr. Li.": "Dr Smith met Mr Li",
    "World War II and Chapter IV": "World War two and Chapter four",
    "Henry VIII was king.": "Henry the eighth was king",
    "He is No. 1 & you know it.": "He is number one and you know it",
    "On Sept. 3 we left.": "On September three we left",
    "The U.S. has it, e.g. here.": "The US has it for example here",
    "Agent 007 is back": "Agent zero zero seven is back",
    "One of 1,234,567 stars": "One of one million two hundred thirty four thousand five hundred sixty seven stars",
    "Version 2.0.1 is out": "Version two point zero point one is out",
    "page 5": "page five",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ENGLISH.items())
def test_figures_in_english_sentences_are_english(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("买了3个apple", "买 了 三 个 apple"),
        ("iPhone 15", "iPhone 十五"),
        ("5 GB", "五 吉 字节"),
        ("He said 5 但是", "He said 五 但 是"),
    ],
)
def test_figures_beside_chinese_are_chinese(text: str, expected: str) -> None:
    assert said(text).replace("但是", "但 是") == expected


@pytest.mark.parametrize(
    ("text", "pauses", "kind"),
    [
        ("Well, yes.", [220], "statement"),
        ("Is it true?", [], "question"),
        ("Stop it now!", [], "exclamation"),
        ("We left - all of us - at noon.", [250, 250], "statement"),
        ("We left -- all of us.", [250], "statement"),
        ("We left—all of us.", [250], "statement"),
        ("He (my friend) left.", [120, 120], "statement"),
        ("He said: \"go home\" and left.", [300], "statement"),
        ("A well-known man's 'good' book.", [], "statement"),
    ],
)  # fmt: skip
def test_marks_of_english_sentences(text: str, pauses: list[float], kind: str) -> None:
    (sentence,) = analyse(text).sentences
    assert [word.pause_ms for word in sentence.words if word.pause_ms] == pauses
    assert sentence.kind == kind


def test_an_english_sentence_is_as_long_as_its_syllables() -> None:
    text = "The quick brown fox jumps over the lazy dog while the other animals of the forest look on in silence."
    assert len(analyse(text).sentences) == 1


@pytest.mark.parametrize("other", ["Привет", "こんにちは", "안녕", "مرحبا", "ไทย"])
def test_other_scripts_are_reported_by_name(other: str) -> None:
    (unspoken,) = analyse("你好" + other).unspoken
    assert unspoken.text == other and unspoken.reason.startswith("script not supported: ")


@pytest.mark.parametrize("word", ["'", "''", "'graph", "'code"])
def test_an_apostrophe_is_no_letter_to_spell(word: str) -> None:
    assert [part.syllables for part in read(word)] == [part.syllables for part in read(word.strip("'") or "'")]


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_letters_have_a_pronunciation(word: str) -> None:
    for part in read(word):
        if part.note != TONELESS:
            assert all(symbol in PHONEMES for reading in part.syllables for symbol, _ in to_phonemes(reading))
    phones = LetterModel.load().phones(word)
    assert set(phones) <= set(PHONES)
    vowels = [phone for phone in phones if phone[-1].isdigit()]
    assert not vowels or sum(phone.endswith("1") for phone in vowels) == 1


@given(st.text(alphabet="aBcDeIMNOpstUy'’. -A1$%&", max_size=80))
@settings(max_examples=100, deadline=None)
def test_every_letter_is_said(text: str) -> None:
    analysis = analyse(text)
    reported = "".join(unspoken.text for unspoken in analysis.unspoken)
    assert not any(char.isalpha() for char in reported)
    assert analysis.sentences or not any(char.isalnum() for char in text)


def test_chinese_text_does_not_pay_for_english() -> None:
    code = (
        "import sys; from qingyin.text import analyse; analyse('今天3月5日，气温25℃。'); "
        "from qingyin.text.english.dictionary import _table; "
        "assert not _table.cache_info().currsize; assert 'qingyin.text.english.letters' not in sys.modules; "
        "analyse('好google'); assert _table.cache_info().currsize"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=RUNTIME, env={"PYTHONPATH": str(RUNTIME)})
