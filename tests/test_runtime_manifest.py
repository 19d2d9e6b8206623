"""Model sets that are wrong in one thing each: every one is a ModelError that names it."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest

import tiny_models
from qingyin.errors import DependencyError, ModelError, VoiceError
from qingyin.model_sets.finding import find_models, load_manifest
from qingyin.sessions import import_onnxruntime
from qingyin.synthesizer import Synthesizer
from qingyin.voices import load_voice, unknown_voice_message

Manifest = dict[str, Any]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tiny_models.build_models(tmp_path / "models")


def change(folder: Path, edit: Callable[[Manifest], None]) -> None:
    manifest = tiny_models.read_manifest(folder)
    edit(manifest)
    tiny_models.write_manifest(folder, manifest)


def graph(manifest: Manifest, name: str = "acoustic_decoder") -> Manifest:
    entry: Manifest = manifest["graphs"][name]
    return entry


CASES: list[tuple[str, Callable[[Manifest], Any], str]] = [
    ("unknown key", lambda m: m.update(colour="red"), "unknown key 'colour'"),
    ("missing key", lambda m: m.pop("hop_length"), "lacks the key 'hop_length'"),
    ("wrong type", lambda m: m.update(sample_rate="22050"), "'sample_rate'"),
    ("newer format", lambda m: m.update(format_version=9, colour="red"), "format_version 9, this qingyin reads 2"),
    ("no format", lambda m: m.pop("format_version"), "lacks the key 'format_version'"),
    ("unknown graph key", lambda m: graph(m).update(author="me"), "acoustic_decoder.*'author'"),
    (
        "encoder with context",
        lambda m: graph(m, "acoustic_encoder").update(context_frames=1),
        "context_frames",
    ),
    ("missing context", lambda m: graph(m).pop("context_frames"), "context_frames"),
    ("missing graph", lambda m: m["graphs"].pop("acoustic_decoder"), "lacks the graph 'acoustic_decoder'"),
    ("graph without slot", lambda m: m["graphs"].update(extra=graph(m)), "context_frames|extra"),
    ("default vocoder", lambda m: m.update(default_vocoder="x"), "default_vocoder 'x'"),
    ("default voice", lambda m: m.update(default_voice="x"), "default_voice 'x'"),
    ("path outside", lambda m: graph(m).update(file="../x.onnx"), "inside the model folder"),
    ("absolute path", lambda m: graph(m).update(file="/etc/passwd"), "inside the model folder"),
    ("hash form", lambda m: graph(m).update(sha256="abc"), "64 lower-case"),
    ("other symbol", lambda m: m["symbols"].__setitem__(3, "B"), "symbol 3 is 'B', this qingyin's is 'b'"),
    ("more symbols", lambda m: m["symbols"].append("click"), "is 'click', this qingyin's is None"),
    ("more tones", lambda m: m.update(tones=10), "10 tones"),
    ("boundaries", lambda m: m.update(boundaries=3), "3 boundaries"),
    ("emotion's size", lambda m: m["emotions"]["sad"].update(vector=[0.0]), "'sad'.* 'vector'.*16 numbers"),
    ("emotion's pauses", lambda m: m["emotions"]["sad"].update(pauses=0), "'sad'.* 'pauses' must be from 0.25"),
    ("emotion's key", lambda m: m["emotions"]["sad"].update(colour=1), "'sad'.*unknown key 'colour'"),
    ("slope's axis", lambda m: m.update(emotion_slope={"axis": 16, "semitones": 3.0}), "axis 16.*hold 16 numbers"),
    ("slope's key", lambda m: m.update(emotion_slope={"axis": 2}), "emotion_slope.*semitones"),
    ("kind", lambda m: graph(m, "vocoder_source_filter").update(kind="magic"), "kind 'magic'"),
    ("input name", lambda m: graph(m)["inputs"][0].update(name="h"), "its slot needs"),
    ("input dtype", lambda m: graph(m)["inputs"][0].update(dtype="int64"), "'hidden'.*int64"),
    ("fixed length", lambda m: graph(m)["outputs"][0].update(shape=["B", 100, 80]), "axis T must be dynamic"),
    ("mel count", lambda m: graph(m)["outputs"][0].update(shape=["B", "T", 100]), "axis n_mels is 100"),
    (
        "hidden size",
        lambda m: graph(m)["inputs"][0].update(shape=["B", "T", 9]),
        "hidden size is 8, the decoder's 9",
    ),
    ("damaged", lambda m: graph(m).update(sha256="0" * 64), "damaged"),
    ("tensor key", lambda m: graph(m)["inputs"][0].update(unit="Hz"), "unknown key 'unit'"),
    (
        "spectrum that does not fit",
        lambda m: graph(m, "vocoder_source_istft").update(spectrum={"n_fft": 256, "hop_length": 60}),
        "n_fft 256 and hop 60",
    ),
    ("no spectrum", lambda m: graph(m, "vocoder_source_istft").pop("spectrum"), "lacks the key 'spectrum'"),
    ("spectrum", lambda m: graph(m, "vocoder_hifigan").update(spectrum={"n_fft": 16}), "hop_length"),
]


@pytest.mark.parametrize(("edit", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_manifest_that_is_wrong_is_named(
    models: Path, edit: Callable[[Manifest], Any], message: str
) -> None:
    change(models, edit)
    with pytest.raises(ModelError, match=message) as caught:
        Synthesizer.load(models)
        Synthesizer.load(models, vocoder="source_istft")
    assert "\n" not in str(caught.value)


def test_missing_damaged_and_foreign_files(models: Path) -> None:
    path = models / "vocoder_source_filter.onnx"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"damaged.*vocoder_source_filter\.onnx.*install qingyin again"):
        Synthesizer.load(models)
    assert Synthesizer.load(models, vocoder="hifigan")  # only what is used is read
    path.unlink()
    with pytest.raises(ModelError, match="missing"):
        Synthesizer.load(models)
    (models / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="not valid JSON"):
        Synthesizer.load(models)


def test_a_file_that_is_no_graph_but_has_the_right_hash(models: Path) -> None:
    path = models / "acoustic_encoder.onnx"
    path.write_bytes(b"not a graph")
    change(models, lambda m: graph(m, "acoustic_encoder").update(sha256=tiny_models.sha256(path)))
    with pytest.raises(ModelError, match=r"acoustic_encoder\.onnx cannot be opened"):
        Synthesizer.load(models)


def test_a_graph_whose_real_inputs_differ_from_the_manifest(models: Path) -> None:
    path = models / "vocoder_hifigan.onnx"
    model = onnx.load(path)
    for node in model.graph.node:
        node.input[:] = ["mels" if name == "mel" else name for name in node.input]
    model.graph.input[0].name = "mels"
    onnx.save(model, path)
    change(models, lambda m: graph(m, "vocoder_hifigan").update(sha256=tiny_models.sha256(path)))
    with pytest.raises(ModelError, match="has inputs"):
        Synthesizer.load(models, vocoder="hifigan")


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 1, "a": 2}', "\ufeff{}", "[]"])
def test_json_that_python_would_let_through(models: Path, text: str) -> None:
    (models / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError):
        load_manifest(models)


def test_where_models_are_looked_for(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGYIN_MODELS", str(models))
    assert find_models() == models
    other = tiny_models.build_models(tmp_path / "other")
    assert find_models(other) == other
    with pytest.raises(ModelError, match="from --models"):
        find_models(tmp_path / "none")
    monkeypatch.setenv("QINGYIN_MODELS", str(tmp_path / "none"))
    with pytest.raises(ModelError, match="from QINGYIN_MODELS"):
        find_models()


def test_the_packaged_set_comes_before_the_checkout(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QINGYIN_MODELS", raising=False)
    package = tmp_path / "root" / "runtime" / "qingyin"
    package.mkdir(parents=True)
    monkeypatch.setattr("qingyin.model_sets.finding.__file__", str(package / "model_sets" / "finding.py"))
    with pytest.raises(ModelError, match="no model set found"):
        find_models()
    checkout = tiny_models.build_models(tmp_path / "root" / "onnx_models")
    assert find_models() == checkout
    packaged = tiny_models.build_models(package / "_models")
    assert find_models() == packaged


VOICE_CASES: list[tuple[Callable[[Manifest], Any], str]] = [
    (lambda v: v.update(mood="glad"), "unknown key 'mood'"),
    (lambda v: v.pop("rate"), "lacks the key 'rate'"),
    (lambda v: v.update(speaker=[0.0] * 127), "'speaker' must be a list of 128"),
    (lambda v: v.update(prosody_size=32), "has prosody_size 32, the model set 64"),
    (lambda v: v.update(gain_db=99), "'gain_db' must be from -60 to 60"),
    (lambda v: v.update(checksum="0" * 64), "checksum does not fit"),
    (lambda v: v.update(reference={"sha256": []}), "reference lacks the key 'seconds'"),
    (lambda v: v.update(emotion=["a"] * 16), "'emotion'"),
    (lambda v: v.update(rate=0), "'rate'"),
    (lambda v: v.update(pitch_range=-1), "'pitch_range'"),
    (lambda v: v.update(format_version=9), "format_version 9"),
]


@pytest.mark.parametrize(("edit", "message"), VOICE_CASES)
def test_a_saved_voice_that_is_wrong_is_named(
    models: Path, edit: Callable[[Manifest], Any], message: str
) -> None:
    voice = json.loads((models / "voices" / "yuetan.json").read_text(encoding="utf-8"))
    edit(voice)
    path = models / "mine.json"
    path.write_text(json.dumps(voice), encoding="utf-8")
    with pytest.raises(VoiceError, match=message):
        load_voice(load_manifest(models), str(path))


def test_a_voice_of_the_set_is_verified(models: Path) -> None:
    path = models / "voices" / "yuetan.json"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(ModelError, match="damaged"):
        load_voice(load_manifest(models))


def test_unknown_voice_suggests_the_nearest() -> None:
    assert unknown_voice_message("YueTann", ["yuetan", "s0150"]) == (
        "unknown voice 'YueTann'; did you mean 'yuetan'? known voices: yuetan, s0150"
    )
    assert "did you mean" not in unknown_voice_message("qqq", ["yuetan"])


def test_without_onnxruntime_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *arguments: Any, **more: Any) -> Any:
        if name == "onnxruntime":
            raise ImportError("no module named onnxruntime")
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(DependencyError, match=r"pip install qingyin\[cpu\]"):
        import_onnxruntime()
