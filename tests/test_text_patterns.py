"""Expressions that are compiled late are expressions, and do what compiled ones do."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module

import pytest

import qingyin.text
from qingyin.text.patterns import LazyPattern, lazily


def test_it_matches_as_a_compiled_expression_does() -> None:
    source, text = r"(?P<first>[a-z])(\d+)?", "1b22 C3"
    late, soon = lazily(source, re.IGNORECASE), re.compile(source, re.IGNORECASE)
    for _ in range(2):
        assert [match.span() for match in late.finditer(text)] == [match.span() for match in soon.finditer(text)]
        assert late.match(text) is None and late.fullmatch(text) is None
        found = late.match(text, 1)
        assert found is not None and found["first"] == "b" and found.re == soon
        assert late.sub("-", text) == soon.sub("-", text) and late.pattern == source


def test_what_is_no_expression_says_so_when_it_is_used() -> None:
    broken = lazily("(")
    with pytest.raises(re.error):
        broken.match("")


def test_every_expression_of_the_front_end_is_one() -> None:
    names = [module.name for module in pkgutil.walk_packages(qingyin.text.__path__, "qingyin.text.")]
    found = [value for name in names for value in vars(import_module(name)).values() if isinstance(value, LazyPattern)]
    assert len(found) > 200
    for expression in found:
        expression.search("")  # raises re.error where it is none
