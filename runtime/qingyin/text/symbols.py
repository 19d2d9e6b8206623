"""The phoneme inventory: one table for training, export and runtime, because a shifted id is silent nonsense.

Initials and finals of Hanyu Pinyin, and the phones of General American English as the CMU dictionary writes them
(ARPAbet, in capitals). The index in PHONEMES is the id that models see; only append to it.
"""

from __future__ import annotations

PADDING = "_"  # id 0; never produced from text
SENTENCE_SILENCE = "sil"  # first and last phoneme of every sentence
PAUSE = "sp"  # pause inside a sentence
ERHUA = "rr"  # 儿化: the suffix 儿 fused with the syllable before it; carries that syllable's tone

INITIALS: tuple[str, ...] = (
    "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c",
    "s",
)  # fmt: skip
# ii after z c s, iii after zh ch sh r; v is ü
FINALS: tuple[str, ...] = (
    "a", "o", "e", "ê", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "er",
    "i", "ii", "iii", "ia", "io", "ie", "iao", "iou", "ian", "in", "iang", "ing", "iong",
    "u", "ua", "uo", "uai", "uei", "uan", "uen", "uang", "ueng", "v", "ve", "van", "vn",
    ERHUA,
)  # fmt: skip
ENGLISH_VOWELS: tuple[str, ...] = (
    "AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW",
)  # fmt: skip
ENGLISH_CONSONANTS: tuple[str, ...] = (
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T", "TH", "V", "W",
    "Y", "Z", "ZH",
)  # fmt: skip
PHONEMES: tuple[str, ...] = (
    PADDING, SENTENCE_SILENCE, PAUSE, *INITIALS, *FINALS, *ENGLISH_VOWELS, *ENGLISH_CONSONANTS,
)  # fmt: skip
PHONEME_IDS: dict[str, int] = {symbol: index for index, symbol in enumerate(PHONEMES)}

NO_TONE = 0  # initials and pauses
NEUTRAL_TONE = 5
UNSTRESSED, PRIMARY_STRESS, SECONDARY_STRESS = 6, 7, 8  # of English vowels: what tones are to Mandarin ones
TONES: tuple[int, ...] = (0, 1, 2, 3, 4, 5, UNSTRESSED, PRIMARY_STRESS, SECONDARY_STRESS)

INSIDE_WORD, WORD_END, PHRASE_END, SENTENCE_END = range(4)
BOUNDARIES: tuple[int, ...] = (INSIDE_WORD, WORD_END, PHRASE_END, SENTENCE_END)
