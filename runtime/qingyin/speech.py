"""Exists so that the arguments of `qingyin say` mean the same in this process and in the daemon's: the one place
where they become a call of the synthesizer.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

from qingyin.errors import OptionError
from qingyin.options import SynthesisOptions
from qingyin.synthesizer import AudioChunk, Synthesizer
from qingyin.text.lexicon import load_lexicon
from qingyin.text.pauses_file import load_pauses


class Speech:
    """What `say` is asked for, checked before any model is loaded. Errors: OptionError, and those of the files."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._voice, self._emoji = arguments.voice, arguments.emoji
        self._references: list[str] = arguments.ref or []
        self._emotion_reference: str | None = arguments.emotion_ref
        for one, other in (("voice", "ref"), ("emotion", "emotion_ref")):
            if getattr(arguments, one) is not None and getattr(arguments, other) is not None:
                raise OptionError(f"--{one} and --{other.replace('_', '-')} both name one; leave out either")
        self._options = SynthesisOptions(
            speed=arguments.speed, pitch_semitones=arguments.pitch, pitch_range=arguments.pitch_range,
            volume_db=arguments.volume, temperature=arguments.temperature, seed=arguments.seed,
            emotion=arguments.emotion, emotion_strength=arguments.emotion_strength,
        )  # fmt: skip
        self._markup = arguments.markup
        self._lexicon = load_lexicon([Path(path) for path in arguments.lexicon]) if arguments.lexicon else None
        self._pauses = load_pauses(Path(arguments.pauses)) if arguments.pauses else None

    def chunks(self, synthesizer: Synthesizer, text: str | Iterable[str]) -> Iterator[AudioChunk]:
        """Errors: as Synthesizer.stream."""
        voice = synthesizer.clone(self._references) if self._references else self._voice
        options = self._options
        if self._emotion_reference is not None:
            options = dataclasses.replace(options, emotion=synthesizer.emotion_of(self._emotion_reference))
        return synthesizer.stream(text, voice=voice, options=options, pauses=self._pauses, emoji=self._emoji,
                                  markup=self._markup, lexicon=self._lexicon)  # fmt: skip
