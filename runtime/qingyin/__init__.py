"""Qingyin: Chinese speech synthesis on a CPU. Names are loaded on first use, so that `import qingyin`
costs nothing.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as type checkers understand it; `typing` takes longer to import than all of this
if TYPE_CHECKING:
    from qingyin.errors import (
        AudioError,
        DependencyError,
        LexiconError,
        MarkupError,
        ModelError,
        OptionError,
        QingyinError,
        TextError,
        VoiceError,
    )
    from qingyin.options import SynthesisOptions
    from qingyin.synthesizer import Audio, AudioChunk, Synthesizer
    from qingyin.voices import Voice

__version__ = "0.1.0"

__all__ = [
    "Audio", "AudioChunk", "AudioError", "DependencyError", "LexiconError", "MarkupError", "ModelError", "OptionError",
    "QingyinError", "SynthesisOptions", "Synthesizer", "TextError", "Voice", "VoiceError",
]  # fmt: skip

_ERRORS = (
    "AudioError",
    "DependencyError",
    "LexiconError",
    "MarkupError",
    "ModelError",
    "OptionError",
    "QingyinError",
    "TextError",
    "VoiceError",
)
_HOMES = {
    "Audio": "qingyin.synthesizer",
    "AudioChunk": "qingyin.synthesizer",
    "SynthesisOptions": "qingyin.options",
    "Synthesizer": "qingyin.synthesizer",
    "Voice": "qingyin.voices",
} | dict.fromkeys(_ERRORS, "qingyin.errors")


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'qingyin' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
