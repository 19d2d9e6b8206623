"""Decides between the two readings of words that are spelled alike: to record, a record; she read, to read.

The word before tells most of it, and inside Chinese what follows (record一下 is a verb). Where nothing tells, the
commoner reading of the word by itself is taken, which is also how it is used in Chinese text.
"""

from __future__ import annotations

from qingyin.text.patterns import lazily

_VERB_BEFORE_TEXT = """
    to will would can could should shall may might must do does did don't doesn't didn't won't can't couldn't wouldn't
    shouldn't i you we they i'll you'll we'll they'll who please let's let not never always also help and
"""
_VERB_BEFORE = frozenset(_VERB_BEFORE_TEXT.split())
_PAST_BEFORE_TEXT = """
    have has had i've you've we've they've he she was were been is are be being well just
"""
_PAST_BEFORE = frozenset(_PAST_BEFORE_TEXT.split())
_STATE_BEFORE_TEXT = "be is are was were been so very too get getting got stay come came how as"
_STATE_BEFORE = frozenset(_STATE_BEFORE_TEXT.split())
_NOUN_BEFORE_TEXT = """
    the a an of in no any some this that its his her my your our their for with much what
"""
_NOUN_BEFORE = frozenset(_NOUN_BEFORE_TEXT.split())
_PLACE_AFTER = lazily(r" (?:in|at|with|on|here|there|together|near|by|long|alone|for|without|happily)\b")
_DONE_AFTER = lazily(r" ?(?:一下|一遍|起来|掉|完|好了|过|出来)")
_SUBJECTS = frozenset(["i", "you", "we", "they", "he", "she", "it"])
_PAST_AFTER = lazily(r"[A-Za-z' ]* (?:yesterday|ago|last (?:night|week|month|year))(?![A-Za-z])")
_PERFECT_BEFORE = lazily(r"(?<![A-Za-z])(?:[Hh]ave|[Hh]as|[Hh]ad) [A-Za-z]+ $")
_WORD_BEFORE = lazily(r"(?<![A-Za-z'’])([A-Za-z][A-Za-z'’]*) $")

# word: noun or adjective, verb
_NOUNS_AND_VERBS_TEXT = """
    record:R-EH1-K-ER0-D:R-AH0-K-AO1-R-D present:P-R-EH1-Z-AH0-N-T:P-R-IY0-Z-EH1-N-T
    object:AA1-B-JH-EH0-K-T:AH0-B-JH-EH1-K-T project:P-R-AA1-JH-EH0-K-T:P-R-AH0-JH-EH1-K-T
    subject:S-AH1-B-JH-IH0-K-T:S-AH0-B-JH-EH1-K-T conduct:K-AA1-N-D-AH0-K-T:K-AH0-N-D-AH1-K-T
    conflict:K-AA1-N-F-L-IH0-K-T:K-AH0-N-F-L-IH1-K-T contract:K-AA1-N-T-R-AE2-K-T:K-AH0-N-T-R-AE1-K-T
    contrast:K-AA1-N-T-R-AE2-S-T:K-AH0-N-T-R-AE1-S-T decrease:D-IY1-K-R-IY2-S:D-IH0-K-R-IY1-S
    increase:IH1-N-K-R-IY2-S:IH0-N-K-R-IY1-S export:EH1-K-S-P-AO0-R-T:IH0-K-S-P-AO1-R-T
    import:IH1-M-P-AO2-R-T:IH0-M-P-AO1-R-T permit:P-ER1-M-IH2-T:P-ER0-M-IH1-T
    produce:P-R-OW1-D-UW0-S:P-R-AH0-D-UW1-S progress:P-R-AA1-G-R-EH2-S:P-R-AH0-G-R-EH1-S
    protest:P-R-OW1-T-EH2-S-T:P-R-AH0-T-EH1-S-T rebel:R-EH1-B-AH0-L:R-IH0-B-EH1-L
    suspect:S-AH1-S-P-EH2-K-T:S-AH0-S-P-EH1-K-T refuse:R-EH1-F-Y-UW2-Z:R-AH0-F-Y-UW1-Z
    desert:D-EH1-Z-ER0-T:D-IH0-Z-ER1-T resume:R-EH1-Z-AH0-M-EY2:R-IH0-Z-UW1-M
    address:AE1-D-R-EH2-S:AH0-D-R-EH1-S perfect:P-ER1-F-IH2-K-T:P-ER0-F-EH1-K-T
    separate:S-EH1-P-ER0-AH0-T:S-EH1-P-ER0-EY2-T estimate:EH1-S-T-AH0-M-AH0-T:EH1-S-T-AH0-M-EY2-T
    duplicate:D-UW1-P-L-AH0-K-AH0-T:D-UW1-P-L-AH0-K-EY2-T graduate:G-R-AE1-JH-AH0-W-AH0-T:G-R-AE1-JH-AH0-W-EY2-T
    tear:T-IH1-R:T-EH1-R house:HH-AW1-S:HH-AW1-Z abuse:AH0-B-Y-UW1-S:AH0-B-Y-UW1-Z
"""
_NOUNS_AND_VERBS = {
    word: (tuple(noun.split("-")), tuple(verb.split("-")))
    for word, noun, verb in (entry.split(":") for entry in _NOUNS_AND_VERBS_TEXT.split())
}
_VERBS_AND_OTHERS = {  # word: verb, the other reading, words before that ask for it
    "read": (("R", "IY1", "D"), ("R", "EH1", "D"), _PAST_BEFORE),
    "tears": (("T", "IH1", "R", "Z"), ("T", "EH1", "R", "Z"), frozenset({"he", "she", "it", "who"})),
    "close": (("K", "L", "OW1", "Z"), ("K", "L", "OW1", "S"), _STATE_BEFORE),
    "use": (("Y", "UW1", "Z"), ("Y", "UW1", "S"), _NOUN_BEFORE),
    "excuse": (("IH0", "K", "S", "K", "Y", "UW1", "Z"), ("IH0", "K", "S", "K", "Y", "UW1", "S"), _NOUN_BEFORE),
    "lead": (("L", "IY1", "D"), ("L", "EH1", "D"), frozenset({"contains", "contain"})),
}
_ADJECTIVE_LIVE, _VERB_LIVE = ("L", "AY1", "V"), ("L", "IH1", "V")


def reading(text: str, start: int, end: int) -> tuple[str, ...]:
    """Phones of the word text[start:end] by what stands around it; () for words that have one reading."""
    word = text[start:end].lower()
    if word not in _NOUNS_AND_VERBS and word not in _VERBS_AND_OTHERS and word != "live":
        return ()
    match = _WORD_BEFORE.search(text[max(0, start - 16) : start])
    before = match.group(1).lower().replace("’", "'") if match else ""
    if word == "live":
        return _VERB_LIVE if before in _VERB_BEFORE or _PLACE_AFTER.match(text, end) else _ADJECTIVE_LIVE
    if word in _NOUNS_AND_VERBS:
        noun, verb = _NOUNS_AND_VERBS[word]
        return verb if before in _VERB_BEFORE or _DONE_AFTER.match(text, end) else noun
    verb, other, cues = _VERBS_AND_OTHERS[word]
    if word == "read" and before in _SUBJECTS and (
        _PAST_AFTER.match(text, end) or _PERFECT_BEFORE.search(text[max(0, start - 16) : start])
    ):
        return other
    return other if before in cues else verb
