"""The whole way from text to samples on tiny graphs, through the real ONNX Runtime."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile

import qingyin
import tiny_models
from qingyin import ModelError, OptionError, SynthesisOptions, Synthesizer, TextError, VoiceError
from qingyin.frame_grid import GRID
from qingyin.rendering import LONGEST_WAIT

TEXT = "今天天气真好，我们去公园走走吧。你喜欢吗？"
KINDS = ("source_filter", "hifigan", "source_istft")


@pytest.fixture(scope="module", params=KINDS)
def synthesizer(request: pytest.FixtureRequest, models: Path) -> Synthesizer:
    return Synthesizer.load(models, vocoder=request.param)


@pytest.fixture(scope="module")
def source_filter(models: Path) -> Synthesizer:
    return Synthesizer.load(models)


def test_synthesize_gives_sound_and_a_report(synthesizer: Synthesizer) -> None:
    audio = synthesizer.synthesize(TEXT, seed=1)
    assert audio.samples.dtype == np.float32 and audio.samples.ndim == 1 and audio.sample_rate == 22050
    assert len(audio) % 256 == 0 and 0.01 < np.abs(audio.samples).max() <= 1.0
    report = audio.report
    assert (report.seed, report.voice, report.sentences) == (1, "yuetan", 2)
    assert report.unspoken == []
    assert report.timings.audio == pytest.approx(audio.seconds)
    stages = report.timings.text + report.timings.encoder + report.timings.decoder + report.timings.vocoder
    assert 0 < stages <= report.timings.total and 0 < report.timings.first_audio <= report.timings.total
    assert report.timings.real_time_factor == pytest.approx(report.timings.total / audio.seconds)


@pytest.mark.parametrize("cutting", [(1, 1), (1, 7), (3, 64), (50, 50), (10**6, 10**6)])
def test_cutting_changes_nothing(synthesizer: Synthesizer, cutting: tuple[int, int]) -> None:
    whole = synthesizer.synthesize(TEXT, seed=3).samples
    first, longest = cutting
    chunks = synthesizer.stream(TEXT, seed=3, first_chunk_frames=first, chunk_frames=longest)
    parts = np.concatenate([chunk.samples for chunk in chunks])
    assert parts.shape == whole.shape
    np.testing.assert_allclose(parts, whole, atol=1e-4)


def test_too_little_context_would_be_noticed(models: Path, tmp_path: Path) -> None:
    """The tiny graphs really have the receptive field they state; else the test above would prove nothing."""
    for graph, kind in (
        ("acoustic_decoder", KINDS[0]),
        ("vocoder_source_filter", KINDS[0]),
        ("vocoder_hifigan", KINDS[1]),
        ("vocoder_source_istft", KINDS[2]),
    ):
        folder = tiny_models.build_models(tmp_path / graph)
        manifest = tiny_models.read_manifest(folder)
        manifest["graphs"][graph]["context_frames"] -= 1
        tiny_models.write_manifest(folder, manifest)
        short = Synthesizer.load(folder, vocoder=kind).stream(
            TEXT, seed=3, first_chunk_frames=5, chunk_frames=5
        )
        whole = Synthesizer.load(models, vocoder=kind).synthesize(TEXT, seed=3).samples
        assert np.abs(np.concatenate([chunk.samples for chunk in short]) - whole).max() > 1e-4


def test_a_vocoder_may_give_magnitudes_or_their_logarithms(models: Path, tmp_path: Path) -> None:
    folder, name = tiny_models.build_models(tmp_path / "models"), "vocoder_source_filter"
    graph = onnx.load(folder / f"{name}.onnx")
    manifest = tiny_models.read_manifest(folder)
    for output, entry in zip(graph.graph.output, manifest["graphs"][name]["outputs"], strict=True):
        if (log := output.name) != "harmonic_phase":
            output.name = entry["name"] = log.replace("_log", "")
            graph.graph.node.append(onnx.helper.make_node("Exp", [log], [output.name]))
    onnx.save(graph, folder / f"{name}.onnx")
    manifest["graphs"][name] |= {"sha256": tiny_models.sha256(folder / f"{name}.onnx"),
                                 "bytes": (folder / f"{name}.onnx").stat().st_size}  # fmt: skip
    tiny_models.write_manifest(folder, manifest)
    logarithms, magnitudes = (Synthesizer.load(f).synthesize(TEXT, seed=3).samples for f in (models, folder))
    np.testing.assert_allclose(magnitudes, logarithms, atol=1e-6)


def test_a_stream_begins_early_and_in_order(synthesizer: Synthesizer) -> None:
    chunks = list(synthesizer.stream(TEXT, seed=1))
    assert [chunk.sentence_index for chunk in chunks] == sorted(chunk.sentence_index for chunk in chunks)
    assert sum(chunk.last_of_sentence for chunk in chunks) == 2
    assert (32 - GRID) * 256 < len(chunks[0]) < (32 + GRID) * 256  # whole runs lie on the grid
    assert chunks[0].sentence.text.startswith("今天天气真好")
    assert all(chunk.report is chunks[0].report for chunk in chunks)
    np.testing.assert_array_equal(
        np.concatenate([chunk.samples for chunk in chunks]), synthesizer.synthesize(TEXT, seed=1).samples
    )


def test_later_sentences_begin_in_larger_chunks_until_text_is_waited_for(synthesizer: Synthesizer) -> None:
    sentence = "今天天气真好我们大家一起去公园里走走好不好呀然后再回家吃饭。"

    def slowly() -> Iterator[str]:
        yield 2 * sentence
        time.sleep(2 * LONGEST_WAIT)
        yield 2 * sentence

    def firsts(text: str | Iterator[str]) -> list[int]:
        chunks = list(synthesizer.stream(text, seed=1))
        return [min(len(c.samples) for c in chunks if c.sentence_index == index) for index in range(4)]

    small, larger, *_ = firsts(4 * sentence)
    assert larger > 2 * small
    again = firsts(slowly())
    assert again[:3] == [small, larger, small]


def test_same_seed_same_samples_and_another_seed_others(synthesizer: Synthesizer) -> None:
    first, again, other = (synthesizer.synthesize(TEXT, seed=seed).samples for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or np.abs(first - other).max() > 1e-3


def test_a_drawn_seed_is_reported_and_repeats(source_filter: Synthesizer) -> None:
    audio = source_filter.synthesize(TEXT)
    np.testing.assert_array_equal(
        audio.samples, source_filter.synthesize(TEXT, seed=audio.report.seed).samples
    )


def test_interleaved_streams_do_not_disturb_each_other(source_filter: Synthesizer) -> None:
    one, two = source_filter.stream(TEXT, seed=1), source_filter.stream(TEXT, seed=2, voice="chenwang")
    pairs = list(zip(one, two, strict=False))
    alone = [chunk.samples for chunk in islice(source_filter.stream(TEXT, seed=1), len(pairs))]
    for (chunk, _), expected in zip(pairs, alone, strict=True):
        np.testing.assert_array_equal(chunk.samples, expected)


def test_a_sentence_does_not_depend_on_what_follows(source_filter: Synthesizer) -> None:
    alone = source_filter.synthesize("今天天气真好。", seed=1).samples
    followed = source_filter.synthesize("今天天气真好。我们走吧。", seed=1).samples
    np.testing.assert_array_equal(alone, followed[: len(alone)])


def test_both_vocoders_say_the_same_prosody(models: Path) -> None:
    lengths = {len(Synthesizer.load(models, vocoder=kind).synthesize(TEXT, seed=9)) for kind in KINDS}
    assert len(lengths) == 1


def test_options_act(source_filter: Synthesizer) -> None:
    def say(**options: object) -> np.ndarray:
        return source_filter.synthesize(TEXT, **({"seed": 1, "temperature": 0.0} | options)).samples

    plain = say()
    assert len(say(speed=2.0)) < 0.65 * len(plain) and len(say(speed=0.5)) > 1.8 * len(plain)
    ratio = np.sqrt(np.mean(say(volume_db=-20.0) ** 2) / np.mean(plain**2))
    assert ratio == pytest.approx(0.1, rel=0.05)
    assert np.abs(say(volume_db=20.0)).max() <= 1.0
    for option in ({"pitch_semitones": 3.0}, {"pitch_range": 0.5}, {"question_rise_semitones": 0.0},
                   {"final_lowering_semitones": 3.0}):  # fmt: skip
        moved = say(**option)
        assert moved.shape == plain.shape and np.abs(moved - plain).max() > 1e-3, option
    assert not np.array_equal(say(emotion=[3.0] * 16), plain)
    assert not np.array_equal(source_filter.synthesize(TEXT, voice="chenwang", seed=1).samples, plain)
    given = source_filter.synthesize(TEXT, options=SynthesisOptions(seed=1, temperature=0.0, speed=2.0))
    np.testing.assert_array_equal(given.samples, say(speed=2.0))


def test_only_questions_rise(source_filter: Synthesizer) -> None:
    def say(text: str, rise: float) -> np.ndarray:
        return source_filter.synthesize(text, seed=1, question_rise_semitones=rise).samples

    np.testing.assert_array_equal(say("他去学校。", 0.0), say("他去学校。", 3.0))
    assert not np.array_equal(say("他去学校？", 0.0), say("他去学校？", 3.0))


def test_voices_by_name_object_and_file(source_filter: Synthesizer, models: Path, tmp_path: Path) -> None:
    by_name = source_filter.synthesize(TEXT, voice="chenwang", seed=1).samples
    by_object = source_filter.synthesize(TEXT, voice=source_filter.voice("chenwang"), seed=1).samples
    saved = tmp_path / "mine.json"
    saved.write_bytes((models / "voices" / "chenwang.json").read_bytes())
    by_file = source_filter.synthesize(TEXT, voice=str(saved), seed=1).samples
    np.testing.assert_array_equal(by_name, by_object)
    np.testing.assert_array_equal(by_name, by_file)
    assert source_filter.voices == ("yuetan", "chenwang")


def test_voice_gain_and_rate_act(source_filter: Synthesizer, models: Path, tmp_path: Path) -> None:
    voice = json.loads((models / "voices" / "yuetan.json").read_text(encoding="utf-8"))
    saved = tmp_path / "loud.json"
    saved.write_text(json.dumps(voice | {"gain_db": -20.0, "rate": 1.5}), encoding="utf-8")
    plain = source_filter.synthesize(TEXT, seed=1)
    changed = source_filter.synthesize(TEXT, seed=1, voice=str(saved))
    assert len(changed) < 0.8 * len(plain)
    assert np.std(changed.samples) < 0.15 * np.std(plain.samples)


@pytest.mark.parametrize(
    ("text", "message"), [("", "empty"), (" \n\t ", "empty"), ("★☆", "nothing"), ("。", "nothing")]
)
def test_text_without_anything_to_say(source_filter: Synthesizer, text: str, message: str) -> None:
    with pytest.raises(TextError, match=message):
        source_filter.synthesize(text)


def test_errors_come_at_the_call_and_not_at_the_first_chunk(source_filter: Synthesizer) -> None:
    with pytest.raises(VoiceError, match=r"did you mean 'yuetan'\?.*chenwang"):
        source_filter.stream(TEXT, voice="yuetam")
    with pytest.raises(VoiceError, match="cannot be read"):
        source_filter.stream(TEXT, voice="nowhere.json")
    with pytest.raises(OptionError, match="16 numbers"):
        source_filter.stream(TEXT, emotion=[1.0])
    with pytest.raises(OptionError, match="unknown option 'tempo'"):
        source_filter.stream(TEXT, tempo=2)
    with pytest.raises(OptionError, match="chunk_frames"):
        source_filter.stream(TEXT, chunk_frames=0)
    with pytest.raises(TextError, match="str"):
        source_filter.stream(b"bytes")  # type: ignore[arg-type]


def test_unspoken_text_is_reported(source_filter: Synthesizer) -> None:
    report = source_filter.synthesize("你好★世界。", seed=1).report
    assert [(item.text, item.position) for item in report.unspoken] == [("★", 2)]


@pytest.mark.parametrize("extension", ["wav", "flac", "ogg", "mp3"])
def test_audio_is_saved_in_every_format(source_filter: Synthesizer, tmp_path: Path, extension: str) -> None:
    audio = source_filter.synthesize(TEXT, seed=1)
    path = tmp_path / f"sound.{extension}"
    audio.save(path)
    samples, rate = soundfile.read(path)
    assert rate == 22050 and abs(len(samples) - len(audio)) <= 2 * 1152
    if extension in ("wav", "flac"):
        np.testing.assert_allclose(samples, audio.samples, atol=5e-5)  # half a step, and 32767 against 32768
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_memory_does_not_grow_with_the_text(source_filter: Synthesizer) -> None:
    def peak(sentences: int) -> int:
        tracemalloc.start()
        for _ in source_filter.stream("我们去公园走走吧。" * sentences, seed=1):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(1)
    assert peak(60) < 1.5 * peak(6) + 200_000


def test_vocoder_and_threads_are_checked(models: Path) -> None:
    with pytest.raises(ModelError, match="source_filter, hifigan, source_istft"):
        Synthesizer.load(models, vocoder="griffin_lim")
    for threads in (0, 65, 1.5, True):
        with pytest.raises(OptionError, match="threads"):
            Synthesizer.load(models, threads=threads)  # type: ignore[arg-type]
    two = Synthesizer.load(models, threads=2).synthesize(TEXT, seed=1).samples
    np.testing.assert_allclose(two, Synthesizer.load(models).synthesize(TEXT, seed=1).samples, atol=1e-4)


def test_the_runtime_needs_no_torch_and_no_export(models: Path) -> None:
    code = (
        "import sys\n"
        "for name in ('torch', 'export', 'scipy', 'onnx', 'librosa'): sys.modules[name] = None\n"
        "from qingyin import Synthesizer\n"
        "import qingyin.cli.main, qingyin.cli.say, qingyin.cli.info\n"
        "audio = Synthesizer.load(sys.argv[1]).synthesize('你好。', seed=1)\n"
        "assert len(audio) > 1000\n"
        "assert 'soundfile' not in sys.modules, 'soundfile is only for other formats than WAV'\n"
    )
    runtime = str(Path(qingyin.__file__).parent.parent)
    command = [sys.executable, "-c", code, str(models)]
    answer = subprocess.run(command, env={"PYTHONPATH": runtime}, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ("numpy", "onnxruntime", "pypinyin", "soundfile")
    code = f"import sys, qingyin, qingyin.cli.main; print([name for name in {heavy} if name in sys.modules])"
    runtime = str(Path(qingyin.__file__).parent.parent)
    answer = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": runtime}, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
