"""Speech that waits for the test, so that what is to be seen in its middle is there however fast the machine is."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Iterator
from typing import Any

from patience import LONGEST_SECONDS
from qingyin import Synthesizer
from qingyin.synthesizer import AudioChunk


class Held:
    """begun: a stream has made the chunks that it may; go_on: they may make the rest. made: whose chunks were made, in
    order, by their texts.
    """

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.made: list[object] = []


@contextlib.contextmanager
def held(synthesizer: Synthesizer, chunks: int = 0) -> Iterator[Held]:
    """In the block, each stream of the synthesizer stops after so many chunks until it may go on, as at the block's
    end.
    """
    speech, quick = Held(), synthesizer.stream

    def stream(text: object, **options: Any) -> Iterator[AudioChunk]:
        return waiting(text, quick(text, **options))  # type: ignore[arg-type]

    def waiting(text: object, found: Iterator[AudioChunk]) -> Iterator[AudioChunk]:
        for number in itertools.count():
            if number == chunks:
                speech.begun.set()
                assert speech.go_on.wait(LONGEST_SECONDS), "the test has forgotten this speech"
            chunk = next(found, None)
            if chunk is None:
                return
            speech.made.append(text)
            yield chunk

    vars(synthesizer)["stream"] = stream
    try:
        yield speech
    finally:
        speech.go_on.set()
        del vars(synthesizer)["stream"]
