"""Real inputs for every graph, so that parity and precision are judged on speech and not on noise."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from export.example_inputs import Array
from export.features import HOP, SAMPLE_RATE
from export.graph_spec import GraphSpec
from export.graphs import specs_from_checkpoints
from export.manifest import SIZES
from export.models.excitation import pulse_train
from export.models.hifigan_istft import source_features
from export.parity import run_torch
from export.real_speech import of_corpora, of_files, read_recording
from export.set_inputs import Runs, collect_runs, write_runs
from export.voices import check_voice
from qingyin.acoustic.length_regulator import expand, phoneme_frames
from qingyin.errors import QingyinError
from qingyin.text import analyse
from qingyin.voices import Voice

TEXT = (
    "今天天气真好，我们去公园走走吧。你昨天晚上为什么没有来？老师让学生把窗户打开，教室里一下子凉快了许多。"
    "这本书我看了三遍，还是不太懂。快点儿，火车要开了！他从小就喜欢音乐，后来成了一名钢琴家。"
)
FRAME_MS = 1000.0 * HOP / SAMPLE_RATE


def encoder_inputs(text: str, prosody: Array) -> tuple[dict[str, Array], list[float | None]]:
    """Inputs of acoustic_encoder for all sentences of a text in a row, and the pause of each phoneme in ms.

    prosody: [1, prosody_size] float32. ValueError: nothing in the text can be spoken.
    """
    from qingyin.text.symbols import PHONEMES

    phonemes = [phoneme for sentence in analyse(text).sentences for phoneme in sentence.phonemes]
    if not phonemes:
        raise ValueError("nothing in the text can be spoken")
    ids = {symbol: index for index, symbol in enumerate(PHONEMES)}
    pauses = [phoneme.pause_ms if phoneme.symbol in ("sil", "sp") else None for phoneme in phonemes]
    inputs: dict[str, Array] = {
        "phonemes": np.array([[ids[phoneme.symbol] for phoneme in phonemes]], np.int64),
        "tones": np.array([[phoneme.tone for phoneme in phonemes]], np.int64),
        "boundaries": np.array([[phoneme.boundary for phoneme in phonemes]], np.int64),
        "prosody": prosody,
        "emotion": np.zeros((1, SIZES["emotion_size"]), np.float32),
    }
    return inputs, pauses


def decoder_inputs(
    encoded: Mapping[str, Array],
    pauses: Sequence[float | None],
    voice: Voice,
    seed: int = 0,
) -> dict[str, Array]:
    """Inputs of acoustic_decoder from acoustic_encoder's outputs, by the runtime's length regulator.

    B = 1.
    """
    frames = phoneme_frames(
        encoded["log_duration"][0], encoded["log_duration_std"][0], pauses,
        frame_ms=FRAME_MS, speed=1.0, temperature=0.0, rng=np.random.default_rng(seed),
    )  # fmt: skip
    phoneme, position = expand(frames)
    zeros = np.zeros((1, len(phoneme)), np.float32)
    return {
        "hidden": encoded["hidden"][:, phoneme],
        "position": position[None],
        "prosody": voice.prosody[None].copy(),  # torch warns of arrays that must not be written to
        "speaker": voice.speaker[None].copy(),
        "emotion": np.zeros((1, SIZES["emotion_size"]), np.float32),
        "pitch_mean": np.full((1, 1), voice.pitch_mean_ln_hz, np.float32),
        "pitch_offset": zeros,
        "pitch_range": np.ones((1, 1), np.float32),
        "pitch_noise": zeros,
    }


def recording_features(path: str | Path) -> dict[str, Array]:
    """mel [1, T, 80], f0 [1, T] Hz and voicing [1, T] of a recording. OSError: it cannot be read."""
    recording = read_recording(path)
    return {"mel": recording.mel[None], "f0": recording.f0_hz[None], "voicing": recording.voicing[None]}


def inputs_from_features(spec: GraphSpec, features: Mapping[str, Array]) -> dict[str, Array]:
    """Inputs of a vocoder or a reference encoder from mel [1, T, 80], f0 and voicing [1, T]; turns mel if need be."""
    voicing = (features["voicing"] > 0.5).astype(np.float32)
    result: dict[str, Array] = {"mel": features["mel"], "f0": features["f0"], "voicing": voicing}
    if spec.inputs["mel"].shape[1] == features["mel"].shape[2]:  # the published generator: [B, 80, T]
        result["mel"] = np.ascontiguousarray(features["mel"].transpose(0, 2, 1))
    if "source" in spec.inputs:
        pulses = pulse_train(torch.from_numpy(features["f0"]), torch.from_numpy(voicing), torch.zeros(1))
        result["source"] = source_features(pulses.float()).contiguous().numpy()
    return {name: result[name] for name in spec.inputs}


def collect(
    specs: Sequence[GraphSpec],
    voice: Voice | None,
    *,
    text: str = TEXT,
    recording: str | Path | None = None,
) -> dict[str, dict[str, Array]]:
    """Inputs by graph: the acoustic ones speak `text`, the others get the recording or what the decoder says.

    voice: None only without an acoustic model. ValueError: no acoustic model and no recording, or no voice.
    """
    by_name = {spec.name: spec for spec in specs}
    result: dict[str, dict[str, Array]] = {}
    features: dict[str, Array] | None = None if recording is None else recording_features(recording)
    if {"acoustic_encoder", "acoustic_decoder"} <= by_name.keys():
        if voice is None:
            raise ValueError("the acoustic graphs need a voice: a file in the checkpoints' voices/")
        result["acoustic_encoder"], pauses = encoder_inputs(text, voice.prosody[None].copy())
        encoded = run_torch(by_name["acoustic_encoder"], result["acoustic_encoder"])
        result["acoustic_decoder"] = decoder_inputs(encoded, pauses, voice)
        features = features or run_torch(by_name["acoustic_decoder"], result["acoustic_decoder"])
    for spec in specs:
        if spec.name not in result:
            if features is None:
                raise ValueError(f"without acoustic.pt, {spec.name} needs --recording FILE")
            result[spec.name] = inputs_from_features(spec, features)
    return result


def voice_of(folder: Path, name: str | None = None) -> Voice | None:
    """FOLDER/voices/NAME.json, by default the first; None without any. OSError, ValueError: it cannot be read."""
    paths = sorted((folder / "voices").glob("*.json")) if name is None else [folder / "voices" / f"{name}.json"]
    return check_voice(paths[0].read_bytes(), str(paths[0])) if paths else None


def main(argv: Sequence[str] | None = None) -> int:
    """The command `python -m export inputs`; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m export inputs",
        description="Writes real inputs for every graph, GRAPH.npz, for `export onnx` and quantize.py.",
        epilog="""examples:
  python -m export inputs --checkpoints checkpoints --recording clip.wav -o inputs   one run a graph, for parity
  python -m export inputs --models exported --corpus hsk_words --corpus aishell_sample -o inputs
                                                                                     many, for the scales of int8""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--checkpoints", metavar="DIR", type=Path)
    source.add_argument("--models", metavar="DIR", type=Path, help="a fp32 set: all its voices and emotions speak")
    parser.add_argument(
        "--recording", metavar="FILE", type=Path, action="append", default=[],
        help="for vocoders and encoders; with --models repeatedly, and folders (default: what the decoder says)",
    )  # fmt: skip
    parser.add_argument("--corpus", metavar="NAME", action="append", default=[], help="with --models: prepared clips")
    parser.add_argument("--clips", metavar="N", type=int, default=40, help="of the corpora together (%(default)s)")
    parser.add_argument("--text", help="for the acoustic graphs")
    parser.add_argument("--voice", metavar="NAME", help="of the checkpoints' voices/ (default: the first)")
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True)
    arguments = parser.parse_args(argv)
    try:
        if arguments.models is not None:
            write_runs(arguments.output, _of_set(arguments))
            return 0
        if arguments.corpus or len(arguments.recording) > 1:
            raise ValueError("--checkpoints takes one --recording FILE; --models takes several, and --corpus")
        voice = voice_of(arguments.checkpoints, arguments.voice)
        specs = specs_from_checkpoints(arguments.checkpoints)
        recording = next(iter(arguments.recording), None)
        collected = collect(specs, voice, text=arguments.text or TEXT, recording=recording)
        arguments.output.mkdir(parents=True, exist_ok=True)
        for name, arrays in collected.items():
            np.savez(arguments.output / f"{name}.npz", **arrays)  # type: ignore[arg-type]
            print(f"{name}: " + ", ".join(f"{key} {list(array.shape)}" for key, array in arrays.items()))
    except (ValueError, OSError, RuntimeError, QingyinError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _of_set(arguments: argparse.Namespace) -> Runs:
    """The runs that --models asks for, a line printed for each graph."""
    recordings = of_files(arguments.recording) + of_corpora(arguments.corpus, arguments.clips, held_out=False)
    runs = collect_runs(arguments.models, recordings, *([[arguments.text]] if arguments.text else []))
    for name, feeds in runs.items():
        print(f"{name}: {len(feeds)} runs")
    return runs
