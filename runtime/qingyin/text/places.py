"""Where each character of a text that is to be said comes from, when markup or a lexicon has changed the text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Piece:
    """A stretch of the text that begins at `start`, and source[first:end] behind it.

    verbatim: character by character the same; else all of it stands for all of the source.
    """

    start: int
    first: int
    end: int
    verbatim: bool


@dataclass
class Places:
    """Pieces in order; the first begins at 0."""

    pieces: list[Piece] = field(default_factory=list)

    def add(self, start: int, first: int, end: int, verbatim: bool) -> None:
        """The text from `start` on, up to the next piece, comes from source[first:end]."""
        last = self.pieces[-1] if self.pieces else None
        if last and verbatim and last.verbatim and last.end == first and last.first - last.start == first - start:
            self.pieces[-1] = Piece(last.start, last.first, end, True)
        else:
            self.pieces.append(Piece(start, first, end, verbatim))

    def _piece(self, index: int) -> Piece:
        return self.pieces[bisect_right(self.pieces, index, key=lambda piece: piece.start) - 1]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """text[start:end], not empty -> (first, past-last) index in the source."""
        first, last = self._piece(start), self._piece(end - 1)
        return (
            first.first + start - first.start if first.verbatim else first.first,
            last.first + end - last.start if last.verbatim else last.end,
        )

    def cut(self, start: int, end: int) -> Iterator[Piece]:
        """The pieces of text[start:end], the first and the last one shortened to it; not empty."""
        index = bisect_right(self.pieces, start, key=lambda piece: piece.start) - 1
        while index < len(self.pieces) and (index < 0 or self.pieces[index].start < end):
            piece = self.pieces[index]
            after = self.pieces[index + 1].start if index + 1 < len(self.pieces) else end
            begin, stop = max(start, piece.start), min(end, after)
            if piece.verbatim:
                shift = piece.first - piece.start
                yield Piece(begin, begin + shift, stop + shift, True)
            else:
                yield Piece(begin, piece.first, piece.end, False)
            index += 1
