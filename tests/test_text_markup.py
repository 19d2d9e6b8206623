"""Inline markup: what each form does, what stays text, where errors point, and what no text may do."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.errors import MarkupError, QingyinError
from qingyin.text import Analysis, Sentence, analyse, analyse_document
from qingyin.text.document import plain
from qingyin.text.markup import parse
from qingyin.text.markup_modes import read_document


def read(text: str, markup: str = "inline") -> Analysis:
    parts = list(analyse_document(read_document(text, markup)))  # type: ignore[arg-type]
    return Analysis(
        tuple(sentence for part in parts for sentence in part.sentences),
        tuple(item for part in parts for item in part.unspoken),
        tuple(item for part in parts for item in part.notes),
    )


def one(text: str) -> Sentence:
    (sentence,) = read(text).sentences
    return sentence


def pauses(text: str) -> list[tuple[float, bool]]:
    return [(p.pause_ms, p.exact) for s in read(text).sentences for p in s.phonemes if p.syllable < 0]


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("行[hang2]", "hang2"),
        ("银行[xing2]", "yin2 xing2"),
        ("银行[yin2 hang2]", "yin2 hang2"),
        ("去银行[yin2  hang2]取", "qu4 yin2 hang2 qu3"),
        ("绿[lü4]", "lv4"),
        ("绿[lv4]女[nu:3]", "lv4 nv3"),
        ("花儿[huar1]", "huar1"),
        ("花儿[hua1 er2]", "hua1 er2"),
        ("一会儿[yi2 huir4]见", "yi2 huir4 jian4"),
        ("花兒[huar1]", "huar1"),
        ("儿[er2]子", "er2 zi5"),
        ("你[ni3]好", "ni3 hao3"),  # said as written, though a third tone follows
        ("你好[hao4]", "ni3 hao4"),
        ("一[yi1]个", "yi1 ge4"),
        ("不[bu4]是", "bu4 shi4"),
        ("看看[kan4 kan4]", "kan4 kan4"),
        ("2[liang3]个", "liang3 ge4"),
        ("GIF[ji2 fu2]图", "ji2 fu2 tu2"),
        ("看GIF[/JH IH1 F/]", "kan4 JH-IH1-F"),
        ("hello[/HH AH0 L OW1/]", "HH-AH0 L-OW1"),
        ("X[/ EH1 K S /]", "EH1-K-S"),
        ("[as digits]110[/as]", "yi1 yi1 ling2"),
        ("[as telephone]110[/as]", "yao1 yao1 ling2"),
        ("[as ordinal]3[/as]", "di4 san1"),
        ("[as cardinal]-12.5[/as]", "fu4 shi2 er4 dian2 wu3"),
        ("[as fraction]3/4[/as]", "si4 fen1 zhi1 san1"),
        ("[as date mdy]3/5/2024[/as]", "er4 ling2 er4 si4 nian2 san1 yue4 wu3 ri4"),
        ("[as time]14:05[/as]", "shi2 si4 dian3 ling2 wu3 fen1"),
        ("[as unit]5km[/as]", "wu3 gong1 li3"),
        ("[emphasis]好[/emphasis]", "hao3"),
        ("[speed 0.8]慢[pitch +2]高[/pitch][/speed]", "man4 gao1"),
    ],
)
def test_what_is_said(text: str, syllables: str) -> None:
    assert " ".join(one(text).syllables) == syllables


def test_a_reading_does_not_break_the_word() -> None:
    assert [word.text for word in one("我去银行[hang2]取钱").words] == [word.text for word in one("我去银行取钱").words]
    assert [word.text for word in one("看JSON[/JH EY1 S AH0 N/]图").words] == ["看", "JSON", "图"]


TEXTS = [
    "见[1]和[2, 3]。", "a[i] = b[0];", "【注】[注]好", "[hang2]", "行 [hang2]", "数组array[a1]好", "[ ]好[]",
    "好[Hang2]", "[a-z]+好", "[/i/]好", "[speedy]好", "[pitch-black]好", "好[speed 0.8", "[http://a.cn](链接)好",
    "\\[1]好", "\\\\好\\", "info[:2]", "[::1]", "row[item2]好", "[as eval]好",
    "[INFO] 好", "好[x]y[/x]", "行\\\\[hang2]", "[[好]]", "[voice\n好", "C[/B/]好", "好[/JH IH1 F/]",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_other_brackets_are_text(text: str) -> None:
    document = parse(text)
    assert document.text == text and not document.given and not document.styles
    found, expected = read(text), analyse(text)
    assert found.sentences == expected.sentences and found.unspoken == expected.unspoken


def test_what_looks_like_a_reading_without_a_character_is_noted() -> None:
    assert [(note.text, note.position) for note in read("拼音 [hang2]").notes] == [("[hang2]", 3)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("行\\[hang2]", "行[hang2]"),
        ("\\[speed 0.8]好", "[speed 0.8]好"),
        ("好\\[/speed]", "好[/speed]"),
        ("\\\\[speed 0.8]好[/speed]", "\\好"),
        ("\\\\\\[speed 0.8]好", "\\[speed 0.8]好"),
    ],
)
def test_a_backslash_makes_markup_text(text: str, said: str) -> None:
    document = parse(text)
    assert document.text == said and not document.given
    assert bool(document.styles) == said.endswith("\\好")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("好[pause 300ms]好", [(60, False), (300, True), (420, False)]),
        ("好[pause 1.2s]好", [(60, False), (1200, True), (420, False)]),
        ("好，[pause 50ms]好", [(60, False), (50, True), (420, False)]),
        ("好[pause 50ms]，好", [(60, False), (50, True), (420, False)]),
        ("好[pause 1s][pause 500ms]好", [(60, False), (1500, True), (420, False)]),
        ("好[pause 0ms]，好", [(60, False), (420, False)]),
        ("[pause 2s]好", [(2000, True), (420, False)]),
        ("好[pause 2s]。", [(60, False), (2000, True)]),
        ("好。[pause 2s]好", [(60, False), (2000, True), (60, False), (420, False)]),
        ("好[pause 2s]", [(60, False), (2000, True)]),
        ("好\n[pause 2s]\n好", [(60, False), (420, False), (2000, True), (420, False)]),
        ("12[pause 300ms]34", [(60, False), (300, True), (420, False)]),
    ],
)
def test_pauses(text: str, expected: list[tuple[float, bool]]) -> None:
    assert pauses(text) == expected


def test_a_pause_after_the_last_line_is_told() -> None:
    assert [(note.text, note.position) for note in read("好\n[pause 2s]").notes] == [("[pause 2s]", 2)]


def styles(text: str) -> list[tuple[str, float, float, float]]:
    """(pinyin, speed, pitch, volume) of each syllable, where they change."""
    found = []
    for sentence in read(text).sentences:
        of = {p.syllable: p.style for p in sentence.phonemes}
        for index, pinyin in enumerate(sentence.syllables):
            found.append((pinyin, of[index].speed, of[index].pitch_semitones, of[index].volume_db))
    return found


def test_spans_nest_and_stay_in_range() -> None:
    assert styles("大[speed 0.8]慢[pitch +2]高[/pitch][volume -6dB]小[/volume][/speed]") == [
        ("da4", 1.0, 0.0, 0.0), ("man4", 0.8, 0.0, 0.0), ("gao1", 0.8, 2.0, 0.0), ("xiao3", 0.8, 0.0, -6.0),
    ]  # fmt: skip
    assert styles("[speed 0.5][speed 50%][pitch 12][pitch 3st]慢[/pitch][/pitch][/speed][/speed]") == [
        ("man4", 0.5, 12.0, 0.0)
    ]
    (strong,), (moderate,), (reduced,) = (styles(f"[emphasis {level}]好[/emphasis]") for level in
                                          ("strong", "moderate", "reduced"))  # fmt: skip
    assert strong[1] < moderate[1] < 1.0 < reduced[1] and strong[2] > moderate[2] > 0.0 > reduced[2]


def test_a_span_over_a_number_is_over_all_its_syllables() -> None:
    assert [speed for _, speed, _, _ in styles("我[speed 2]35[/speed]岁")] == [1.0, 2.0, 2.0, 2.0, 1.0]
    assert [speed for _, speed, _, _ in styles("[speed 2]2[/speed]个")] == [2.0, 1.0]
    assert styles("[speed 2]2[/speed]个")[0][0] == "liang3", "what stands beside the span still decides the reading"


def test_voices_and_emotions_change_between_sentences() -> None:
    sentences = read("他说：[voice a]“你好！[emotion happy 0.6 angry 0.4]再见。[/emotion]”[/voice]她走了。").sentences
    assert read("[emotion happy=0.6,angry=0.4]好[/emotion]").sentences[0].emotion == (("happy", 0.6), ("angry", 0.4))
    assert [(s.text, s.voice, s.emotion) for s in sentences] == [
        ("他说：", None, None),
        ("“你好！", "a", None),
        ("再见。”", "a", (("happy", 0.6), ("angry", 0.4))),
        ("她走了。", None, None),
    ]
    first, *_ = read("他[voice a]好[/voice]").sentences
    assert first.phonemes[-1].pause_ms == 30 and first.phonemes[-2].boundary == 2, "the sentence goes on"
    assert [s.text for s in read("[voice a]你好[/voice]，再见").sentences] == ["你好，", "再见"]


@pytest.mark.parametrize(
    ("text", "start", "end", "syllable"),
    [
        ("他[speed 0.8]走[/speed]", 12, 13, 1),
        ("银行[yin2 hang2]", 1, 2, 1),
        ("花儿[huar1]开", 0, 2, 0),
        ("看GIF[/JH IH1 F/]图", 1, 16, 1),
        ("看2[liang3]个", 1, 10, 1),
        ("共35个", 1, 3, 2),
        ("[as digits]110[/as]好", 11, 14, 0),
        ("　银行\n花儿[huar1]开", 4, 6, 2),
        ("用hello吧", 1, 6, 1),
    ],
)
def test_places_are_those_in_the_source(text: str, start: int, end: int, syllable: int) -> None:
    details = [entry for sentence in read(text).sentences for entry in sentence.details]
    assert (details[syllable].start, details[syllable].end) == (start, end)


def test_details_tell_what_sandhi_did_and_who_gave_the_reading() -> None:
    details = one("你好，一个花儿行[hang2]").details
    assert [(d.text, d.citation, d.pinyin, d.origin) for d in details] == [
        ("你", "ni3", "ni2", ""), ("好", "hao3", "hao3", ""), ("一", "yi1", "yi2", ""), ("个", "ge4", "ge4", ""),
        ("花儿", "huar1", "huar1", ""), ("行", "hang2", "hang2", "markup"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("行[hagn2]", 1, 3, "'hagn2' is not a Mandarin syllable"),
        ("好，\n一[yi1 er4]", 2, 3, "2 syllables, but only 1"),
        ("[speed fast]好", 1, 1, "a factor from 0.5 to 2"),
        ("[speed 3]好", 1, 1, "a factor from 0.5 to 2"),
        ("[speed]好", 1, 1, "a factor from 0.5 to 2"),
        ("[pitch high]好", 1, 1, "semitones from -12 to 12"),
        ("[volume 30]好", 1, 1, "dB from -60 to 20"),
        ("[voice a b]好", 1, 1, "the name of one voice"),
        ("[voice /etc/passwd]好", 1, 1, "the name of one voice"),
        ("[voice a.json]好", 1, 1, "the name of one voice"),
        ("[emotion]好", 1, 1, "an emotion"),
        ("[emotion sad 2]好", 1, 1, "an emotion"),
        ("[emotion 0.7]好", 1, 1, "an emotion"),
        ("[emotion sad sad]好", 1, 1, "an emotion"),
        ("[emphasis much]好", 1, 1, "strong, moderate"),
        ("[pause 300]好", 1, 1, "with its unit"),
        ("[pause 2m]好", 1, 1, "with its unit"),
        ("[pause 61s]好", 1, 1, "up to 60s"),
        ("好[/speed]", 1, 2, "closes nothing"),
        ("好[/pause]", 1, 2, "closes nothing"),
        (
            "\n好[speed 0.8][pitch 1]x[/speed]",
            2,
            23,
            "expected [/pitch], closing the [pitch] of line 2, column 13",
        ),
        ("[voice a]x", 1, 11, "expected [/voice], closing the [voice] of line 1, column 1, before the end"),
        ("G[/JH IX F/]", 1, 4, "'IX' is not a phone"),
        ("G[/JH IH F/]", 1, 4, "IH needs"),
        ("G[/JH F/]", 1, 4, "at least one vowel"),
        ("[as x]1[/as]", 1, 1, "one of cardinal"),
        ("[as digits]1", 1, 1, "expected [/as]"),
        ("[as digits]一[/as]", 1, 1, "figures only"),
        ("[as date]13/13[/as]", 1, 1, "a month from 1 to 12"),
        ("[as date]3/5/2024[/as]", 1, 1, "expected a layout"),
        ("[as time]25点[/as]", 1, 1, "a time"),
    ],
)
def test_errors_name_the_place_and_what_was_expected(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse(text)
    error = caught.value
    assert message in str(error) and str(error).startswith(f"line {error.line}, column {error.column}: ")
    assert (error.line, error.column) == (line, column)
    lines = text.split("\n")
    assert error.position == sum(len(row) + 1 for row in lines[: line - 1]) + column - 1


def test_ssml_without_its_flag_is_noted() -> None:
    assert "--markup ssml" in read("<speak>好</speak>").notes[0].message


def test_none_takes_all_as_text() -> None:
    assert read("行[hang2]", "none") == analyse("行[hang2]")
    with pytest.raises(ValueError, match="unknown markup"):
        read_document("好", "html")  # type: ignore[arg-type]


PIECES = st.sampled_from(
    ["[", "]", "/", "\\", "[speed 0.8]", "[/speed]", "[pitch 2]", "[/pitch]", "[pause 300ms]", "[pause", "行", "银行",
     "[hang2]", "[yin2 hang2]", "[xx9]", "[voice a]", "[/voice]", "[emotion sad]", "[/emotion]", "[as digits]", "[/as]",
     "12", "GIF", "[/JH IH1 F/]", "。", "，", "\n", " ", "儿", "[huar1]", "a", "[emphasis]", "[/emphasis]", "\ufdd0",
     "\ufdd1", "🧿", "[as time]", "14:05"]
)  # fmt: skip


def check(text: str, markup: str) -> None:
    """What holds for every text: the package's own error, or places inside the text."""
    try:
        analysis = read(text, markup)
    except QingyinError as error:
        assert str(error)
        return
    for sentence in analysis.sentences:
        assert len(sentence.details) == len(sentence.syllables) == sum(len(word.pinyin) for word in sentence.words)
        assert 0 <= sentence.start < sentence.end <= len(text)
        assert all(0 <= entry.start < entry.end <= len(text) for entry in sentence.details)
        assert all("\ufdd0" not in word.text for word in sentence.words)
    assert all(0 <= item.position < len(text) for item in (*analysis.unspoken, *analysis.notes))


@given(st.lists(PIECES, max_size=14).map("".join))
@settings(max_examples=400, deadline=None)
def test_any_row_of_forms(text: str) -> None:
    check(text, "inline")


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text(text: str) -> None:
    check(text, "inline")


@given(st.text(alphabet=st.characters(exclude_characters="["), max_size=80))
@settings(max_examples=200, deadline=None)
def test_text_without_brackets_is_unchanged(text: str) -> None:
    assert parse(text).text == text
    found, expected = list(analyse_document(parse(text))), list(analyse_document(plain(text)))
    assert found == expected


@pytest.mark.parametrize("unit", ["[", "\\", "\\[", "[a1]", "行[hang2]", "[pause 1ms]", "[speed 1]好[/speed]", "x[y1]",
                                  "GIF[/JH IH1 F/]"])  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    """A coarse net: far above what a linear pass takes even on a busy machine."""
    began = time.process_time()
    parse(unit * 20_000)
    assert time.process_time() - began < 10.0
