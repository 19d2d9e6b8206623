"""A voice's name becomes a file name: whatever is typed, it is a good one or it is refused."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.errors import VoiceError
from qingyin.voice_names import check_name, key


@pytest.mark.parametrize(
    "name", ["friend", "小明", "Li_Na-2", "7", "声音" * 32, "été", "Ольга", "_x", "a" * 64, "console"]
)
def test_good_names(name: str) -> None:
    assert check_name(name) == name


def test_forms_of_one_name_are_one() -> None:
    assert check_name("e\u0301te\u0301") == "été"
    assert key("ÉTÉ") == key("e\u0301te\u0301") == "été"


@pytest.mark.parametrize(
    "name",
    ["", "..", "a/b", "a\\b", "../away", "/etc/passwd", "C:", "a.json", "a b", "a\n", "a\0", "~", "$HOME", "*", "-rf",
     "😀", "a\u202eb", "\u200b", "a" * 65, "\U00020000" * 64, "²", "½", "\ud800", "CON", "nul", "Com1", "lpt9", "aux",
     "yuetan", "YueTan"],
)  # fmt: skip
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(VoiceError):
        check_name(name, ["yuetan"])


@settings(deadline=None)
@given(st.text(max_size=80))
def test_a_name_that_is_taken_is_one_file_in_one_folder(name: str) -> None:
    try:
        checked = check_name(name)
    except VoiceError as error:
        assert str(error)
        return
    path = Path("/voices") / f"{checked}.json"
    assert path.resolve().parent == Path("/voices").resolve() and path.name == f"{checked}.json"
    assert len(path.name.encode("utf-8")) <= 255 and len(checked) <= 64
    assert unicodedata.is_normalized("NFC", checked) and check_name(checked) == checked
    assert all(character.isprintable() and not character.isspace() for character in checked)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=30))
def test_letters_and_digits_of_any_script_are_a_name(name: str) -> None:
    composed = unicodedata.normalize("NFC", name)
    if all(unicodedata.category(character) in ("Lu", "Ll", "Lo", "Nd") for character in composed):
        reserved = composed.lower() in ("con", "prn", "aux", "nul") or composed.lower()[:3] in ("com", "lpt")
        if not reserved:
            assert check_name(name) == composed
