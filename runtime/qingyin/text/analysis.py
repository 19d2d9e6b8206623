"""What the front end hands on: sentences of phonemes, and an account of what was read how."""

from __future__ import annotations

from dataclasses import dataclass

from qingyin.text.style import PLAIN, Style

# A sentence has 150 phonemes, syllables and words. That the generated __init__ of a frozen dataclass writes field by
# field through object.__setattr__ takes twice as long as theirs.

@dataclass(frozen=True)
class Phoneme:
    """One phoneme or pause."""

    symbol: str  # entry of symbols.PHONEMES
    tone: int  # 0 none (initials, sil, sp), 1..5 on finals (5 = neutral), 6..8 stress of English vowels
    boundary: int  # 0 inside a word, 1 last syllable of a word, 2 last before a pause, 3 last of the sentence
    syllable: int  # index within the sentence; -1 for sil and sp
    pause_ms: float = 0.0  # sil and sp only
    exact: bool = False  # the author wrote that pause: no speed changes it
    style: Style = PLAIN  # what markup asks for here

    def __init__(
        self, symbol: str, tone: int, boundary: int, syllable: int, pause_ms: float = 0.0, exact: bool = False,
        style: Style = PLAIN,
    ) -> None:  # fmt: skip
        self.__dict__.update(symbol=symbol, tone=tone, boundary=boundary, syllable=syllable, pause_ms=pause_ms,
                             exact=exact, style=style)  # fmt: skip


@dataclass(frozen=True)
class Syllable:
    """A syllable as it is said, and where it comes from."""

    text: str  # a Han character (with 儿), or the first syllable's whole word in letters, or ""
    pinyin: str  # after sandhi; "HH-AH0" of an English word
    citation: str  # before sandhi
    start: int  # original text[start:end] is what it stands for; syllables of one number or word share theirs
    end: int
    origin: str = ""  # "markup" or "lexicon" if they gave the reading

    def __init__(self, text: str, pinyin: str, citation: str, start: int, end: int, origin: str = "") -> None:
        self.__dict__.update(text=text, pinyin=pinyin, citation=citation, start=start, end=end, origin=origin)


@dataclass(frozen=True)
class Word:
    """A word as it is said, for showing what will be heard."""

    text: str  # numbers and signs in Han characters, letters as themselves
    pinyin: tuple[str, ...]  # after sandhi
    position: int  # index in the original text of what it stands for
    pause_ms: float = 0.0  # silence after it; 0 inside a phrase and at the sentence's end

    def __init__(self, text: str, pinyin: tuple[str, ...], position: int, pause_ms: float = 0.0) -> None:
        self.__dict__.update(text=text, pinyin=pinyin, position=position, pause_ms=pause_ms)


@dataclass(frozen=True)
class Sentence:
    """A sentence, or a piece of one that was too long to be said in one go."""

    text: str  # the source span, as normalised
    phonemes: tuple[Phoneme, ...]  # first and last are "sil"
    kind: str  # "statement" | "question" | "exclamation"
    syllables: tuple[str, ...]  # pinyin after sandhi; erhua as in "huar1"
    words: tuple[Word, ...] = ()  # the same syllables, grouped, with the pauses after them
    details: tuple[Syllable, ...] = ()  # the same syllables, one by one
    start: int = 0  # original text[start:end] is this sentence, without the space around it
    end: int = 0
    voice: str | None = None  # that markup asks for
    emotion: tuple[tuple[str, float], ...] | None = None  # (name, weight) pairs that markup asks for


@dataclass(frozen=True)
class Unspoken:
    """Text that is not said, and why."""

    text: str
    position: int  # index in the original text
    reason: str


@dataclass(frozen=True)
class Note:
    """Text that is said in a makeshift way, for example a Latin word spelled letter by letter."""

    text: str
    position: int  # index in the original text
    message: str


@dataclass(frozen=True)
class Analysis:
    """What will be said, and what will not."""

    sentences: tuple[Sentence, ...]
    unspoken: tuple[Unspoken, ...]
    notes: tuple[Note, ...] = ()
