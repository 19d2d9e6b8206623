"""A user's lexicon: what its lines may be, what is matched, what it leaves alone, and what is wrong in a file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.errors import LexiconError
from qingyin.text import Sentence, analyse_document
from qingyin.text.document import Document
from qingyin.text.lexicon import Lexicon, load_lexicon, parse_entry
from qingyin.text.markup_modes import read_document


def lexicon(*lines: str) -> Lexicon:
    found = Lexicon()
    for number, line in enumerate(lines, 1):
        found.add(parse_entry(line, f"line {number}"))
    return found


def sentences(text: str, *lines: str, markup: str = "inline") -> list[Sentence]:
    document = read_document(text, markup, lexicon(*lines))  # type: ignore[arg-type]
    return [sentence for part in analyse_document(document) for sentence in part.sentences]


@pytest.mark.parametrize(
    ("text", "lines", "syllables"),
    [
        ("行不行", ["行\thang2"], "hang2 bu5 hang2"),
        ("我去银行", ["银行\tyin2 xing2"], "wo3 qu4 yin2 xing2"),
        ("银行行长", ["银行\tyin2 xing2", "行长\txing2 chang2", "银行行长\tyi1 er4 san1 si4"], "yi1 er4 san1 si4"),
        ("花儿开", ["花儿\thuar4"], "huar4 kai1"),
        ("看GIF图", ["GIF\tJH IH1 F"], "kan4 JH-IH1-F tu2"),
        ("看GIF图", ["GIF\t/JH IH1 F/"], "kan4 JH-IH1-F tu2"),
        ("看GIF图", ["gif\tji2 fu2"], "kan4 ji2 fu2 tu2"),
        ("看gif图", ["GIF\tji2 fu2", "gif\tJH IH1 F"], "kan4 JH-IH1-F tu2"),
        ("WHO说", ["WHO\t世界卫生组织"], "shi4 jie4 wei4 sheng1 zu3 zhi1 shuo1"),
        ("K歌", ["K歌\tkei4 ge1"], "kei4 ge1"),
        ("3个", ["3\t四"], "si4 ge4"),
        ("13个", ["3\t四"], "shi2 san1 ge4"),  # words and numbers match as a whole
        ("行[xing2]行", ["行\thang2"], "xing2 hang2"),  # markup is the author's last word
        ("好好", ["好\thao3"], "hao2 hao3"),  # readings are those of a dictionary: third tones still change
        ("一个", ["一\tyi1"], "yi1 ge4"),
        ("😀好", ["😀\t哈哈"], "ha1 ha1 hao3"),
    ],
)
def test_what_is_said(text: str, lines: list[str], syllables: str) -> None:
    (sentence,) = sentences(text, *lines)
    assert " ".join(sentence.syllables) == syllables


def test_places_hits_and_styles_survive() -> None:
    text = "好WHO[speed 0.8]的WHO银行[/speed]好[pause 1s]行[hang2]"
    document = read_document(text, "inline", lexicon("WHO\t世卫组织", "银行\tyin2 xing2", "的\t之的"))
    assert [(hit.word, hit.value, text[hit.position :][: len(hit.word)]) for hit in document.hits] == [
        ("WHO", "世卫组织", "WHO"), ("的", "之的", "的"), ("WHO", "世卫组织", "WHO"), ("银行", "yin2 xing2", "银行"),
    ]  # fmt: skip
    (part,) = analyse_document(document)
    (sentence,) = part.sentences
    speeds = {p.syllable: p.style.speed for p in sentence.phonemes}
    said = [(d.text, text[d.start : d.end], d.origin, speeds[i]) for i, d in enumerate(sentence.details)]
    assert said == [
        ("好", "好", "", 1.0), ("世", "WHO", "", 1.0), ("卫", "WHO", "", 1.0), ("组", "WHO", "", 1.0),
        ("织", "WHO", "", 1.0), ("之", "的", "", 0.8), ("的", "的", "", 0.8), ("世", "WHO", "", 0.8),
        ("卫", "WHO", "", 0.8), ("组", "WHO", "", 0.8), ("织", "WHO", "", 0.8), ("银", "银", "lexicon", 0.8),
        ("行", "行", "lexicon", 0.8), ("好", "好", "", 1.0), ("行", "行", "markup", 1.0),
    ]  # fmt: skip
    assert [p.pause_ms for p in sentence.phonemes if p.symbol == "sp"] == [1000]


def test_files_comments_and_conflicts(tmp_path: Path) -> None:
    first, second = tmp_path / "a.tsv", tmp_path / "b.tsv"
    first.write_bytes("\ufeff# mine\r\n\r\n行\thang2\r\n好\thao3\r\n".encode())
    second.write_text("行\txing2\n好\thao3\n", encoding="utf-8")
    found = load_lexicon([first, second])
    assert found.entries["行"].readings == ("xing2",)
    assert found.conflicts == [f"{second}, line 1: '行' is 'xing2', which replaces 'hang2' of {first}, line 3"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("银行 yin2 hang2", "one TAB"),
        ("银行\t", "one TAB"),
        ("\tyin2", "one TAB"),
        ("行\thang2\tx", "one TAB"),
        ("行\thagn2", "'hagn2' is not a Mandarin syllable"),
        ("行\thang6", "'hang6' is not a Mandarin syllable"),
        ("银行\thang2", "2 characters, but 1 syllables"),
        ("行\tyin2 hang2", "1 characters, but 2 syllables"),
        ("GIF\t/JH IX1 F/", "'IX1' is not a phone"),
        ("GIF\t/JH IH F/", "the vowel IH needs"),
        ("GIF\t//", "at least one vowel"),
        ("好\x07\thao3", "control characters"),
        ("好" * 65 + "\t好", "at most 64"),
    ],
)
def test_errors_name_the_line(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(f"好\thao3\n{line}\n", encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        load_lexicon([path])
    assert str(caught.value).startswith(f"{path}, line 2: ") and message in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot read"):
        load_lexicon([tmp_path / "none.tsv"])
    (tmp_path / "a.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(LexiconError, match="not text in UTF-8"):
        load_lexicon([tmp_path / "a.tsv"])


def places(document: Document) -> list[tuple[int, int]]:
    return [document.span(index, index + 1) for index in range(len(document.text))]


WORDS = [
    "行\thang2",
    "银行\tyin2 hang2",
    "GIF\tJH IH1 F",
    "who\t世卫",
    "12\t十二",
    "。\t句号",
    "花儿\thuar1",
    "x\t",
    "[\t方",
]


@given(
    st.lists(st.sampled_from(["行", "银", "GIF", "gif", "WHO", "12", "3", "。", "花", "儿", "[speed 0.8]", "[/speed]",
                              "[hang2]", "[pause 1s]", "好", "\n", "["]), max_size=12).map("".join),
    st.lists(st.sampled_from(WORDS[:7]), max_size=5),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_any_text(text: str, lines: list[str]) -> None:
    document = read_document(text, "none", lexicon(*lines))
    assert all(0 <= start < end <= len(text) for start, end in places(document))
    for part in analyse_document(document):
        for sentence in part.sentences:
            assert all(0 <= d.start < d.end <= len(text) for d in sentence.details)
    if not document.hits:
        assert document.text == text


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_line_is_an_entry_or_the_packages_error(line: str) -> None:
    try:
        entry = parse_entry(line, "here")
    except LexiconError as error:
        assert str(error).startswith("here: ")
    else:
        assert entry.word and (entry.readings or entry.text)


def test_time_is_linear() -> None:
    many = lexicon(*(f"{chr(0x4E00 + number)}行\t好" for number in range(5000)), "行\thang2")
    began = time.process_time()
    read_document("行好" * 20_000, "inline", many)
    assert time.process_time() - began < 10.0
