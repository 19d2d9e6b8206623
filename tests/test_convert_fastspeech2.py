"""FastSpeech 2 checkpoints speak here: held against the network written out once more, from its state_dict alone."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from torch import Tensor
from torch.nn import functional as F

import tiny_models
from export.convert.command import main
from export.convert.fastspeech2_symbols import table
from export.models import hifigan
from export.models.fastspeech2 import Fastspeech2
from export.models.fastspeech2_config import Fastspeech2Config
from qingyin.errors import ModelError, OptionError
from qingyin.options import SynthesisOptions
from qingyin.synthesizer import Synthesizer
from qingyin.text import analyse

torch.set_num_threads(1)
WIDTH, HEADS = 32, 2
STATS = {"pitch": [-2.8, 11.0, 215.8, 53.6], "energy": [-1.6, 6.8, 59.4, 36.6]}
SPEAKERS = {"SSB0005": 0, "SSB0009": 1, "SSB0011": 2}


def model_yaml(**changes: Any) -> dict[str, Any]:
    sizes = {f"{half}_{name}": value for half in ("encoder", "decoder")
             for name, value in (("layer", 2), ("head", HEADS), ("hidden", WIDTH), ("dropout", 0.2))}  # fmt: skip
    return {
        "transformer": {**sizes, "conv_filter_size": 64, "conv_kernel_size": [9, 1]},
        "variance_predictor": {"filter_size": 48, "kernel_size": 3, "dropout": 0.5},
        "variance_embedding": {"pitch_quantization": "linear", "energy_quantization": "linear", "n_bins": 64},
        "gst": {"use_gst": False}, "multi_speaker": True, "max_seq_len": 100,
        "vocoder": {"model": "HiFi-GAN", "speaker": "universal"}, **changes,
    }  # fmt: skip


def preprocess_yaml(
    pitch: str = "phoneme_level", energy: str = "phoneme_level", language: str = "zh"
) -> dict[str, Any]:
    return {
        "dataset": "AISHELL3",
        "preprocessing": {
            "text": {"text_cleaners": [], "language": language},
            "audio": {"sampling_rate": 22050, "max_wav_value": 32768.0},
            "stft": {"filter_length": 1024, "hop_length": 256, "win_length": 1024},
            "mel": {"n_mel_channels": 80, "mel_fmin": 0, "mel_fmax": 8000},
            "pitch": {"feature": pitch, "normalization": True}, "energy": {"feature": energy, "normalization": True},
        },
    }  # fmt: skip


def saved(folder: Path, model: dict[str, Any], preprocess: dict[str, Any]) -> dict[str, Tensor]:
    """A training's folder: seeded weights under the published names, the optimiser beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    speakers = SPEAKERS if model["multi_speaker"] else {}
    config = Fastspeech2Config.from_dicts(model, preprocess, STATS, len(speakers))
    torch.manual_seed(2)
    network = Fastspeech2(config, 361)
    with torch.no_grad():
        for name in ("pitch", "energy"):
            bins = getattr(network.variance_adaptor, f"{name}_bins")
            bins.copy_(torch.linspace(*STATS[name][:2], len(bins)))
            getattr(network.variance_adaptor, f"{name}_predictor").linear_layer.weight.mul_(4.0)
        network.variance_adaptor.duration_predictor.linear_layer.bias.fill_(2.0)
        for norm in (convolution[1] for convolution in network.postnet.convolutions):
            norm.running_mean.normal_()
            norm.running_var.uniform_(0.5, 2.0)
    state = network.state_dict()
    torch.save({"model": state, "optimizer": {"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": []}},
               folder / "600000.pth.tar")  # fmt: skip
    for name, value in (("model.yaml", model), ("preprocess.yaml", preprocess)):
        (folder / name).write_text(yaml.safe_dump(value))
    (folder / "stats.json").write_text(json.dumps(STATS))
    if speakers:
        (folder / "speakers.json").write_text(json.dumps(speakers))
    return state


class Written:
    """The implementation's forward pass, without its classes: one sentence, no mask."""

    def __init__(self, state: dict[str, Tensor], pitch: str, energy: str) -> None:
        self.state, self.pitch_level, self.energy_level = state, pitch, energy

    def linear(self, x: Tensor, name: str) -> Tensor:
        return F.linear(x, self.state[f"{name}.weight"], self.state[f"{name}.bias"])

    def conv(self, x: Tensor, name: str) -> Tensor:
        weight = self.state[f"{name}.weight"]
        return F.conv1d(x.T[None], weight, self.state[f"{name}.bias"], padding=weight.shape[2] // 2)[0].T

    def norm(self, x: Tensor, name: str) -> Tensor:
        return F.layer_norm(x, (x.shape[1],), self.state[f"{name}.weight"], self.state[f"{name}.bias"])

    def blocks(self, x: Tensor, name: str) -> Tensor:
        place = np.arange(len(x))[:, None] / np.power(10000, 2 * (np.arange(WIDTH) // 2) / WIDTH)
        table = np.where(np.arange(WIDTH) % 2, np.cos(place), np.sin(place))
        if len(x) <= 100:  # what the checkpoint holds is this very table
            assert np.allclose(table, self.state[f"{name}.position_enc"][0, : len(x)], atol=1e-6)
        x = x + torch.from_numpy(table.astype(np.float32))
        for layer in range(2):
            at = f"{name}.layer_stack.{layer}"
            heads = [self.linear(x, f"{at}.slf_attn.w_{k}s").reshape(len(x), HEADS, -1) for k in "qkv"]
            scores = torch.einsum("ihd,jhd->hij", heads[0], heads[1]) / math.sqrt(WIDTH / HEADS)
            joined = torch.einsum("hij,jhd->ihd", torch.softmax(scores, 2), heads[2]).reshape(len(x), WIDTH)
            x = self.norm(self.linear(joined, f"{at}.slf_attn.fc") + x, f"{at}.slf_attn.layer_norm")
            inner = self.conv(torch.relu(self.conv(x, f"{at}.pos_ffn.w_1")), f"{at}.pos_ffn.w_2")
            x = self.norm(inner + x, f"{at}.pos_ffn.layer_norm")
        return x

    def predicted(self, x: Tensor, name: str) -> Tensor:
        at = f"variance_adaptor.{name}_predictor"
        for layer in (1, 2):
            x = torch.relu(self.conv(x, f"{at}.conv_layer.conv1d_{layer}.conv"))
            x = self.norm(x, f"{at}.conv_layer.layer_norm_{layer}")
        return self.linear(x, f"{at}.linear_layer")[:, 0]

    def embedded(self, x: Tensor, name: str) -> Tensor:
        value = self.predicted(x, name)
        bucket = torch.bucketize(value, self.state[f"variance_adaptor.{name}_bins"])
        assert len(set(bucket.tolist())) > 1
        return x + self.state[f"variance_adaptor.{name}_embedding.weight"][bucket]

    def mel(self, ids: list[int], speaker: int | None) -> tuple[Tensor, Tensor]:
        """Mel [T, 80] and frames [N]; a phoneme has at least two, as the runtime speaks it."""
        x = self.blocks(self.state["encoder.src_word_emb.weight"][ids], "encoder")
        if speaker is not None:
            x = x + self.state["speaker_emb.weight"][speaker]
        frames = torch.clamp(torch.round(torch.exp(self.predicted(x, "duration")) - 1), min=2).long()
        levels = {"pitch": self.pitch_level, "energy": self.energy_level}
        for level in ("phoneme_level", "frame_level"):
            if level == "frame_level":
                x = x.repeat_interleave(frames, 0)
            for name in ("pitch", "energy"):
                if levels[name] == level:
                    x = self.embedded(x, name)
        mel = self.linear(self.blocks(x, "decoder"), "mel_linear")
        y = mel.T[None]
        for layer in range(5):
            at = f"postnet.convolutions.{layer}"
            y = F.conv1d(y, self.state[f"{at}.0.conv.weight"], self.state[f"{at}.0.conv.bias"], padding=2)
            y = F.batch_norm(y, self.state[f"{at}.1.running_mean"], self.state[f"{at}.1.running_var"],
                             self.state[f"{at}.1.weight"], self.state[f"{at}.1.bias"])  # fmt: skip
            y = torch.tanh(y) if layer < 4 else y
        return y[0].T + mel, frames


def spoken_mel(synthesizer: Synthesizer, text: str, voice: str) -> tuple[np.ndarray, list[str], np.ndarray]:
    """What the runtime's own acoustic stage makes of a sentence, its pauses left to the model; its symbols; frames."""
    sentence = analyse(text).sentences[0]
    acoustic = synthesizer.acoustic
    assert acoustic.symbol_map is not None
    symbols = [phoneme.symbol for phoneme in acoustic.symbol_map.translated(sentence.phonemes)]
    chosen = synthesizer.voice(voice)
    emotion = synthesizer.emotion_for(chosen, SynthesisOptions())
    plan = acoustic.plan(sentence, chosen, emotion, SynthesisOptions(question_rise_semitones=0,
                         final_lowering_semitones=0), np.random.default_rng(1))  # fmt: skip
    mel = np.concatenate([frames.mel for frames in acoustic.decode(plan, 32, 64)])
    return mel, symbols, np.bincount(plan.phoneme)


@pytest.mark.parametrize(
    ("pitch", "energy", "speakers"),
    [
        ("phoneme_level", "phoneme_level", True), ("frame_level", "frame_level", False),
        ("phoneme_level", "frame_level", True),
    ],
)  # fmt: skip
def test_the_runtime_speaks_what_the_network_says(
    pitch: str, energy: str, speakers: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = saved(tmp_path / "source", model_yaml(multi_speaker=speakers), preprocess_yaml(pitch, energy))
    output = str(tmp_path / "set")
    assert main([str(tmp_path / "source"), "--as", "acoustic", "-o", output]) == 0
    config = hifigan.HifiganConfig.from_dict({**hifigan.V2.to_dict(), "upsample_initial_channel": 16})
    hifigan.save_checkpoint(hifigan.HifiganGenerator(config), tmp_path / "g_1")
    assert main([str(tmp_path / "g_1"), "--as", "vocoder", "-o", output]) == 0
    synthesizer = Synthesizer.load(tmp_path / "set")
    assert synthesizer.voices == (tuple(name.lower() for name in SPEAKERS) if speakers else ("speaker",))
    monkeypatch.setattr("qingyin.acoustic.model._pause_ms", lambda phoneme, emotion: None)
    ids = {symbol: index for index, symbol in enumerate(table())}
    for text in ("我爱北京。", "今天天气真好，我们去公园走走，儿子也要一起去玩。"):
        mel, symbols, lengths = spoken_mel(synthesizer, text, synthesizer.voices[-1])
        expected, frames = Written(state, pitch, energy).mel([ids[s] for s in symbols], 2 if speakers else None)
        assert lengths.tolist() == frames.tolist()
        assert np.abs(mel - expected.numpy()).max() <= 1e-4


def test_symbols_are_those_of_its_lexicon(tmp_path: Path) -> None:
    """Lines of the training's own transcripts: y and w before i, u, ü; er is e and rr; ii and iii stay apart."""
    saved(tmp_path / "source", model_yaml(), preprocess_yaml())
    assert main([str(tmp_path / "source"), "--as", "acoustic", "-o", str(tmp_path / "set")]) == 0
    manifest = tiny_models.read_manifest(tmp_path / "set")
    from qingyin.acoustic.symbol_map import SymbolMap, parse_symbol_map

    lines = (tmp_path / "set" / "symbol_map.tsv").read_text(encoding="utf-8").splitlines()
    mapped = SymbolMap(parse_symbol_map(lines, frozenset(manifest["symbols"]), "map", ValueError))
    for text, wanted in {
        "我们": "w uo3 m en5", "圆月": "y van2 y ve4", "日子": "r iii4 z ii5", "十二": "sh iii2 e4 rr", "女": "n v3",
        "一亿": "y i2 y i4", "小孩儿": "x iao3 h ai2 rr", "安": "an1", "有用": "y iou3 y iong4", "翁": "w uen1",
    }.items():  # fmt: skip
        phonemes = [p for p in analyse(text).sentences[0].phonemes if p.syllable >= 0]
        said = [p.symbol.removeprefix("@") for p in mapped.translated(phonemes)]
        assert said == wanted.split(), text
    english = analyse("好world").sentences[0].phonemes
    assert mapped.unknown(english) == {1}


def test_english_config(tmp_path: Path) -> None:
    saved(tmp_path / "source", model_yaml(multi_speaker=False), preprocess_yaml("frame_level", "frame_level", "en"))
    assert main([str(tmp_path / "source"), "--as", "acoustic", "-o", str(tmp_path / "set")]) == 0
    rows = (tmp_path / "set" / "symbol_map.tsv").read_text(encoding="utf-8")
    assert "AH\t6\t*\t@AH0\n" in rows
    assert "\nzh\t" not in rows


def test_pitch_moves_and_emotions_are_refused(tmp_path: Path) -> None:
    saved(tmp_path / "source", model_yaml(), preprocess_yaml())
    output = str(tmp_path / "set")
    assert main([str(tmp_path / "source"), "--as", "acoustic", "-o", output, "--speaker", "SSB0009"]) == 0
    hifigan.save_checkpoint(hifigan.HifiganGenerator(hifigan.V3), tmp_path / "g_1")
    assert main([str(tmp_path / "g_1"), "--as", "vocoder", "-o", output]) == 0
    synthesizer = Synthesizer.load(output)
    assert synthesizer.voices == ("ssb0009",)
    sentence = analyse("你好。").sentences[0]
    voice, acoustic = synthesizer.voice(), synthesizer.acoustic
    f0 = []
    for semitones in (0.0, 12.0):
        options = SynthesisOptions(pitch_semitones=semitones)
        emotion = synthesizer.emotion_for(voice, options)
        plan = acoustic.plan(sentence, voice, emotion, options, np.random.default_rng(0))
        f0.append(np.concatenate([frames.f0_hz for frames in acoustic.decode(plan, 32, 64)]))
    assert f0[1] == pytest.approx(2 * f0[0], rel=1e-3)
    with pytest.raises(OptionError, match="known emotions: neutral"):
        synthesizer.synthesize("你好。", emotion="happy")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "stats.json").unlink(), "stats.json"),
        (lambda folder: (folder / "speakers.json").write_text('{"a": 0}'), "speaker_emb.weight: shape"),
        (lambda folder: (folder / "model.yaml").write_text("transformer: !!python/name:os.system x"), "plain YAML"),
        (lambda folder: (folder / "symbols.txt").write_text("a\nb\n"), "the model has 361 symbols"),
        (lambda folder: (folder / "symbol_map.tsv").write_text("sil\t0\t*\t@nothing\n"), "line 1"),
        (lambda folder: (folder / "preprocess.yaml").write_text("preprocessing: 3"), "preprocess.yaml"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    damage: Any, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved(tmp_path / "source", model_yaml(), preprocess_yaml())
    damage(tmp_path / "source")
    assert main([str(tmp_path / "source"), "--as", "acoustic", "-o", str(tmp_path / "set")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "set").exists()


def test_a_damaged_map_of_a_model_set_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "source", model_yaml(), preprocess_yaml())
    output = tmp_path / "set"
    assert main([str(tmp_path / "source"), "--as", "acoustic", "-o", str(output)]) == 0
    hifigan.save_checkpoint(hifigan.HifiganGenerator(hifigan.V3), tmp_path / "g_1")
    assert main([str(tmp_path / "g_1"), "--as", "vocoder", "-o", str(output)]) == 0
    (output / "symbol_map.tsv").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match=r"symbol map symbol_map\.tsv is damaged"):
        Synthesizer.load(output)
