"""`qingyin text`: what it shows, as lines and as JSON, and its errors."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from qingyin.cli.main import main
from qingyin.cli.text_view import width
from qingyin.text import analyse


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["text", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.fixture(autouse=True)
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def test_syllables_stand_under_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "等2个小时，花￥3.50🧿。") == [
        "1. statement: 等2个小时，花¥3.50🧿。",
        "   等       两      个   小    时    |      花    三   点       五   元",
        "   deng3→2  liang3  ge4  xiao3 shi2  |220|  hua1  san1 dian3→2  wu3  yuan2",
        "   pauses  60 ms before, 420 ms after",
        "",
        "not spoken  🧿 at 12: symbol",
    ]


def test_columns_line_up_where_characters_are_wide_and_rows_fit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = shown(capsys, "我们用hello这个词，今天天气真好，一起去花儿多的公园走走吧。")
    rows = lines[1:-1]
    assert len(rows) % 2 == 0 and len(rows) > 4
    for above, below in zip(rows[::2], rows[1::2], strict=True):
        assert width(above) <= 40 and width(below) <= 40
        starts = [width(below[:index]) for index, char in enumerate(below) if char != " " and below[index - 1] == " "]
        place = 0
        for char in above:
            if width(char) == 2 and char != "儿":  # of 花儿, one syllable
                assert place in starts
            place += width(char)


def test_width_of_what_terminals_show() -> None:
    assert [width(text) for text in ("a", "好", "é", "e\u0301", "😀", "，", "")] == [1, 2, 1, 1, 2, 2, 0]


def test_markup_sandhi_and_lexicon_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.tsv").write_text("银行\tyin2 hang2\nWHO\t世卫\nWHO\t世卫组织\n", encoding="utf-8")
    lines = shown(
        capsys, "你好，银行[xing2]和银行，[speed 0.8][pitch +2]WHO[/pitch][/speed]。"
        "[voice a][emotion sad 0.5]唉[/emotion][/voice]", "--lexicon", str(tmp_path / "a.tsv"),
    )  # fmt: skip
    text = "\n".join(lines)
    assert "ni3→2 hao3" in text and "xing2!" in text and "yin2* hang2*" in text
    assert "   span    WHO: speed 0.8, pitch +2 semitones" in lines
    assert "   voice   a" in lines and "   emotion sad 0.5" in lines
    assert "lexicon     银行 at 13: yin2 hang2" in lines and any(line.startswith("conflict    ") for line in lines)
    assert [line for line in lines if line.startswith("lexicon     WHO at ")] == ["lexicon     WHO at 37: 世卫组织"]


def test_json_is_the_whole_analysis(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["text", "好，一点儿AB。再见！", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    analysis = analyse("好，一点儿AB。再见！")
    assert [len(s["phonemes"]) for s in shown["sentences"]] == [len(s.phonemes) for s in analysis.sentences]
    assert shown["sentences"][0]["words"][1] == {
        "text": "一点儿", "pinyin": ["yi4", "dianr3"], "position": 2, "pause_ms": 0.0,
    }  # fmt: skip
    assert shown["sentences"][0]["syllables"][1:3] == [
        {"text": "一", "pinyin": "yi4", "citation": "yi1", "start": 2, "end": 3, "origin": "", "style": {}},
        {"text": "点儿", "pinyin": "dianr3", "citation": "dianr3", "start": 3, "end": 5, "origin": "", "style": {}},
    ]
    assert (shown["sentences"][1]["start"], shown["sentences"][1]["end"]) == (8, 11)
    assert shown["notes"] == [asdict(note) for note in analysis.notes]
    assert shown["unspoken"] == shown["lexicon"] == shown["conflicts"] == []


def test_json_has_the_keys_of_the_docs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.tsv").write_text("好\thao3\n", encoding="utf-8")
    text = "[voice a][emotion sad][speed 0.8]好[/speed][/emotion][/voice][pause 1s]🧿 [hang2]"
    assert main(["text", text, "--json", "--lexicon", str(tmp_path / "a.tsv")]) == 0
    shown = json.loads(capsys.readouterr().out)
    keys: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, dict):
            keys.update(value)
            for item in value.values():
                collect(item)
        for item in value if isinstance(value, list) else ():
            collect(item)

    collect(shown)
    docs = (Path(__file__).resolve().parent.parent / "docs" / "markup.md").read_text(encoding="utf-8")
    assert keys - {"sad"} <= set(re.findall(r"`(\w+)`", docs))
    assert shown["sentences"][0]["emotion"] == {"sad": 1.0}
    assert shown["sentences"][0]["syllables"][0]["style"] == {"speed": 0.8}


def test_ssml_and_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "<speak>你好</speak>", "--markup", "ssml")[0] == "1. statement: 你好"
    assert shown(capsys, "行[hang2]", "--markup", "none")[0] == "1. statement: 行[hang2]"
    assert main(["text", "你好\n[speed x]"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("qingyin: error: line 2, column 1: [speed x]: expected") and error.count("\n") == 1
    assert main(["text", "好", "--lexicon", "none.tsv"]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_file_pauses_and_emoji(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.txt").write_bytes("好，好😀".encode("gb18030"))
    (tmp_path / "p.json").write_text('{"，": 500, "end": 0}', encoding="utf-8")
    arguments = ["-f", str(tmp_path / "t.txt"), "--encoding", "gb18030", "--pauses", str(tmp_path / "p.json")]
    out = "\n".join(shown(capsys, *arguments, "--emoji", "skip"))
    assert "|500|" in out and "0 ms after" in out and "not spoken  😀 at 3: emoji skipped" in out


def test_nothing_to_say_and_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "。") == ["nothing to say"]
    assert main(["text", "好\x1b[31m"]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"x": 1}', "unknown pause 'x'"),
        ('{"，": -1}', "must be a length"),
        ('{"，": NaN}', "must be a length"),
        ('{"，": "1"}', "must be an object"),
        ('{"，": true}', "must be an object"),
        ("[]", "must be an object"),
        ("{", "is not JSON"),
    ],
)
def test_bad_pauses_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(content, encoding="utf-8")
    assert main(["text", "好", "--pauses", str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert main(["text", "好", "--pauses", str(tmp_path / "none.json")]) == 2
    assert "cannot read" in capsys.readouterr().err
