"""Readings in real sentences, by phenomenon: the tables under tests/readings/, read by tools/measure_readings.py.

Expected readings were written before the front end was run on them. What only the sense of a whole passage decides is
listed in BEYOND_REACH: a table says what is right, not what is read.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.measure_readings import FOLDER, load

TABLES = sorted(FOLDER.glob("*.txt"))
LEAST_CASES = 24
BEYOND_REACH = {
    "小马儿在耳朵帽里找出根洋火，在鞋底儿上划着，用两只小黑手捧着，点着了灯。": "划着: that the match has caught",
    "那几张画！等太太收拾好，教高妈打电要辆车，上这儿来。": "教 in the sense of 叫 before a name",
}


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_case_is_read_right(table: Path) -> None:
    wrong = [case for case in load(table) if not case.accepts(case.read())]
    surprising = [f"{case.text}: {case.read()}, not {case.expected}" for case in wrong if case.text not in BEYOND_REACH]
    assert not surprising, "\n".join(surprising)


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_table_is_a_table(table: Path) -> None:
    cases = load(table)
    assert len({(case.text, case.start) for case in cases}) == len(cases) >= LEAST_CASES
    assert all(case.source for case in cases)
