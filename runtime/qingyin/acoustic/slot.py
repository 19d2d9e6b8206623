"""Exists so that whatever stands in the acoustic slot is asked in one way: which front end reads texts for it, and what
a sentence becomes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qingyin.acoustic.model import AcousticModel, Frames
from qingyin.acoustic.symbol_map import SymbolMap
from qingyin.acoustic.vits import VitsModel
from qingyin.emotions import Emotion
from qingyin.manifest import Manifest, check_symbols
from qingyin.options import SynthesisOptions
from qingyin.voices import Voice

if TYPE_CHECKING:
    from qingyin.text import Analysis, Document, EmojiMode, Sentence

# What text.analyse_document is: document, pauses, emoji, goes_on -> one sentence at a time.
FrontEnd = Callable[["Document", Mapping[str, float] | None, "EmojiMode", bool], Iterator["Analysis"]]


class Plan(Protocol):
    """A sentence after the encoder."""

    @property
    def gain_db(self) -> np.ndarray:
        """[T] float32, what markup asks for."""

    @property
    def silence(self) -> tuple[int, int]:
        """Samples before and behind what the vocoder makes."""


class AcousticSlot(Protocol):
    """What acoustic.AcousticModel and vits.VitsModel have in common; `plan` and `decode` are documented there."""

    symbol_map: SymbolMap | None

    def plan(
        self, sentence: Sentence, voice: Voice, emotion: Emotion, options: SynthesisOptions, rng: np.random.Generator
    ) -> Plan: ...

    def decode(self, plan: Any, first_frames: int, chunk_frames: int) -> Iterator[Frames]: ...


def prepare_text(manifest: Manifest) -> None:
    """Compares symbols, and reads the dictionaries now, so that the first sentence does not wait for them.

    Errors: ModelError if the model set was made for other symbols.
    """
    if manifest.synthesiser is not None:
        return
    from qingyin.text import analyse
    from qingyin.text.symbols import BOUNDARIES, PHONEMES, TONES

    if manifest.symbol_map is None:
        check_symbols(manifest, PHONEMES, len(TONES), len(BOUNDARIES))
    analyse("好")


def open_acoustic(manifest: Manifest, threads: int, device: str | None) -> AcousticSlot:
    """The acoustic slot of a model set. Errors: ModelError, DependencyError."""
    kind = AcousticModel if manifest.synthesiser is None else VitsModel
    return kind(manifest, threads, device)


def front_end(model: AcousticSlot) -> FrontEnd:
    """What reads texts for a model: phonemes of Mandarin and English, or the characters that it was trained on."""
    if isinstance(model, VitsModel):
        return model.speller.analyse
    from qingyin.text import analyse_document

    return analyse_document


def check_options(model: AcousticSlot, options: SynthesisOptions) -> None:
    """Errors: OptionError for a wish that the model has no input for."""
    if isinstance(model, VitsModel):
        model.check_options(options)
