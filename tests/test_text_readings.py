"""Readings in real sentences, by phenomenon: the tables under tests/readings/, read by tools/measure_readings.py.

Expected readings were written before the front end was run on them: a table says what is right, not what is read.
Tables in corpus/ point at sentences of the text corpora and need these; own/ holds sentences of the project's own for
the same phenomena, for every checkout.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.corpus_rows import load_rows, why_missing
from tools.measure_readings import FOLDER, load, tables

TABLES = [*tables(FOLDER), *sorted(FOLDER.glob("own/*.txt"))]
LEAST_CASES = 24


def name(table: Path) -> str:
    return "-".join(table.relative_to(FOLDER).with_suffix("").parts)


def skip_without_corpus(table: Path) -> None:
    if table.suffix == ".tsv" and (reason := why_missing(load_rows(table))):
        pytest.skip(f"{len(load_rows(table))} cases; {reason}")


@pytest.mark.parametrize("table", TABLES, ids=name)
def test_every_case_is_read_right(table: Path) -> None:
    skip_without_corpus(table)
    wrong = [case for case in load(table) if not case.accepts(case.read())]
    found = [f"{case.text}: {case.read()}, not {case.expected}" for case in wrong]
    assert not wrong, "\n".join(found)


@pytest.mark.parametrize("table", TABLES, ids=name)
def test_every_table_is_a_table(table: Path) -> None:
    skip_without_corpus(table)
    cases = load(table)
    assert len({(case.text, case.start) for case in cases}) == len(cases)
    assert all(case.source for case in cases)


def test_every_phenomenon_has_cases_enough() -> None:
    counts: dict[str, int] = {}
    for table in TABLES:
        found = len(load_rows(table)) if table.suffix == ".tsv" else len(load(table))
        counts[table.stem] = counts.get(table.stem, 0) + found
    assert {stem for stem, count in counts.items() if count < LEAST_CASES} == set()
