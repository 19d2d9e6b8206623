"""Judges rewritten graphs by what is heard: sentences and recordings go through the runtime that users have."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from export.features import FloatArray
from export.real_speech import Recording
from export.training.metrics import Resynthesis, measure, pesq_wb
from qingyin.acoustic.model import AcousticModel, SentencePlan
from qingyin.emotions import Emotion
from qingyin.graph_spec import GraphSpec
from qingyin.manifest import Manifest
from qingyin.model_sets.finding import load_manifest
from qingyin.options import SynthesisOptions
from qingyin.text import analyse
from qingyin.vocoders import Vocoder, load_vocoder
from qingyin.voices import load_voice

# None of them is among the sentences that activations are scaled by.
SENTENCES = (
    "春天的早晨，河边的柳树刚刚发芽，几只鸭子在水里游来游去。",
    "医生说他的病已经好多了，下个星期就可以出院。",
    "你真的打算一个人去西藏旅行吗？",
    "这家饭馆的菜又便宜又好吃，我们每个周末都来。",
    "昨晚的雨下得很大，路上到处都是积水。",
    "请把手机调成静音，电影马上就要开始了！",
    "她一边弹钢琴，一边轻声唱着一首老歌。",
    "科学家发现，这种植物只在海拔四千米以上的地方生长。",
)
SAME = 4.644  # wide-band PESQ of a sound with itself
WHOLE = 1_000_000  # frames in a chunk: all of them
AcousticFrames = tuple[FloatArray, FloatArray, FloatArray]  # mel [T, 80], F0 [T] Hz, voicing [T]


@dataclass(frozen=True)
class Damage:
    """What is lost against the same set in fp32. Sounds are compared at fp32's durations.

    pesq_loss: of the sentences, 4.644 less the wide-band PESQ against fp32's sound, with fp32's F0. With its own F0
    every pulse falls a little elsewhere, which PESQ hears and people do not: F0 raised by a hundredth of a percent in
    fp32 costs 0.1 to 0.3. So F0 is judged in cents, and own_f0_pesq_loss only reported.
    recordings_pesq_loss: fp32's wide-band PESQ on recordings less this one's (vocoders alone; else 0).
    f0_rmse_cents, f0_gross_percent, voicing_percent, mel_distance: export.training.metrics, of the sentences with their
    own F0, as Praat hears it; pulses in other places count as changes. f0_predicted_cents: RMSE of the decoder's F0 in
    frames voiced in both; voicing_predicted_percent: of frames, those that the decoder voices otherwise.
    durations_percent: of phonemes whose predicted length changes by more than one frame; duration_frames: mean change.
    """

    pesq_loss: float = 0.0
    own_f0_pesq_loss: float = 0.0
    recordings_pesq_loss: float = 0.0
    f0_rmse_cents: float = 0.0
    f0_gross_percent: float = 0.0
    f0_predicted_cents: float = 0.0
    voicing_percent: float = 0.0
    voicing_predicted_percent: float = 0.0
    mel_distance: float = 0.0
    durations_percent: float = 0.0
    duration_frames: float = 0.0

    @property
    def pesq(self) -> float:
        """The larger of the two PESQ losses that are limited."""
        return max(self.pesq_loss, self.recordings_pesq_loss)


def cents_between(pairs: Sequence[tuple[AcousticFrames, AcousticFrames]]) -> float:
    """RMSE in cents of predicted F0 over the frames that are voiced in both."""
    found = [1200 * np.log2(b[1] / a[1])[(a[2] > 0) & (b[2] > 0)] for a, b in pairs]
    return float(np.sqrt(np.mean(np.concatenate(found) ** 2)))


def voicing_between(pairs: Sequence[tuple[AcousticFrames, AcousticFrames]]) -> float:
    """Percentage of frames that are voiced in one of the two alone."""
    return float(100 * np.mean(np.concatenate([a[2] != b[2] for a, b in pairs])))


@dataclass(frozen=True)
class RewrittenManifest(Manifest):
    """A model set some of whose graphs are replaced by others with the same contract, without touching its files."""

    contents: Mapping[str, bytes] = field(default_factory=dict)

    def read_graph(self, spec: GraphSpec) -> bytes:
        return self.contents[spec.name] if spec.name in self.contents else super().read_graph(spec)


def rewritten(manifest: Manifest, contents: Mapping[str, bytes]) -> RewrittenManifest:
    """The set with graphs replaced by name."""
    own = {part.name: getattr(manifest, part.name) for part in dataclasses.fields(Manifest)}
    return RewrittenManifest(**own, contents=dict(contents))


def phoneme_lengths(plan: SentencePlan) -> NDArray[np.integer]:
    """Frames of each phoneme of a plan, [N] int64."""
    return np.bincount(plan.phoneme, minlength=len(plan.hidden))


class Listener:
    """A model set in fp32, and what it says: the reference that rewritten graphs are compared with.

    sentences: spoken in turns by the set's voices, without randomness in prosody. recordings: for its vocoders.
    """

    def __init__(
        self, folder: Path, sentences: Sequence[str] = SENTENCES, recordings: Sequence[Recording] = (), threads: int = 1
    ) -> None:
        self.manifest = load_manifest(folder)
        self.recordings, self.threads = list(recordings), threads
        self._sentences = [s for text in sentences for s in analyse(text).sentences]
        self._voices = [load_voice(self.manifest, name) for name in self.manifest.voices]
        self._sounds: dict[str, list[FloatArray]] = {}
        self._scores: dict[str, Resynthesis] = {}

    @cached_property
    def _acoustic(self) -> AcousticModel:
        return AcousticModel(self.manifest, self.threads, "cpu")

    @cached_property
    def _plans(self) -> list[SentencePlan]:
        return self._planned(self._acoustic)

    @cached_property
    def _frames(self) -> list[AcousticFrames]:
        return self._decoded(self._acoustic, self._plans)

    def _planned(self, acoustic: AcousticModel) -> list[SentencePlan]:
        options = SynthesisOptions(temperature=0.0)
        plans = []
        for index, sentence in enumerate(self._sentences):
            voice = self._voices[index % len(self._voices)]
            rng = np.random.default_rng(0)
            plans.append(acoustic.plan(sentence, voice, Emotion(voice.emotion), options, rng))
        return plans

    def _decoded(
        self, acoustic: AcousticModel, plans: Sequence[SentencePlan]
    ) -> list[AcousticFrames]:
        frames = [next(iter(acoustic.decode(plan, WHOLE, WHOLE))) for plan in plans]
        return [(f.mel, f.f0_hz, f.voicing) for f in frames]

    def _spoken(
        self, vocoder: Vocoder, frames: Sequence[AcousticFrames]
    ) -> list[FloatArray]:
        return [vocoder.open(np.random.default_rng(0)).push(*inputs, last=True) for inputs in frames]

    def _resynthesis(self, vocoder: Vocoder) -> Resynthesis:
        made = self._spoken(vocoder, [(r.mel, r.f0_hz, r.voicing) for r in self.recordings])
        return measure([(r.samples, samples) for r, samples in zip(self.recordings, made, strict=True)])

    def sounds(self, vocoder: str) -> list[FloatArray]:
        """What fp32 says with one of its vocoders."""
        if vocoder not in self._sounds:
            opened = load_vocoder(self.manifest, vocoder, self.threads, "cpu")
            self._sounds[vocoder] = self._spoken(opened, self._frames)
            if self.recordings:
                self._scores[vocoder] = self._resynthesis(opened)
        return self._sounds[vocoder]

    def recordings_pesq(self, vocoder: str) -> float:
        """fp32's wide-band PESQ on the recordings. ValueError: there are none."""
        if not self.recordings:
            raise ValueError("there are no recordings to judge a vocoder by")
        self.sounds(vocoder)
        return self._scores[vocoder].pesq_wb

    def damage(self, contents: Mapping[str, bytes], vocoder: str | None = None) -> Damage:
        """Of graphs replaced by name, heard through `vocoder` (None: the one among them, else the set's default).

        Only what lies behind the first replaced graph is computed anew.
        """
        replaced = [name.removeprefix("vocoder_") for name in contents if name.startswith("vocoder_")]
        name = vocoder or (replaced[0] if len(replaced) == 1 else self.manifest.default_vocoder)
        wanted = self.sounds(name)
        manifest = rewritten(self.manifest, contents)
        frames, percent, mean = self._frames, 0.0, 0.0
        if {"acoustic_encoder", "acoustic_decoder"} & contents.keys():
            acoustic = AcousticModel(manifest, self.threads, "cpu")
            plans = self._plans
            if "acoustic_encoder" in contents:
                own = self._planned(acoustic)
                change = np.concatenate(
                    [np.abs(phoneme_lengths(a) - phoneme_lengths(b)) for a, b in zip(plans, own, strict=True)]
                )
                percent, mean = float(100 * np.mean(change > 1)), float(change.mean())
                plans = [dataclasses.replace(a, hidden=b.hidden) for a, b in zip(plans, own, strict=True)]
            frames = self._decoded(acoustic, plans)
        opened = load_vocoder(manifest, name, self.threads, "cpu")
        heard = measure(list(zip(wanted, self._spoken(opened, frames), strict=True)))
        own_f0 = SAME - heard.pesq_wb
        loss, lost = own_f0, 0.0
        if frames is not self._frames:
            held = [(f[0], fp32[1], f[2]) for f, fp32 in zip(frames, self._frames, strict=True)]
            sounds = self._spoken(opened, held)
            loss = SAME - float(np.mean([pesq_wb(a, b) for a, b in zip(wanted, sounds, strict=True)]))
        if f"vocoder_{name}" in contents and self.recordings:
            lost = self._scores[name].pesq_wb - self._resynthesis(opened).pesq_wb
        return Damage(
            pesq_loss=loss, own_f0_pesq_loss=own_f0, recordings_pesq_loss=lost, f0_rmse_cents=heard.f0_rmse_cents,
            f0_gross_percent=heard.f0_gross_percent,
            f0_predicted_cents=cents_between(list(zip(self._frames, frames, strict=True))),
            voicing_percent=heard.voicing_error_percent, mel_distance=heard.mel_distance,
            voicing_predicted_percent=voicing_between(list(zip(self._frames, frames, strict=True))),
            durations_percent=percent, duration_frames=mean,
        )  # fmt: skip
