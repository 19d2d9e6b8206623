"""Exists so that callers can catch what a user did wrong apart from what is a bug: every message says what
to do next.
"""

from __future__ import annotations


class QingyinError(Exception):
    """Base of all errors that a user can cause and cure; the message is one line and says how."""


class OptionError(QingyinError):
    """A synthesis option is of the wrong type or out of its range."""


class TextError(QingyinError):
    """The text is empty, unreadable or holds nothing that can be spoken."""


class MarkupError(TextError):
    """Markup or SSML that cannot be followed. position: index in the text; line, column: the same place, from 1."""

    def __init__(self, message: str, text: str, position: int, before: tuple[int, int, int] = (0, 1, 1)) -> None:
        """before: position, line and column of text[0], where `text` is a later piece of a whole."""
        offset, line, column = before
        self.position = offset + position
        self.line = line + text.count("\n", 0, position)
        line_start = text.rfind("\n", 0, position) + 1
        self.column = position - line_start + (1 if line_start else column)
        super().__init__(f"line {self.line}, column {self.column}: {message}")


class LexiconError(QingyinError):
    """A lexicon cannot be read, or a line of it is not a word and its reading; the message names file and line."""


class VoiceError(QingyinError):
    """A voice is unknown or its file does not follow the format."""


class ModelError(QingyinError):
    """A model set is missing, damaged, or does not keep the contract of its slot."""


class DependencyError(QingyinError):
    """A package that this call needs is not installed."""


class AudioError(QingyinError):
    """An audio file cannot be read or written, or a recording cannot serve as a reference."""
