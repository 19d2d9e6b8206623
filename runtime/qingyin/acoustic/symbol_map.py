"""Exists so that an acoustic model with phonemes of its own can speak here: a table says ours in its symbols."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from qingyin.errors import ModelError
from qingyin.manifest import RESTORE, Manifest
from qingyin.strict import read_verified
from qingyin.text.symbols import NO_TONE, PAUSE, PHONEME_IDS, SENTENCE_SILENCE, TONES

if TYPE_CHECKING:
    from qingyin.text import Phoneme

ANYWHERE, FIRST = "*", "^"  # of a row: in any place, or only where the syllable begins with this phoneme
_MAX_BYTES = 1_000_000
Key = tuple[str, int, bool]  # our symbol, its tone, whether the syllable begins with it


class SymbolMap:
    """What the model calls our phonemes; some of ours are two of its own (ian, alone in a syllable: y ian1)."""

    def __init__(self, rows: Mapping[Key, tuple[str, ...]]) -> None:
        self._rows = dict(rows)

    def unknown(self, phonemes: Sequence[Phoneme]) -> set[int]:
        """The syllables that hold a phoneme which the model has no symbol for."""
        return {p.syllable for p, key in _keyed(phonemes) if key not in self._rows} - {-1}

    def translated(self, phonemes: Sequence[Phoneme]) -> tuple[Phoneme, ...]:
        """The phonemes in the model's symbols; each keeps its syllable, its boundary and what markup asks for.

        Errors: KeyError for one that `unknown` would have told of.
        """
        return tuple(
            dataclasses.replace(phoneme, symbol=symbol, tone=NO_TONE)
            for phoneme, key in _keyed(phonemes)
            for symbol in self._rows[key]
        )


def _keyed(phonemes: Sequence[Phoneme]) -> Iterator[tuple[Phoneme, Key]]:
    before: int | None = None
    for phoneme in phonemes:
        pause = phoneme.syllable < 0
        yield phoneme, (phoneme.symbol, phoneme.tone, not pause and phoneme.syllable != before)
        before = phoneme.syllable


def load_symbol_map(manifest: Manifest) -> SymbolMap | None:
    """The table of a model set, None if its symbols are ours. Errors: ModelError that names the line."""
    if manifest.symbol_map is None:
        return None
    path = manifest.folder / manifest.symbol_map.file
    data = read_verified(path, manifest.symbol_map.sha256, f"symbol map {manifest.symbol_map.file}", RESTORE)
    if len(data) > _MAX_BYTES:
        raise ModelError(f"{path} is larger than {_MAX_BYTES // 1_000_000} MB, so it is no symbol map")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelError(f"{path} is not UTF-8 ({error.reason} at byte {error.start}); {RESTORE}") from None
    return SymbolMap(parse_symbol_map(text.splitlines(), frozenset(manifest.symbols), str(path), ModelError))


def parse_symbol_map(
    lines: Iterable[str], theirs: frozenset[str], where: str, error: type[Exception]
) -> dict[Key, tuple[str, ...]]:
    """Rows of four columns, a TAB between: our phoneme, its tone, * or ^, and the model's symbols with a space between.

    A row with ^ is for a phoneme that begins its syllable and goes before one with *. # begins a remark.
    theirs: the model's symbols. Errors: `error`, naming the line.
    """
    given: dict[tuple[str, int, str], tuple[str, ...]] = {}
    for number, line in enumerate(lines, 1):
        row = line.split("#", 1)[0].rstrip()
        if not row:
            continue
        problem = f"{where}, line {number}: "
        columns = row.split("\t")
        if len(columns) != 4:
            raise error(f"{problem}{len(columns)} columns; a phoneme, its tone, * or ^, and symbols are wanted")
        symbol, tone, place, written = (column.strip() for column in columns)
        if symbol not in PHONEME_IDS or not tone.isdecimal() or int(tone) not in TONES:
            raise error(f"{problem}{symbol!r} with tone {tone!r} is no phoneme of this qingyin")
        if place not in (ANYWHERE, FIRST):
            raise error(f"{problem}the third column is {ANYWHERE} or {FIRST}, not {place!r}")
        symbols = tuple(written.split())
        if not symbols or (strange := [name for name in symbols if name not in theirs]):
            named = f"unknown to the model: {', '.join(strange)}" if symbols else "there are none"
            raise error(f"{problem}the model's symbols: {named}")
        if (symbol, int(tone), place) in given:
            raise error(f"{problem}{symbol} {tone} {place} is there twice")
        given[symbol, int(tone), place] = symbols
    for pause in (SENTENCE_SILENCE, PAUSE):
        if (pause, NO_TONE, ANYWHERE) not in given:
            raise error(f"{where} lacks a row for {pause!r} with tone {NO_TONE} and {ANYWHERE}")
    rows: dict[Key, tuple[str, ...]] = {}
    for (symbol, number_of_tone, place), symbols in given.items():
        if place == FIRST:
            rows[symbol, number_of_tone, True] = symbols
        else:
            rows[symbol, number_of_tone, False] = symbols
            if (symbol, number_of_tone, FIRST) not in given:
                rows[symbol, number_of_tone, True] = symbols
    return rows
