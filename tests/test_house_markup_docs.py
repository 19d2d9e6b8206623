"""docs/markup.md shows what happens: its examples are run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from qingyin.cli.main import main
from qingyin.errors import MarkupError
from qingyin.text import analyse_document
from qingyin.text.lexicon import load_lexicon
from qingyin.text.markup import parse
from qingyin.text.ssml import parse_ssml

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "markup.md").read_text(encoding="utf-8")
ROWS = [line.split("|") for line in TEXT.split("\n") if re.match(r"\|.*`.*\[.*\|.*`.*\|", line)]
EXAMPLES = [example for row in ROWS for example in re.findall(r"`([^`]*\[[^`]*)`", row[2])]


@pytest.mark.parametrize("example", EXAMPLES)
def test_inline_examples_are_markup(example: str) -> None:
    document = parse(example)
    assert document.text != example
    assert not document.notes and [part for part in analyse_document(document)]


def test_every_form_has_examples_in_both_languages() -> None:
    assert len(EXAMPLES) >= 30
    english, chinese = TEXT.split("# 标记")
    for word in ("pause", "speed", "pitch", "volume", "emphasis", "voice", "emotion", "as"):
        assert f"`[{word}" in english and f"`[{word}" in chinese


@pytest.mark.parametrize(
    "element", re.findall(r"^\| (`[^|]*) \|", TEXT.split("## SSML")[1].split("## Lexicon")[0], re.M)
)
def test_elements_of_the_table_are_known(element: str) -> None:
    for name in re.findall(r"`([a-z-]+)`", element.split("(")[0]):
        if name != "speak":
            with pytest.raises(MarkupError, match="unknown attribute nonsense"):
                parse_ssml(f"<speak><{name} nonsense='1'/></speak>")


def test_the_lexicon_of_the_example(tmp_path: Path) -> None:
    block = re.search(r"^    # word\t.*?\n\n", TEXT, re.M | re.S)
    assert block is not None
    path = tmp_path / "a.tsv"
    path.write_text(re.sub("^    ", "", block.group(), flags=re.M), encoding="utf-8")
    assert set(load_lexicon([path]).entries) == {"银行行长", "GIF", "WHO"}


def test_commands_print_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    shown = re.findall(r"^    \$ qingyin (text .*)\n((?:    .*\n)+)", TEXT, re.M)
    assert shown
    for command, output in shown:
        assert main(shlex.split(command)) == 0
        assert capsys.readouterr().out == re.sub("^    ", "", output, flags=re.M)


def test_the_error_that_is_shown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = re.search(r"^    \$ qingyin say (.*)\n    (qingyin: error: .*); …\n", TEXT, re.M)
    assert found is not None
    assert main(["text", *shlex.split(found.group(1))]) == 2
    assert capsys.readouterr().err.startswith(found.group(2))
