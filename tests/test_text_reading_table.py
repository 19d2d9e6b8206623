"""The table of readings says what pypinyin says, and costs next to nothing to open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from qingyin.text.reading_table import PATH, ReadingTable, reading_table
from tools.build_reading_table import encode, entries


def test_every_word_and_character_reads_as_in_pypinyin() -> None:
    found = reading_table()
    for word in PHRASES_DICT:
        expected = lazy_pinyin([word], style=Style.TONE3, neutral_tone_with_five=True)
        assert list(found.readings(word))[: len(word)] == expected and word in found, word
    for code in PINYIN_DICT:
        options = pinyin(chr(code), style=Style.TONE3, heteronym=True, neutral_tone_with_five=True)[0]
        assert found.readings(chr(code)) == tuple(dict.fromkeys(options)) and chr(code) in found


@pytest.mark.parametrize("after", ["", "的", "一丁点儿", "\0", "x😀"])
def test_entries_that_a_text_begins_with_are_found_by_their_lengths(after: str) -> None:
    found = reading_table()
    pairs = {word[:2] for word in PHRASES_DICT}
    others = {first[0] + second[1] for first, second in zip(sorted(pairs), sorted(pairs, reverse=True), strict=True)}
    for word in sorted(set(PHRASES_DICT) | others)[::17]:
        text = "在" + word + after
        expected = [length for length in range(2, len(text)) if text[1 : 1 + length] in PHRASES_DICT]
        assert found.lengths(text, 1) == expected, text
    assert found.lengths("今", 0) == found.lengths("\0今", 0) == found.lengths("今\0", 0) == []


@pytest.mark.parametrize("word", ["", "x", "今天", "一丁", "一丁点儿啊", "一不小", "\0", "好\0", "😀", "重庆市的"])
def test_what_is_not_there(word: str) -> None:
    assert word not in PHRASES_DICT
    assert reading_table().readings(word) == () and word not in reading_table()


def test_the_file_is_what_the_tool_writes(tmp_path: Path) -> None:
    path = tmp_path / "d.bin"
    path.write_bytes(encode(entries()))
    assert path.read_bytes() == PATH.read_bytes()
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match="is no table"):
        ReadingTable(path)


def test_reading_a_text_does_not_import_pypinyin() -> None:
    code = "import sys, qingyin.text as t; t.analyse('银行行长重庆'); assert 'pypinyin' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": "runtime"})
