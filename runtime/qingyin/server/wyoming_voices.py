"""Exists so that a voice assistant sees what can speak here: programs, voices, languages and whom they are owed to."""

from __future__ import annotations

from wyoming.info import Attribution, Info, TtsProgram, TtsVoice, TtsVoiceSpeaker

from qingyin import __version__
from qingyin.errors import QingyinError
from qingyin.synthesizer import Synthesizer
from qingyin.voice_store import stored_voices
from qingyin.voices import Voice

# Home Assistant lists a voice under the language of its user, with or without the country.
_LANGUAGES = {"zh": ["zh-CN", "zh"]}


def info_of(synthesizer: Synthesizer) -> Info:
    """The answer to `describe`. Reads the files of the user's voices; a damaged one is left out."""
    voices = []
    for name in dict.fromkeys((*synthesizer.voices, *stored_voices())):
        try:
            voices.append(_described(synthesizer.voice(name), tuple(synthesizer.manifest.emotions)))
        except QingyinError:  # whoever asks for it by name is told why
            continue
    program = TtsProgram(
        name="qingyin", attribution=Attribution("Qingyin", ""), installed=True, version=__version__,
        description="Qingyin 轻音, Chinese speech on a CPU", voices=voices, supports_synthesize_streaming=True,
    )  # fmt: skip
    return Info(tts=[program])


def _described(voice: Voice, emotions: tuple[str, ...]) -> TtsVoice:
    """A voice; its "speakers" are the emotions it can have, for which the protocol has no field."""
    return TtsVoice(
        name=voice.name, attribution=Attribution(f"{voice.source} ({voice.licence})", ""), installed=True,
        version=__version__, description=voice.name, languages=_LANGUAGES.get(voice.language, [voice.language]),
        speakers=[TtsVoiceSpeaker(label) for label in emotions],
    )  # fmt: skip
