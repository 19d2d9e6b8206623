"""The user's voices: where they lie, that a file is whole or not there, and that nobody else's is touched."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from qingyin import voice_store
from qingyin.errors import VoiceError
from qingyin.model_sets.finding import load_manifest
from qingyin.synthesizer import Synthesizer
from qingyin.voice_store import find_stored, remove, save_bytes, stored_voices, voices_folder
from qingyin.voices import Provenance, Voice, load_voice, parse_voice, read_voice, vector_sizes, voice_bytes

PROVENANCE = Provenance(("a" * 64, "b" * 64), 12.5, "2026-01-31", True, "I may.", "c" * 64)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QINGYIN_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "voices"


@pytest.fixture
def voice(models: Path) -> Voice:
    return dataclasses.replace(load_voice(load_manifest(models)), name="朋友", provenance=PROVENANCE)


def test_a_voice_comes_back_as_it_was(models: Path, voice: Voice, home: Path) -> None:
    path = save_bytes("朋友", voice_bytes(voice))
    assert path == home / "朋友.json"
    found = load_voice(load_manifest(models), "朋友")
    assert found.provenance is not None and found.provenance == PROVENANCE
    for field in dataclasses.fields(Voice):
        before, after = getattr(voice, field.name), getattr(found, field.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_allclose(after, before, atol=1e-6)
        elif field.name != "notes":
            assert after == before, field.name
    assert voice_bytes(found) == path.read_bytes()
    assert np.array_equal(
        *(Synthesizer.load(models).synthesize("你好。", voice=v, seed=1).samples for v in ("朋友", str(path)))
    )


def test_made_with_other_models_is_a_remark(models: Path, voice: Voice) -> None:
    manifest = load_manifest(models)
    save_bytes("a", voice_bytes(voice))
    assert "made with other models" in load_voice(manifest, "a").notes[0]
    report = Synthesizer.load(models).synthesize("你好。", voice="a").report
    assert report.warnings == list(load_voice(manifest, "a").notes)
    same = dataclasses.replace(PROVENANCE, encoder=manifest.graphs["speaker_encoder"].sha256)
    save_bytes("b", voice_bytes(dataclasses.replace(voice, provenance=same)))
    assert load_voice(manifest, "b").notes == ()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_owner_may_read(voice: Voice, home: Path) -> None:
    path = save_bytes("a", voice_bytes(voice))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(home.stat().st_mode) == 0o700


def test_nothing_is_overwritten_unless_asked(home: Path) -> None:
    save_bytes("Anna", b"first")
    for name in ("Anna", "anna", "ANNA"):
        with pytest.raises(VoiceError, match="already"):
            save_bytes(name, b"second")
    assert [path.name for path in home.iterdir()] == ["Anna.json"] and find_stored("aNNa") == home / "Anna.json"
    save_bytes("anna", b"second", replace=True)
    assert list(stored_voices()) == ["anna"] and (home / "anna.json").read_bytes() == b"second"


def test_a_write_that_fails_leaves_the_old_and_nothing_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_bytes("a", b"first")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(voice_store.os, "fsync", full)
    for name, replace in (("a", True), ("b", False)):
        with pytest.raises(VoiceError, match="No space left"):
            save_bytes(name, b"second", replace)
    assert [path.name for path in home.iterdir()] == ["a.json"] and (home / "a.json").read_bytes() == b"first"


def test_a_race_for_a_name_has_one_winner(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir(parents=True)
    real = os.link

    def slow(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"the other's")
        real(source, target)

    monkeypatch.setattr(voice_store.os, "link", slow)
    with pytest.raises(VoiceError, match="already"):
        save_bytes("a", b"mine")
    assert (home / "a.json").read_bytes() == b"the other's" and len(list(home.iterdir())) == 1


def test_without_links_it_is_kept_as_well(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(voice_store.os, "link", refuse)
    save_bytes("a", b"first")
    assert (home / "a.json").read_bytes() == b"first" and len(list(home.iterdir())) == 1


@pytest.mark.parametrize("name", ["../a", "a/b", "", "con"])
def test_paths_are_no_names(name: str, models: Path, home: Path) -> None:
    with pytest.raises(VoiceError):
        save_bytes(name, b"x")
    with pytest.raises(VoiceError):
        remove(name)
    with pytest.raises(VoiceError, match="unknown voice"):
        load_voice(load_manifest(models), name)
    assert not home.exists()


def test_what_is_no_voice_is_left_alone(home: Path) -> None:
    save_bytes("a", b"x")
    for name in ("notes.txt", "b c.json", ".hidden.json", "CON.json", "d.JSON"):
        (home / name).write_text("", encoding="utf-8")
    assert list(stored_voices()) == ["a"]
    remove("A")
    assert not stored_voices() and len(list(home.iterdir())) == 5
    with pytest.raises(VoiceError, match="no voice 'a' of your own"):
        remove("a")


def test_a_folder_that_cannot_be_is_an_error_that_says_so(home: Path) -> None:
    assert stored_voices() == {}
    home.parent.mkdir()
    home.write_text("a file", encoding="utf-8")
    for action in (lambda: save_bytes("a", b"x"), stored_voices):
        with pytest.raises(VoiceError, match="QINGYIN_HOME"):
            action()


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"QINGYIN_HOME": "/q"}, "/q/voices"),
        ("linux", {"XDG_DATA_HOME": "/d"}, "/d/qingyin/voices"),
        ("linux", {"XDG_DATA_HOME": "relative"}, "/home/me/.local/share/qingyin/voices"),
        ("linux", {}, "/home/me/.local/share/qingyin/voices"),
        ("darwin", {}, "/home/me/Library/Application Support/qingyin/voices"),
        ("darwin", {"XDG_DATA_HOME": "/d"}, "/d/qingyin/voices"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/qingyin/voices"),
        ("win32", {}, "/home/me/AppData/Local/qingyin/voices"),
    ],
)
def test_where_voices_lie(
    platform: str, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QINGYIN_HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert voices_folder() == Path(expected)


def test_damage_and_foreign_files_are_named(models: Path, voice: Voice, tmp_path: Path) -> None:
    manifest = load_manifest(models)
    path = save_bytes("a", voice_bytes(voice))
    path.write_text(path.read_text(encoding="utf-8").replace('"I may."', '"I may not."'), encoding="utf-8")
    with pytest.raises(VoiceError, match="checksum does not fit"):
        load_voice(manifest, "a")
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (voice_store.MAX_BYTES + 1))
    with pytest.raises(VoiceError, match="larger than 1 MB"):
        read_voice(large, manifest)
    with pytest.raises(VoiceError, match="cannot be read"):
        read_voice(tmp_path / "none.json", manifest)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sha256": []}, "'sha256'"),
        ({"sha256": ["A" * 64]}, "'sha256'"),
        ({"seconds": "5"}, "'seconds'"),
        ({"added": "yesterday"}, "'added' must be a date"),
        ({"consent": True}, "consent must be an object"),
        ({"consent": {"given": "yes", "text": ""}}, "'given' must be true or false"),
        ({"path": "/home/me/ref.wav"}, "unknown key 'path'"),
        ({"encoder": "x"}, "'encoder'"),
    ],
)
def test_a_reference_that_is_wrong_is_named(models: Path, voice: Voice, change: dict, message: str) -> None:
    value = json.loads(voice_bytes(voice))
    del value["checksum"]
    value["reference"].update(change)
    with pytest.raises(VoiceError, match=message):
        parse_voice(value, vector_sizes(load_manifest(models)), "friend.json")
