"""VitsModel checkpoints, read back as transformers saves them, speak as whole synthesisers through the runtime."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

import tiny_models
from export.convert.command import main
from export.cpu_session import session
from export.models import hifigan
from qingyin.cli.main import main as qingyin
from qingyin.errors import DependencyError, MarkupError, ModelError, OptionError, TextError
from qingyin.model_sets.finding import load_manifest
from qingyin.synthesiser_spec import Spelling
from qingyin.synthesizer import Synthesizer
from qingyin.text.document import plain
from qingyin.text.spelling import Speller
from speechlike import RATE, speechlike
from test_convert_hostile import Payload
from test_models_store import SCHEMA

transformers = pytest.importorskip("transformers")
torch.set_num_threads(1)
LETTERS = " abcdefghijklmnopqrstuvwxyzàéţ'-一二三"
VOCABULARY = {"_": 0, **{letter: index + 1 for index, letter in enumerate(LETTERS)}}
SMALL: dict[str, Any] = {
    "vocab_size": len(VOCABULARY), "hidden_size": 32, "num_hidden_layers": 2, "ffn_dim": 48, "flow_size": 16,
    "spectrogram_bins": 65, "upsample_initial_channel": 32, "upsample_rates": [8, 4, 2],
    "upsample_kernel_sizes": [16, 8, 4], "resblock_kernel_sizes": [3, 7],
    "resblock_dilation_sizes": [[1, 3], [1, 3]], "posterior_encoder_num_wavenet_layers": 2,
    "duration_predictor_filter_channels": 24, "prior_encoder_num_flows": 2,
}  # fmt: skip


def saved(folder: Path, tokeniser: dict[str, Any] | None = None, **changes: Any) -> Any:
    """A network with lively seeded weights and its tokeniser, saved as the library saves them."""
    torch.manual_seed(7)
    network = transformers.VitsModel(transformers.VitsConfig(**{**SMALL, **changes})).eval()
    with torch.no_grad():
        for name, value in network.named_parameters():
            if name.endswith(("conv_proj.weight", "conv_post.weight", "conv_post.bias")) and "decoder" not in name:
                value.normal_(0.0, 0.3)
            elif name.endswith(("log_scale", "translate")):
                value.normal_(0.0, 0.2)
            elif name.startswith("text_encoder.project"):
                value.mul_(0.3)
            elif name == "decoder.conv_post.weight":
                value.mul_(0.2)  # else it clips, which hides differences
    network.save_pretrained(folder)
    settings = {"phonemize": False, "normalize": True, "is_uroman": False, "add_blank": True, "language": "eng"}
    (folder / "vocab_for_saving.json").write_text(json.dumps(VOCABULARY))
    made = transformers.VitsTokenizer(
        str(folder / "vocab_for_saving.json"), pad_token="_", unk_token="_", **{**settings, **(tokeniser or {})}
    )
    made.save_pretrained(folder)
    (folder / "vocab_for_saving.json").unlink()
    return network


def run(source: Path, output: Path, *arguments: str) -> int:
    return main([str(source), "--as", "synthesiser", "-o", str(output), *arguments])


KINDS: dict[str, dict[str, Any]] = {
    "one speaker": {},
    "three speakers": {"num_speakers": 3, "speaker_embedding_size": 12, "speaking_rate": 1.25},
    "deterministic durations": {
        "use_stochastic_duration_prediction": False, "wavenet_dilation_rate": 2, "window_size": 2,
        "ffn_kernel_size": 4, "num_speakers": 2, "speaker_embedding_size": 6,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Any, Path]]:
    """The network of one of KINDS and the set that it became, each made once, by hub id from cache_hub/, offline."""

    @functools.cache
    def make(kind: str) -> tuple[Any, Path]:
        folder = tmp_path_factory.mktemp("vits")
        repository = folder / "cache_hub" / "models--owner--mms-tts-xyz"
        network = saved(repository / "snapshots" / "main", **KINDS[kind])
        (folder / "source").symlink_to(repository / "snapshots" / "main")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HF_HUB_OFFLINE", "1")
            patch.chdir(folder)
            assert run(Path("owner/mms-tts-xyz"), Path("set"), "--licence", "CC-BY-NC-4.0") == 0
        return network, folder / "set"

    return make


@pytest.fixture(scope="module")
def speaking(made: Any) -> Synthesizer:
    return Synthesizer.load(made("three speakers")[1])


@contextmanager
def told_noise(durations: np.ndarray, prior: np.ndarray) -> Iterator[None]:
    """VitsModel draws these numbers: durations [B, N, 2], prior [B, T, C]."""
    drawn = torch.from_numpy(durations.transpose(0, 2, 1).copy())

    def like(means: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(prior[:, : means.shape[2]].transpose(0, 2, 1).copy())

    with mock.patch.object(torch, "randn", lambda *size: drawn), mock.patch.object(torch, "randn_like", like):
        yield


@pytest.mark.parametrize("kind", KINDS)
def test_the_waveform_is_that_of_the_class(kind: str, made: Any) -> None:
    """With the same noise, from symbols to samples, at two lengths and two batch sizes."""
    network, folder = made(kind)
    runs = {name: session(folder / f"{name}.onnx")
            for name in ("acoustic_encoder", "acoustic_decoder", "vocoder_hifigan")}  # fmt: skip
    manifest = load_manifest(folder)
    config, rng = network.config, np.random.default_rng(3)
    for batch, length in ((1, 3), (1, 27), (2, 27)):
        symbols = np.repeat(rng.integers(0, len(VOCABULARY), (1, length)), batch, 0)
        durations = np.repeat(rng.standard_normal((1, length, 2)).astype(np.float32), batch, 0)
        noise = np.repeat(rng.standard_normal((1, 4000, config.flow_size)).astype(np.float32), batch, 0)
        speaker = np.zeros((batch, manifest.speaker_size), np.float32)
        if config.num_speakers > 1:
            speaker[:] = network.embed_speaker.weight[1].detach().numpy()
        with told_noise(durations, noise), torch.inference_mode():
            number = {"speaker_id": 1} if config.num_speakers > 1 else {}
            expected = network(torch.from_numpy(symbols), **number).waveform.numpy()
        feeds = {"symbols": symbols, "speaker": speaker, "duration_noise": durations * np.float32(0.8)}
        mean, log_std, log_duration = runs["acoustic_encoder"].run(["mean", "log_std", "log_duration"], feeds)
        frames = np.ceil(np.exp(log_duration[0]) / network.speaking_rate).astype(int)
        assert len(set(frames.tolist())) > 1
        mean, log_std = np.repeat(mean, frames, 1), np.repeat(log_std, frames, 1)
        prior = mean + noise[:, : mean.shape[1]] * np.exp(log_std) * np.float32(0.667)
        (latents,) = runs["acoustic_decoder"].run(["latents"], {"prior": prior, "speaker": speaker})
        (audio,) = runs["vocoder_hifigan"].run(["audio"], {"mel": latents.transpose(0, 2, 1).copy()})
        assert audio[:, 0].shape == expected.shape
        assert np.abs(expected).max() > 0.05
        assert np.abs(audio[:, 0] - expected).max() <= 1e-4


def test_qingyin_says_it_unchanged(made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, folder = made("three speakers")
    output = tmp_path / "x.wav"
    arguments = ["say", "--models", str(folder), "--seed", "3", "Hello there, you & 二三! Is it 9 o'clock?"]
    assert qingyin([*arguments, "-o", str(output)]) == 0
    samples, rate = soundfile.read(output)
    assert rate == 16000
    assert len(samples) > 8000
    assert np.abs(samples).max() > 0.01
    said = capsys.readouterr().err
    assert "&" in said
    assert "9" in said
    assert qingyin(["info", "--models", str(folder)]) == 0
    said = capsys.readouterr().out
    assert f"vits, spells eng with {len(VOCABULARY)} symbols" in said
    assert "speaker0, speaker1, speaker2 (default speaker0)" in said
    assert "trained on   converted from owner/mms-tts-xyz (CC-BY-NC-4.0)" in said


def test_seed_speed_temperature_and_voice(speaking: Synthesizer) -> None:
    def say(**options: Any) -> np.ndarray:
        return speaking.synthesize("one two three.", **{"seed": 5, **options}).samples

    first = say()
    assert np.array_equal(first, say())
    assert not np.array_equal(first, say(seed=6)[: len(first)])
    assert np.array_equal(say(temperature=0.0), say(temperature=0.0, seed=9))
    assert len(say(speed=0.5, temperature=0)) > 1.4 * len(say(speed=2.0, temperature=0))
    assert not np.array_equal(first, say(voice="speaker2")[: len(first)])


def test_speaking_is_that_of_the_class_too(made: Any, speaking: Synthesizer) -> None:
    """Text to samples, through tokeniser and class, with the noise of the seed; the end apart, where a stream of
    chunks of a fixed grid has the last frame again behind it in place of nothing."""
    network, folder = made("three speakers")
    tokeniser = transformers.VitsTokenizer.from_pretrained(folder.parent / "source")
    text = "The quick brown fox, d'un élève à 一二"
    symbols = tokeniser(text, return_tensors="pt").input_ids
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(4, spawn_key=(0, 0))))
    durations = rng.standard_normal((1, symbols.shape[1], 2), np.float32)
    pauses = {"end": 0.0}
    found = speaking.synthesize(text, seed=4, voice="speaker1", pauses=pauses).samples
    frames = len(found) // 64
    prior = rng.standard_normal((1, frames, network.config.flow_size), np.float32)
    with told_noise(durations, prior), torch.inference_mode():
        expected = network(symbols, speaker_id=1).waveform[0].numpy()
    assert found.shape == expected.shape
    quiet = np.abs(expected) < 0.8  # above, the limiter of the runtime bends
    inner = len(found) - 64 * load_manifest(folder).vocoder_graph(None).context_frames
    assert quiet[:inner].mean() > 0.5
    assert np.abs(found - expected)[:inner][quiet[:inner]].max() <= 1e-4


def test_a_stream_is_the_whole(speaking: Synthesizer) -> None:
    text = "A first sentence, not a short one. [pause 300ms] [speed 0.7]And [volume -6]a second[/volume] one.[/speed]"
    whole = speaking.synthesize(text, seed=1).samples
    for first, later in ((1, 1), (16, 40)):
        chunks = list(speaking.stream(text, seed=1, first_chunk_frames=first, chunk_frames=later))
        assert len(chunks) > 3
        assert [chunk.last_of_sentence for chunk in chunks].count(True) == chunks[0].report.sentences
        joined = np.concatenate([chunk.samples for chunk in chunks])
        assert joined.shape == whole.shape
        assert np.abs(joined - whole).max() <= 1e-4
    pieces = speaking.synthesize(iter(["A fir", "st sentence, not a sho", "rt one. [pause 300ms] [speed 0.7]And ",
                                       "[volume -6]a second[/volume] one.[/speed]"]), seed=1)  # fmt: skip
    assert np.abs(pieces.samples - whole).max() <= 1e-4


def test_pauses_are_as_long_as_asked(speaking: Synthesizer) -> None:
    def seconds(text: str, **options: Any) -> float:
        return speaking.synthesize(text, seed=2, temperature=0.0, **options).seconds

    plain = seconds("one. two.", pauses={"。": 0.0})
    assert seconds("one. two.", pauses={"。": 500.0}) == pytest.approx(plain + 2 * 0.5 / 1.25)  # it speaks faster
    inside = seconds("one[pause 2s] two.", pauses={"。": 0.0})
    assert inside == pytest.approx(plain + 2.0)
    assert seconds("[pause 1s]one. two.", pauses={"。": 0.0}) == pytest.approx(plain + 1.0)


def test_what_it_cannot_do_is_said(speaking: Synthesizer, tmp_path: Path) -> None:
    for options, kind, message in (
        ({"pitch_semitones": 2.0}, OptionError, "no control of pitch"),
        ({"pitch_range": 0.5}, OptionError, "no control of pitch"),
        ({"emotion": "happy"}, OptionError, "known emotions: neutral"),
    ):
        with pytest.raises(kind, match=message):
            speaking.synthesize("hello", **options)
    with pytest.raises(MarkupError, match="known emotions: neutral"):
        speaking.synthesize("[emotion sad]hello[/emotion]")
    with pytest.raises(ModelError, match="cannot clone"):
        speaking.clone((speechlike(2.0), RATE))
    with pytest.raises(TextError, match="8"):
        speaking.synthesize("8 ☃ …!")
    report = speaking.synthesize("say 好[hao3] and [pitch +2]go[/pitch] ☃☃, 7!", seed=0).report
    assert [(item.text, item.position) for item in report.unspoken] == [("好", 4), ("☃☃", 37), ("7", 41)]
    assert {note.text for note in report.notes} == {"好", "g"}


ALPHABET = st.characters(codec="utf-8", exclude_characters="\n\r[]\\<&\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


@pytest.fixture(scope="module")
def romanian(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The library's tokeniser of a language in which it replaces a letter."""
    path = tmp_path_factory.mktemp("tokeniser") / "vocab.json"
    path.write_text(json.dumps(VOCABULARY))
    return transformers.VitsTokenizer(str(path), pad_token="_", unk_token="_", language="ron", phonemize=False)


@settings(max_examples=120, deadline=None)
@given(st.text(st.one_of(st.sampled_from(LETTERS + LETTERS.upper() + ",;:\u021a\u021b"), ALPHABET), max_size=40))
def test_symbols_are_those_of_the_tokeniser(romanian: Any, text: str) -> None:
    """Sentences cut and spaces apart: every character that has a symbol, in order, and no other."""
    speller = Speller(list(VOCABULARY), Spelling("ron", True, True, False, {"\u021b": "\u0163"}))
    found = [p.symbol for analysis in speller.analyse(plain(text)) for sentence in analysis.sentences
             for p in sentence.phonemes if p.syllable >= 0]  # fmt: skip
    prepared, _ = romanian.prepare_for_tokenization(text)
    assert "".join(found).replace(" ", "") == prepared.replace(" ", "")


def test_other_scripts_are_romanised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Uroman:
        def romanize_string(self, text: str) -> str:
            return {"привет, мир": "privet, mir"}[text]

    speller = Speller(list(VOCABULARY), Spelling("rus", True, True, True, {}))
    monkeypatch.setitem(sys.modules, "uroman", None)
    with pytest.raises(DependencyError, match="pip install uroman"):
        list(speller.analyse(plain("Привет, мир")))
    assert next(speller.analyse(plain("plain letters need nothing"))).sentences
    monkeypatch.setitem(sys.modules, "uroman", SimpleNamespace(Uroman=Uroman))
    (analysis,) = speller.analyse(plain("Привет, мир"))
    assert "".join(p.symbol for p in analysis.sentences[0].phonemes if p.syllable >= 0) == "privet mir"
    assert not analysis.unspoken


def test_the_schema_knows_it(made: Any) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(tiny_models.read_manifest(made("one speaker")[1]))


def test_it_makes_a_set_of_its_own(
    made: Any, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = made("one speaker")[1].parent / "source"
    assert run(source, tmp_path / "set", "--base", str(models)) == 2
    assert "a set of its own" in capsys.readouterr().err
    published = hifigan.HifiganConfig.from_dict({**hifigan.V2.to_dict(), "upsample_initial_channel": 16})
    hifigan.save_checkpoint(hifigan.HifiganGenerator(published), tmp_path / "g_1")
    own = shutil.copytree(made("one speaker")[1], tmp_path / "own")
    assert main([str(tmp_path / "g_1"), "--as", "vocoder", "--name", "other", "-o", str(own)]) == 2
    assert "n_mels: the source has 80, the set 16" in capsys.readouterr().err


def change(file: str, **values: Any) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        path = folder / file
        path.write_text(json.dumps({**json.loads(path.read_text()), **values}))

    return make


def weights(changed: Callable[[dict[str, torch.Tensor]], Any]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        values = load_file(folder / "model.safetensors")
        changed(values)
        save_file(values, folder / "model.safetensors")

    return make


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    torch.save({"state_dict": Payload(str(folder / "RAN"))}, folder / "pytorch_model.bin")


FLOW = "flow.flows.0.conv_pre.weight"
HOSTILE: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a pickle with a call": (pickled, "nothing of it was run"),
    "no weights": (lambda folder: (folder / "model.safetensors").unlink(), "neither model.safetensors nor"),
    "cut off": (lambda folder: os.truncate(folder / "model.safetensors", 9999), "damaged or truncated"),
    "NaN": (weights(lambda w: w[FLOW].fill_(float("nan"))), f"{FLOW}: 256 of 256"),
    "whole numbers": (weights(lambda w: w.update({FLOW: w[FLOW].long()})), "torch.int64"),
    "another shape": (weights(lambda w: w.update({FLOW: w[FLOW][:3].clone()})), "shape [3, 8, 1]"),
    "a missing tensor": (weights(lambda w: w.pop(FLOW)), f"{FLOW}: missing"),
    "an unknown tensor": (weights(lambda w: w.update(evil=torch.zeros(1))), "evil: unknown"),
    "another class": (change("config.json", architectures=["BertModel"]), "is of BertModel"),
    "an enormous size": (change("config.json", vocab_size=2**40), "vocab_size is 1099511627776"),
    "layers without end": (change("config.json", num_hidden_layers=10**6), "num_hidden_layers is 1000000"),
    "a negative size": (change("config.json", hidden_size=-32), "config.json"),
    "text for a size": (change("config.json", hidden_size="wide"), "config.json"),
    "an odd latent": (change("config.json", flow_size=15), "config"),
    "another slope": (change("config.json", leaky_relu_slope=0.2), "leaky_relu_slope"),
    "noise without end": (change("config.json", noise_scale=1e30), "noise_scale"),
    "an impossible rate": (change("config.json", speaking_rate=0), "speaking_rate"),
    "phonemes of eSpeak": (change("tokenizer_config.json", phonemize=True), "phonemes of eSpeak"),
    "a flag that is none": (change("tokenizer_config.json", add_blank="yes"), "add_blank must be true or false"),
    "no tokeniser": (lambda folder: (folder / "tokenizer_config.json").unlink(), "tokenizer_config.json"),
    "no vocabulary": (lambda folder: (folder / "vocab.json").unlink(), "vocab.json"),
    "more symbols than the model": (change("vocab.json", ω=99), f"the model {len(VOCABULARY)}"),
    "two symbols of one number": (change("vocab.json", ω=1), "a number of its own"),
    "symbols without numbers": (change("vocab.json", ω="a"), "a number of its own"),
    "a vocabulary of phrases": (
        lambda folder: (folder / "vocab.json").write_text('{"hello": 0, "world": 1}'), "no single letter"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_sources_are_refused(
    case: str, made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, reason = HOSTILE[case]
    source = Path(shutil.copytree(made("one speaker")[1].parent / "source", tmp_path / "source"))
    damage(source)
    assert run(source, tmp_path / "set") == 2
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "set").exists()
    assert not (source / "RAN").exists()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("synthesiser", "kind"), "vits9", "is of kind 'vits9'"),
        (("synthesiser", "noise"), -1.0, "'noise' must be from 0 to 10"),
        (("synthesiser", "text", "blank"), 1, "'blank' must be true or false"),
        (("synthesiser", "text", "replace"), {"ab": "c"}, "single characters"),
        (("synthesiser", "text", "evil"), 1, "unknown key 'evil'"),
    ],
)
def test_manifests_that_lie_are_refused(
    path: tuple[str, ...], value: Any, message: str, made: Any, tmp_path: Path
) -> None:
    folder = shutil.copytree(made("one speaker")[1], tmp_path / "set")
    manifest = tiny_models.read_manifest(folder)
    place = manifest
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    tiny_models.write_manifest(folder, manifest)
    with pytest.raises(ModelError, match=message):
        load_manifest(folder)
