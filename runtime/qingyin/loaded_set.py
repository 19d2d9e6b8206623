"""Exists to hold an open model set: its graphs, voices and emotions, for whatever renders text or listens."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, TypeVar

from qingyin.acoustic.slot import AcousticSlot, open_acoustic, prepare_text
from qingyin.compute import fallback_warning
from qingyin.emotions import Emotion, mixed, resolve
from qingyin.errors import MarkupError, OptionError, QingyinError
from qingyin.manifest import Manifest
from qingyin.model_sets.finding import load_manifest
from qingyin.options import SynthesisOptions
from qingyin.sessions import open_together
from qingyin.vocoders import Vocoder, load_vocoder
from qingyin.voices import Voice, load_voice

if TYPE_CHECKING:
    from qingyin.references.encoders import Encoders
    from qingyin.text import Document

Self = TypeVar("Self", bound="LoadedSet")


class LoadedSet:
    """A loaded model set. It holds no state of a call: streams may be interleaved."""

    def __init__(
        self, manifest: Manifest, acoustic: AcousticSlot, vocoder: Vocoder, vocoder_name: str, threads: int = 1,
        device: str | None = None,
    ) -> None:  # fmt: skip
        self.manifest = manifest
        self.threads = threads
        self.device = device
        self.vocoder_name = vocoder_name
        self.acoustic, self.vocoder = acoustic, vocoder
        self._voices: dict[str, Voice] = {}
        self.symbols = frozenset(manifest.symbols)

    @classmethod
    def load(
        cls: type[Self], models: str | os.PathLike[str] | None = None, vocoder: str | None = None, threads: int = 1,
        device: str | None = None,
    ) -> Self:  # fmt: skip
        """Opens a model set: `models`, else $QINGYIN_MODELS, else the packaged one.

        vocoder: a name of the manifest, None for its default. threads: of ONNX Runtime, 1 to 64.
        device: "cpu", "cuda" or "auto"; None is $QINGYIN_DEVICE, else auto.
        Errors: ModelError, DependencyError, OptionError.
        """
        if isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= 64:
            raise OptionError(f"threads must be a whole number from 1 to 64 (got {threads!r})")
        manifest = load_manifest(models)
        prepare_text(manifest)
        # the vocoder first: its name is the user's, and so are its errors
        opened, acoustic = open_together(
            lambda: load_vocoder(manifest, vocoder, threads, device),
            lambda: open_acoustic(manifest, threads, device),
        )
        return cls(manifest, acoustic, opened, vocoder or manifest.default_vocoder, threads, device)

    @property
    def sample_rate(self) -> int:
        return self.manifest.sample_rate

    @property
    def voices(self) -> tuple[str, ...]:
        """Names of the model set's voices."""
        return tuple(self.manifest.voices)

    def voice(self, name: str | None = None) -> Voice:
        """A voice of the model set or of the user's own by name, or by the path of its .json; None is the default.

        Errors: VoiceError, ModelError.
        """
        if name is None or name in self.manifest.voices:
            key = name or self.manifest.default_voice
            if key not in self._voices:
                self._voices[key] = load_voice(self.manifest, key)
            return self._voices[key]
        return load_voice(self.manifest, name)  # a file may change between calls

    @property
    def device_warning(self) -> str | None:
        """That the CPU computes although CUDA was to, and why; also in each report. None: all is as it should be."""
        reason = self.vocoder.session.fallback
        return None if reason is None else fallback_warning(reason)

    @functools.cached_property
    def encoders(self) -> Encoders:
        """The graphs that listen to references, opened at first use. Errors: ModelError if the set has none."""
        from qingyin.references.encoders import Encoders

        return Encoders(self.manifest, self.threads, self.device)

    def emotion_for(
        self, voice: Voice, options: SynthesisOptions, marked: tuple[tuple[str, float], ...] | None = None
    ) -> Emotion:
        """The emotion of a sentence: `marked` in the text, else that of the options, else the voice's own.

        Errors: OptionError for an emotion that the set does not have.
        """
        wanted = options.emotion
        if marked is not None:
            emotion = mixed(dict(marked), self.manifest)
        else:
            emotion = Emotion(voice.emotion) if wanted is None else resolve(wanted, self.manifest)
        return emotion.scaled(options.emotion_strength)

    def check_names(self, document: Document, before: tuple[int, int, int]) -> None:
        """Errors: MarkupError for a voice or an emotion that the text asks for and that is not there."""
        for named in document.named:
            try:
                if named.kind == "voice":
                    self.voice(named.name)
                else:
                    resolve({named.name: 1.0}, self.manifest)
            except QingyinError as error:
                raise MarkupError(str(error), document.source, named.position, before) from None
