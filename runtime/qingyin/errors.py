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


class VoiceError(QingyinError):
    """A voice is unknown or its file does not follow the format."""


class ModelError(QingyinError):
    """A model set is missing, damaged, or does not keep the contract of its slot."""


class DependencyError(QingyinError):
    """A package that this call needs is not installed."""


class AudioError(QingyinError):
    """An audio file cannot be read or written, or a recording cannot serve as a reference."""
