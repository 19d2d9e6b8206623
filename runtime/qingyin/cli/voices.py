"""Exists to carry out `qingyin voices`: list, add, show, remove, export, import."""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
import unicodedata
from pathlib import Path

from qingyin.consent import confirm_right, yes
from qingyin.errors import QingyinError, VoiceError
from qingyin.manifest import Manifest
from qingyin.model_sets.finding import load_manifest
from qingyin.strict import parse_json
from qingyin.voice_names import check_name, key
from qingyin.voice_store import (
    MAX_BYTES,
    find_stored,
    read_voice_file,
    remove,
    save_bytes,
    stored_voices,
    taken,
    write_file,
)
from qingyin.voices import load_voice, parse_voice, unknown_voice_message, vector_sizes, voice_bytes

_MAX_DESCRIPTION = 500  # characters


def voices(arguments: argparse.Namespace) -> None:
    """Carries out the chosen action. Errors: QingyinError."""
    manifest = load_manifest(arguments.models)
    _ACTIONS[arguments.action](arguments, manifest)


def _list(arguments: argparse.Namespace, manifest: Manifest) -> None:
    """One line per voice; * marks the default, + the user's own."""
    own = stored_voices()
    width = max(_columns(name) for name in [*manifest.voices, *own])
    for name in manifest.voices:
        voice = load_voice(manifest, name)
        mark = "*" if name == manifest.default_voice else " "
        print(f"{mark} {_padded(name, width)}  {voice.language}  {voice.description} ({voice.licence}; {voice.source})")
    bundled = {key(name) for name in manifest.voices}
    for name in own:
        if key(name) in bundled:
            print(f"! {_padded(name, width)}  hidden by the bundled voice; export it and import it --as another name")
            continue
        try:
            voice = load_voice(manifest, name)
        except QingyinError as error:
            print(f"! {_padded(name, width)}  {error}")
            continue
        added = f"; added {voice.provenance.added}" if voice.provenance else ""
        print(f"+ {_padded(name, width)}  {voice.language}  {_printable(voice.description)} (your own{added})")


def _show(arguments: argparse.Namespace, manifest: Manifest) -> None:
    voice = load_voice(manifest, arguments.name)
    rows = [
        ("name", voice.name),
        ("description", voice.description),
        ("language", voice.language),
        ("pitch", f"{math.exp(voice.pitch_mean_ln_hz):.0f} Hz, range x {voice.pitch_range:g}"),
        ("rate", f"x {voice.rate:g}"),
        ("gain", f"{voice.gain_db:+.1f} dB"),
        ("licence", voice.licence),
        ("source", voice.source),
    ]
    if voice.provenance is not None:
        origin = voice.provenance
        rows += [("added", origin.added), ("speech", f"{origin.seconds:.1f} s")]
        rows += [("reference", f"sha256 {digest}") for digest in origin.sha256]
        rows += [("right to use", origin.consent_text if origin.consent else "not confirmed")]
    if arguments.name not in manifest.voices and (path := find_stored(arguments.name)) is not None:
        rows.append(("file", str(path)))
    rows += [("note", note) for note in voice.notes]
    for title, value in rows:
        print(f"{title:<13} {_printable(value)}")


def _add(arguments: argparse.Namespace, manifest: Manifest) -> None:
    """What costs nothing is checked first: name, place, consent, recordings; then the models are loaded."""
    name = _free_name(arguments.name, manifest, arguments.replace)
    description = _description(arguments.description)
    consent_text = confirm_right(name, arguments.yes_i_have_the_right)

    from qingyin.references.reference import load_reference
    from qingyin.synthesizer import Synthesizer

    references = [load_reference(Path(path)) for path in arguments.recordings]
    synthesizer = Synthesizer.load(arguments.models, None, arguments.threads)
    voice = synthesizer.clone(references, name=name)
    for note in voice.notes:
        print(f"qingyin: warning: {note}", file=sys.stderr)
    assert voice.provenance is not None  # clone() says where it comes from
    provenance = dataclasses.replace(voice.provenance, consent=True, consent_text=consent_text)
    voice = dataclasses.replace(voice, description=description or voice.description, provenance=provenance)
    save_bytes(name, voice_bytes(voice), arguments.replace)
    print(f"{name}: {provenance.seconds:.1f} s of speech, {math.exp(voice.pitch_mean_ln_hz):.0f} Hz")
    print(f'say it with: qingyin say "你好" --voice {name}')


def _remove(arguments: argparse.Namespace, manifest: Manifest) -> None:
    name = arguments.name
    if find_stored(name) is None:
        if key(name) in map(key, manifest.voices):
            raise VoiceError(f"{name!r} is a bundled voice, which cannot be removed")
        raise VoiceError(unknown_voice_message(name, list(stored_voices()) or ["(none of your own)"]))
    if not arguments.yes and not yes(
        f"Remove the voice {name!r}? [yes/no] ", f"to remove {name!r} without being asked, use --yes"
    ):
        raise VoiceError(f"{name!r} was not removed")
    remove(name)


def _export(arguments: argparse.Namespace, manifest: Manifest) -> None:
    content = voice_bytes(load_voice(manifest, arguments.name))
    if arguments.file == "-":
        sys.stdout.buffer.write(content)
        return
    path = Path(arguments.file).expanduser()
    try:
        write_file(path, content, replace=arguments.replace)
    except FileExistsError:
        raise VoiceError(f"{path} exists; choose another file, or replace it with --replace") from None
    except OSError as error:
        raise VoiceError(f"cannot write {path}: {error.strerror}; choose another place") from None


def _import(arguments: argparse.Namespace, manifest: Manifest) -> None:
    if arguments.file == "-":
        where = "standard input"
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise VoiceError(f"{where} is larger than {MAX_BYTES // 1_000_000} MB, so it is no voice file")
        value = parse_json(data, where, VoiceError)
    else:
        where = arguments.file
        value = read_voice_file(Path(where).expanduser())
    voice = parse_voice(value, vector_sizes(manifest), where)
    try:
        name = _free_name(voice.name if arguments.name is None else arguments.name, manifest, arguments.replace)
    except VoiceError as error:
        if arguments.name is not None:
            raise
        raise VoiceError(f"{error}, with --as NAME") from None
    save_bytes(name, voice_bytes(dataclasses.replace(voice, name=name)), arguments.replace)
    print(f"{name}: {_printable(voice.description)}")
    if voice.provenance is not None and not voice.provenance.consent:
        print(f"qingyin: warning: nobody confirmed the right to use the voice {name!r}", file=sys.stderr)


def _free_name(name: str, manifest: Manifest, replace: bool) -> str:
    checked = check_name(name, manifest.voices)
    if not replace and find_stored(checked) is not None:
        raise taken(checked)
    return checked


def _description(text: str | None) -> str:
    if text is None:
        return ""
    if len(text) > _MAX_DESCRIPTION:
        raise VoiceError(f"the description has {len(text)} characters; at most {_MAX_DESCRIPTION} are kept")
    return " ".join(text.split())


def _columns(text: str) -> int:
    """Columns of a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - _columns(text))


def _printable(text: str) -> str:
    """Text from a file that somebody else may have written: nothing in it may steer the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


_ACTIONS = {
    "list": _list, "add": _add, "show": _show, "remove": _remove, "export": _export, "import": _import,
}  # fmt: skip
