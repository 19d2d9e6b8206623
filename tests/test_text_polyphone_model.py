"""The bundled graph of polyphones: what it may weigh, and that it answers for every polyphone of any sentence."""

from __future__ import annotations

from importlib.resources import files

from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.text import polyphones
from qingyin.text.characters import canonicalise
from qingyin.text.citation import has_reading
from qingyin.text.normalize import normalise
from qingyin.text.pinyin import pinyin_to_phonemes
from qingyin.text.segmentation import Clause, clauses

MOST_BYTES = 1_500_000


def sentence(text: str) -> list[Clause]:
    canonical, positions = canonicalise(text)
    return clauses(normalise(canonical, positions, text, has_reading).items)


def model() -> polyphones.Polyphones:
    found = polyphones.load()
    assert found is not None
    return found


def test_the_graph_is_small() -> None:
    assert (files("qingyin.text") / "polyphones.onnx").stat().st_size <= MOST_BYTES  # type: ignore[attr-defined]


def test_whatever_it_chooses_can_be_said() -> None:
    for choices in model().table.readings.values():
        assert all(pinyin_to_phonemes(reading) for reading in choices)


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from([*"长行的了还得地着过都为，。？“", *"他学会银睡a3龘"]), min_size=1, max_size=40))
def test_every_polyphone_has_one_of_its_readings(text: str) -> None:
    found = sentence(text)
    table = model().table.readings
    chosen = model().choose(found)
    seen = polyphones.features(found, table)
    asked = {
        place
        for place, (char, said) in enumerate(zip(seen.characters, seen.dictionary, strict=True))
        if char in table and not said
    }
    assert set(chosen) == asked
    assert all(reading in table[seen.characters[place]] for place, reading in chosen.items())
