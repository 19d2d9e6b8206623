"""`qingyin text`: what it shows, as lines and as JSON, and its errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qingyin.cli import main
from qingyin.text import analyse


def test_shows_words_pinyin_pauses_and_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["text", "等2个小时，花￥3.50🧿。"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1. statement: 等2个小时，花¥3.50🧿。",
        "   said    等 两 个 小时 |220| 花 三点 五 元",
        "   pinyin  deng2 liang3 ge4 xiao3·shi2 | hua1 san1·dian2 wu3 yuan2",
        "   pauses  60 ms before, 420 ms after; |…| are milliseconds between",
        "",
        "not spoken  🧿 at 12: symbol",
    ]


def test_json_is_the_whole_analysis(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["text", "好，一点儿AB。再见！", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    analysis = analyse("好，一点儿AB。再见！")
    assert [len(s["phonemes"]) for s in shown["sentences"]] == [len(s.phonemes) for s in analysis.sentences]
    assert shown["sentences"][0]["words"][1] == {
        "text": "一点儿", "pinyin": ["yi4", "dianr3"], "position": 2, "pause_ms": 0.0,
    }  # fmt: skip
    assert shown["notes"] == [{"text": "AB", "position": 5, "message": "spelled"}]
    assert shown["unspoken"] == []


def test_file_pauses_and_emoji(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.txt").write_bytes("好，好😀".encode("gb18030"))
    (tmp_path / "p.json").write_text('{"，": 500, "end": 0}', encoding="utf-8")
    arguments = ["-f", str(tmp_path / "t.txt"), "--encoding", "gb18030", "--pauses", str(tmp_path / "p.json")]
    assert main(["text", *arguments, "--emoji", "skip"]) == 0
    out = capsys.readouterr().out
    assert "|500|" in out and "0 ms after" in out and "not spoken  😀 at 3: emoji skipped" in out


def test_nothing_to_say_and_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["text", "。"]) == 0
    assert capsys.readouterr().out == "nothing to say\n"
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
