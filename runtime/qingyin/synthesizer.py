"""Exists to be the way of the data: text to sentences, to frames, to samples, in one generator that
everything else calls.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qingyin.acoustic.slot import front_end
from qingyin.emotions import Emotion
from qingyin.errors import OptionError, TextError
from qingyin.loaded_set import LoadedSet
from qingyin.options import SynthesisOptions
from qingyin.rendering import Rendering
from qingyin.results import Audio as Audio  # found here as well: they are what the calls below return
from qingyin.results import AudioChunk as AudioChunk
from qingyin.results import Report as Report
from qingyin.results import Timings as Timings
from qingyin.voices import Voice

if TYPE_CHECKING:
    from qingyin.references.cloning import ReferenceLike
    from qingyin.text import Analysis, EmojiMode
    from qingyin.text.lexicon import Lexicon
    from qingyin.text.markup_modes import MarkupMode

FIRST_CHUNK_FRAMES = 32  # 0.37 s: the first sound comes early
CHUNK_FRAMES = 256  # 3 s: little is wasted on context, and memory stays small


class Synthesizer(LoadedSet):
    """Speaks with a loaded model set."""

    def clone(self, reference: ReferenceLike | Sequence[ReferenceLike], *, name: str = "clone") -> Voice:
        """A voice from one reference recording (a path, bytes, (samples, rate) or a loaded Reference), or from several:
        then their vectors are averaged. It speaks at -20 LUFS; remarks about the recordings are in its `notes`.

        Errors: AudioError for what is no usable recording; ModelError if the set cannot clone.
        """
        from qingyin.references.cloning import clone

        return clone(self, reference, name=name)

    def emotion_of(self, reference: ReferenceLike) -> Emotion:
        """The emotion of a recording, to be given as `emotion=`. Errors: AudioError, ModelError."""
        from qingyin.references.cloning import emotion_of

        return emotion_of(self, reference)

    def synthesize(
        self, text: str | Iterable[str], *, voice: str | Voice | None = None, options: SynthesisOptions | None = None,
        **overrides: Any,
    ) -> Audio:  # fmt: skip
        """The whole sound of a text: what `stream` yields, joined. Same arguments, same errors."""
        chunks = list(self.stream(text, voice=voice, options=options, **overrides))
        return Audio(np.concatenate([chunk.samples for chunk in chunks]), self.sample_rate, chunks[0].report)

    def stream(
        self, text: str | Iterable[str], *, voice: str | Voice | None = None, options: SynthesisOptions | None = None,
        first_chunk_frames: int = FIRST_CHUNK_FRAMES, chunk_frames: int = CHUNK_FRAMES,
        pauses: Mapping[str, float] | None = None, emoji: EmojiMode = "name", markup: MarkupMode = "inline",
        lexicon: Lexicon | None = None, **overrides: Any,
    ) -> Iterator[AudioChunk]:  # fmt: skip
        """Yields sound as soon as it is final, sentence by sentence and in chunks inside the sentence.

        text: a str, or any iterable of strs, cut anywhere, such as the tokens of a language model: each sentence is
        spoken as soon as its end has arrived (see text_arrival.py), and the next piece is asked for after that.

        voice: a name, a path ending in .json, a Voice, or None for the default. options, with single fields
        overridden by keywords (`seed=7`). first_chunk_frames, chunk_frames: how finely sentences are cut (see
        acoustic.chunk_bounds); they change latency and memory, not the sound (equal to 1e-4). pauses:
        milliseconds by mark, over text.PAUSES_MS. emoji: "name" says the commonest, "skip" none. markup: how to take
        brackets and tags in the text (docs/markup.md). lexicon: a user's own readings (text.lexicon.load_lexicon).

        Errors: OptionError, VoiceError, ModelError, TextError (empty), MarkupError at the call; TextError (nothing
        speakable; empty, if it comes in pieces) when the text ends without a sentence; MarkupError in a text that
        comes in pieces when the sentence with it has come.
        """
        began = time.perf_counter()
        chosen = _options(options, overrides)
        if not isinstance(text, Iterable) or isinstance(text, (bytes, bytearray)):
            raise TextError(f"text must be a str or an iterable of them (got {type(text).__name__})")
        if isinstance(text, str) and not text.strip():
            raise TextError("the text is empty; give something to say")
        for name, value in (("first_chunk_frames", first_chunk_frames), ("chunk_frames", chunk_frames)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise OptionError(f"{name} must be a whole number of at least 1 (got {value!r})")
        rendering = Rendering(self, voice, chosen)
        rendering.report.warnings.extend(lexicon.conflicts if lexicon else ())
        analyses = self._analyses(text, pauses, emoji, markup, lexicon, rendering.report.timings)
        return rendering.chunks(analyses, (first_chunk_frames, chunk_frames), began)

    def melody(
        self, text: str, *, voice: str | Voice | None = None, options: SynthesisOptions | None = None, **overrides: Any
    ) -> np.ndarray:
        """F0 in Hz of the voiced frames of a text, float32 [n], as the acoustic model means it, without a vocoder.

        Takes a voice and options as `stream` does. Errors: as `stream`.
        """
        rendering = Rendering(self, voice, _options(options, overrides))
        analyses = self._analyses(text, None, "name", "inline", None, rendering.report.timings)
        return np.concatenate(list(rendering.voiced_f0(analyses, CHUNK_FRAMES)))

    def _analyses(
        self, text: str | Iterable[str], pauses: Mapping[str, float] | None, emoji: EmojiMode, markup: MarkupMode,
        lexicon: Lexicon | None, timings: Timings,
    ) -> Iterator[Analysis]:  # fmt: skip
        from qingyin.text import EMOJI_MODES
        from qingyin.text.markup_modes import MARKUP_MODES, read_document
        from qingyin.text.pauses import pause_table

        try:
            pause_table(pauses)  # the front end would complain at its first sentence only
        except (TypeError, ValueError) as error:
            raise OptionError(str(error)) from None
        if emoji not in EMOJI_MODES:
            raise OptionError(f"emoji must be one of {', '.join(EMOJI_MODES)} (got {emoji!r})")
        if markup not in MARKUP_MODES:
            raise OptionError(f"markup must be one of {', '.join(MARKUP_MODES)} (got {markup!r})")
        if isinstance(text, str):
            document = read_document(text, markup, lexicon)
            self.check_names(document, (0, 1, 1))
            return front_end(self.acoustic)(document, pauses, emoji, False)
        from qingyin.text_arrival import analyse_arriving

        def waited(seconds: float) -> None:
            timings.waiting += seconds

        return analyse_arriving(text, waited, pauses, emoji, markup, lexicon, self.check_names,
                                front_end(self.acoustic))  # fmt: skip


def _options(options: SynthesisOptions | None, overrides: dict[str, Any]) -> SynthesisOptions:
    base = options if options is not None else SynthesisOptions()
    if not isinstance(base, SynthesisOptions):
        raise OptionError(f"options must be SynthesisOptions (got {type(base).__name__})")
    if not overrides:
        return base
    values = {entry.name: getattr(base, entry.name) for entry in dataclasses.fields(base)}
    return SynthesisOptions.from_mapping(values | overrides)
