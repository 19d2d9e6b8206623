"""Letters: addresses, Roman numerals in letters, No., and English words and acronyms."""

from __future__ import annotations

import re

from qingyin.text.characters import (
    ADDRESS,
    ADDRESS_NAMES,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    address_end,
    is_ascii_alnum,
    is_latin,
)
from qingyin.text.english import heteronyms as english_heteronyms
from qingyin.text.english import numbers as english_numbers
from qingyin.text.english import pinyin as english_pinyin
from qingyin.text.english import reading as english
from qingyin.text.english.dictionary import look_up
from qingyin.text.english.phones import syllables
from qingyin.text.items import SILENT
from qingyin.text.numbers import NUMBER, digits_one_by_one, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.english import say
from qingyin.text.rules.parts import English, Leave, Part, Pause, Reading, Say, Spell, after, before
from qingyin.text.units import bare_unit, unit_at

_WORDS = lazily(r"[A-Za-z]+(?:['’][A-Za-z]+)*(?:(?<=s)['’](?![A-Za-z]))?")
_SCALED = lazily(r"[0-9][千百]?[万亿千百]$")
_DOTTED = lazily(r"(?:[A-Za-z]|Ph)(?:\.[A-Za-z]){1,5}(?![A-Za-z0-9])")
_DOTTED_WORDS = {"eg": "for example", "ie": "that is"}
_WORD_BEFORE = lazily(r"[A-Za-z]{2,}[ -]$")
_WORD_AFTER = lazily(r"[ -][A-Za-z]?[a-z]{2,}|'")
_CAPITALS_BEFORE = lazily(r"([A-Z]+)[^A-Za-z0-9、，一-鿿]{1,3}$")  # a list is no shouting
_CAPITALS_AFTER = lazily(r"[^A-Za-z0-9、，一-鿿]{1,3}([A-Z]+)")
_ADDRESS_PIECE = lazily(r"[A-Za-z]+|[0-9]+|.", re.DOTALL)
_ORDINAL = lazily(r"([0-9]{1,4})(?:st|nd|rd|th)(?![A-Za-z0-9])")
_DRIVE = lazily(r"[A-Za-z]:\\[A-Za-z0-9_.\\-]{0,120}(?<![.-])")
_LOGARITHM = lazily(rf"log([{SUBSCRIPTS}]{{1,3}})[ (]?(?:({NUMBER})|([A-Za-z])(?![A-Za-z]))?\)?")
_ELEMENTS_TEXT = "He Li Be Ne Na Mg Al Si Cl Ar Ca Ti Cr Mn Fe Co Ni Cu Zn Br Ag Cd Sn Ba Hg Pb"
_ELEMENTS = frozenset(_ELEMENTS_TEXT.split())
_TURNED_INTO = lazily("转(?=[A-Za-z])")  # PDF转Word, but 3000转
_SYMBOLS = _ELEMENTS | {"Au", "In", "Br", "Cs", "As", "At", "Mo", "La"}  # spelled where Chinese tells that they are
_ELEMENT_NAME = (
    "[氢氦锂铍硼碳氮氧氟氖钠镁铝硅磷硫氯氩钾钙钛铬锰铁钴镍铜锌砷溴银镉锡碘铯钡铂金汞铅钼镧]"
    "(?![^，。、；（）()的元离原单和与]{2})"
)
_ELEMENT_AFTER = lazily(
    rf"(?:是|为|即|代表|表示|指|（|\(){_ELEMENT_NAME}|元素|离子|原子|单质|电极|合金|的?(?:元素|化学)符号|的相对原子|的化合价|是金属"
)
_ELEMENT_BEFORE = lazily(rf"(?:元素|金属|单质|{_ELEMENT_NAME}(?:的?(?:元素|化学)?符号)?(?:是|为|写作|用|（|\())$")
_IN_FORMULA = lazily(rf"[{''.join(SUPERSCRIPTS)}0-9]|[-+](?![A-Za-z0-9=+ -])|\([A-Z]{{1,2}}[0-9)]")
_HYDROXIDE = lazily(r"\)[0-9]|-(?![A-Za-z0-9])")
_FUNCTIONS = {"sin": "sine", "cos": "cosine", "tan": "tangent"}  # of an angle, where they are no words
_EQUALS = lazily(r" ?(?:=|≤|≥|≠)")
_PRODUCT = lazily(r"[A-Za-z]{2,3}(?![A-Za-z0-9(_.])")
_NO_PRODUCT = frozenset(["pi", "sin", "cos", "tan", "log", "max", "min", "mod", "lim", "exp", "yes", "no", "on", "off"])
_FORMULA_BEFORE = lazily(r"(?<![A-Za-z0-9_.])[A-Za-z]{1,2}[0-9²]? ?= ?$")
_ARGUMENT = lazily(r"[²³⁻(0-9]| ?(?:[A-Za-z](?![A-Za-z])|[α-ωΑ-Ω])")
_NUMBER_SIGN = lazily(r"(?!NO[23](?![0-9]))(?:No|NO|no|Nr)[. ]{0,2}([0-9]{1,5})(?![0-9]|\.[0-9])")
_GRAPHICS_BEFORE = lazily(r"[0-9]{4} ?$")  # RTX 5070 Ti
_LETTERED_BEFORE = lazily(  # Plan A, Hepatitis A and B: there A is no article
    r"(?:[Pp]lan|[Cc]lass|[Gg]roup|[Tt]ype|[Ll]evel|[Tt]eam|[Gg]rade|[Hh]epatitis|[Vv]itamin|[Ss]eries?|[Mm]odel|"
    r"[Pp]art|[Oo]ption|[Ss]ection|[Uu]nit|[Ss]ide|[Pp]roduct|[Vv]ersion|[Rr]oom|[Gg]ate|[Bb]lock|[Aa]ppendix|PLAN) $"
)
_EXCLAIMED = frozenset(["NO", "OH", "HI", "GO", "SO"])  # words in capitals, but for formulas: NO2, OH⁻
_NO_ION = lazily(rf"(?![0-9A-Za-z+{SUBSCRIPTS}⁻⁺-])")
_THEY_AFTER = lazily("[们是说的在会不也就想要让给和对有没把很都还爱能来去]|喜欢")  # TA们: he or she
_NEXT_WORD = lazily(r" [A-Za-z]{2}")
_VERSUS = lazily(r"(?:vs|VS|Vs)(?![A-Za-z0-9]| (?:Code|code|Studio)(?![a-z]))")  # VS Code is a name


def address(text: str, start: int) -> Reading | None:
    """Web and mail addresses: every sign is said, the scheme is left out and reported."""
    match = ADDRESS.match(text, start)
    if match is None:
        return None
    end = address_end(match)
    parts: list[Part] = []
    place = start
    scheme = match.group("scheme")
    if scheme:
        parts.append(Leave(start, start + len(scheme), "scheme of an address"))
        place += len(scheme)
    for piece in _ADDRESS_PIECE.finditer(text, place, end):
        token = piece.group()
        if token == "www":
            parts += [Say("三"), Spell(piece.start(), piece.start() + 1)]
            continue
        said = _in_address(token, piece.start())
        parts += [Leave(piece.start(), piece.end(), "symbol")] if said is None else said
    return Reading(end, tuple(parts))


def _in_address(token: str, start: int) -> list[Part] | None:
    """How a piece of an address or a path is said: figures one by one, words, signs by name; None without a name."""
    if token.isdigit():
        return [Say(digits_one_by_one(token), literal=True)]
    if token.isalpha():
        words: list[Part] = []
        for word in english.read(token):
            words += [English(token[word.start : word.end], word.syllables, start + word.start), Pause(SILENT)]
        return words
    return [Say(ADDRESS_NAMES[token]), Pause(SILENT)] if token in ADDRESS_NAMES else None


def path_of_drive(text: str, start: int) -> Reading | None:
    """D:\\data\\2024: letters and signs as in an address."""
    match = _DRIVE.match(text, start)
    if match is None or (start and is_ascii_alnum(text[start - 1])):
        return None
    parts: list[Part] = [Spell(start, start + 1), Say("冒号")]
    for piece in _ADDRESS_PIECE.finditer(text, start + 2, match.end()):
        backslash: list[Part] = [Say("反斜杠"), Pause(SILENT)]
        parts += backslash if piece.group() == "\\" else _in_address(piece.group(), piece.start()) or []
    return Reading(match.end(), tuple(parts))


def ordinal_in_name(text: str, start: int) -> Reading | None:
    """20th Century Fox, the 2nd Street: an ordinal beside English words, in Chinese text too."""
    match = _ORDINAL.match(text, start)
    if match is None:
        return None
    follows = re.match(r" [A-Za-z]{2}", text[match.end() : match.end() + 3])
    if not (follows or re.search(r"[A-Za-z]{2} $", text[max(0, start - 3) : start])):
        return None
    return Reading(match.end(), say(english_numbers.ordinal(match.group(1)), start))


def number_sign(text: str, start: int) -> Reading | None:
    """No. 5 第五."""
    match = _NUMBER_SIGN.match(text, start)
    if match is None or (start and text[start - 1].isascii() and text[start - 1].isalpha()):
        return None
    return Reading(match.end(), (Say("第" + number_words(match.group(1))), Pause(SILENT)))


def versus(text: str, start: int) -> Reading | None:
    """vs 对."""
    match = _VERSUS.match(text, start)
    return Reading(match.end(), (Say("对"), Pause(SILENT))) if match else None


def unit_after_scale(text: str, start: int) -> Reading | None:
    """10万km: a unit after 万 or 亿."""
    if text[start - 1 : start] not in ("万", "亿", "千", "百") or not _SCALED.search(before(text, start)):
        return None
    name, end = unit_at(text, start)
    return Reading(end, (Say(name), Pause(SILENT))) if name and end - start > 1 else None


def logarithm(text: str, start: int) -> Reading | None:
    """log₂8 以二为底八的对数: canonicalise leaves figures below the line after log."""
    match = _LOGARITHM.match(text, start)
    if match is None:
        return None
    base = "".join(str(SUBSCRIPTS.index(char)) for char in match.group(1))
    head = Say(f"以{number_words(base)}为底")
    number, letters = match.group(2), match.group(3)
    if number:
        return Reading(match.end(), (head, Say(f"{number_words(number)}的对数"), Pause(SILENT)))
    if letters:
        return Reading(match.end(), (head, Spell(match.start(3), match.end(3)), Say("的对数"), Pause(SILENT)))
    return Reading(match.end(), (head, Say("的对数"), Pause(SILENT)))


def product(text: str, start: int) -> Reading | None:
    """F=ma, E=mc², G=mg: letters multiplied, after the = of a formula."""
    match = _PRODUCT.match(text, start)
    if match is None or match.group() in _NO_PRODUCT or not _FORMULA_BEFORE.search(text[max(0, start - 8) : start]):
        return None
    return Reading(match.end(), (Spell(start, match.end()), Pause(SILENT)), english.SPELLED)


def unit_alone(text: str, start: int) -> Reading | None:
    """累计kWh, 速度（km/h）: units that are no words, beside Chinese."""
    if start and is_ascii_alnum(before(text, start)[-1:]):
        return None
    name, end = bare_unit(text, start)
    return Reading(end, (Say(name), Pause(SILENT))) if name else None


def dotted(text: str, start: int) -> Reading | None:
    """U.S.A, e.g, Ph.D: letters with dots between them are one word; e.g and i.e are said in full in English."""
    match = _DOTTED.match(text, start)
    if match is None:
        return None
    letters = match.group().replace(".", "")
    full = _DOTTED_WORDS.get(letters)
    words_of = full.split() if full else [letters.upper()]
    parts = [English(token, word.syllables, start) for token in words_of for word in english.read(token)]
    return Reading(match.end(), (*parts, Pause(SILENT)), "" if full else english.SPELLED)


def words(text: str, start: int) -> Reading | None:
    """Words and spelled letters of a run; a lone letter keeps its Chinese name except beside English (B超, Plan B)."""
    match = _WORDS.match(text, start)
    if match is None:
        return None
    token, end = match.group(), match.end()
    if (token in _ELEMENTS and _IN_FORMULA.match(text, end)) or (token == "OH" and _HYDROXIDE.match(text, end)):
        return Reading(end, (Spell(start, end),), english.SPELLED)  # Fe²⁺, Na+, Ca(OH)2
    if len(token) == 2 and token not in ("pi", "Pi") and _EQUALS.match(text, end) and _beside_nothing(text, start):
        return Reading(end, (Spell(start, end),), english.SPELLED)  # Ax = b
    if len(token) == 4 and (function := _FUNCTIONS.get(token[:3])) and token[3] in "xAB":  # sinx
        (word,) = english.read(function)
        return Reading(end, (English(token[:3], word.syllables, start), Pause(SILENT), Spell(end - 1, end)))
    if token in ("lnx", "lgx") or (token in ("ln", "lg") and _ARGUMENT.match(text, end)):
        return Reading(end, (Spell(start, end),), english.SPELLED)
    if token in _FUNCTIONS and _ARGUMENT.match(text, end):
        (word,) = english.read(_FUNCTIONS[token])
        return Reading(end, (English(token, word.syllables, start), Pause(SILENT)))
    if end - start == 1 and not _beside_english(text, start, end):
        return Reading(end, (Spell(start, end),), english.SPELLED)
    if token in _SYMBOLS and _is_element(text, start, end):
        return Reading(end, (English(token, tuple(syllables(english.letter_names(token))), start), Pause(SILENT)),
                       english.SPELLED)  # fmt: skip
    graphics = token in ("Ti", "TI", "ti") and _GRAPHICS_BEFORE.search(text[max(0, start - 5) : start])
    if graphics or (token in ("A", "I", "O") and _is_letter(text, start, end)):
        return Reading(end, (English(token, tuple(syllables(english.letter_names(token))), start), Pause(SILENT)),
                       english.SPELLED)  # fmt: skip
    if token.lower() in ("hhh", "hhhh", "hhhhh", "hhhhhh"):
        return Reading(end, (Say("哈" * (end - start)), Pause(SILENT)))
    if token == "Q" and text.startswith("弹", end):
        return Reading(end + 1, (Spell(start, end), English("弹", ("tan2",), end), Pause(SILENT)), english.SPELLED)
    if token == "ta" or (token in ("TA", "Ta") and _THEY_AFTER.match(text, end)):
        return Reading(end, (English(token, ("ta1",), start), Pause(SILENT)))
    if name := english_pinyin.part_of_name(text, start, end):
        return Reading(end, (English(token, name, start), Pause(SILENT)), english.TONELESS)
    if phones := english_heteronyms.reading(text, start, end):
        return Reading(end, (English(token, tuple(syllables(phones)), start), Pause(SILENT)))
    parts: list[Part] = []
    notes: list[str] = []
    exclaimed = token in _EXCLAIMED and not is_ascii_alnum(text[start - 1 : start]) and _NO_ION.match(text, end)
    for word in english.read(token.replace("’", "'"), bool(exclaimed) or _shouting(text, start, end)):
        written = token[word.start : word.end]
        parts += [English(written, word.syllables, start + word.start), Pause(SILENT)]
        notes += [word.note] if word.note and word.note not in notes else []
    if _TURNED_INTO.match(text, end):
        parts += [English("转", ("zhuan3",), end), Pause(SILENT)]
        end += 1
    return Reading(end, tuple(parts), "; ".join(notes))


def _is_element(text: str, start: int, end: int) -> bool:
    """Whether Chinese around it tells that a row of letters is the symbol of an element: Fe是铁, 金属Na."""
    return bool(_ELEMENT_AFTER.match(text, end) or _ELEMENT_BEFORE.search(text[max(0, start - 8) : start]))


def _beside_nothing(text: str, start: int) -> bool:
    """Whether no word in letters stands before text[start]."""
    return not is_ascii_alnum(before(text, start)[-1:])


def _beside_english(text: str, start: int, end: int) -> bool:
    """Whether a word of two letters or more stands before a letter, or one in small letters after it."""
    if text[end : end + 1] == "&" or (start and text[start - 1] == "&"):
        return True
    return bool(_WORD_BEFORE.search(text[max(0, start - 30) : start]) or _WORD_AFTER.match(text[end : end + 30]))


def _is_letter(text: str, start: int, end: int) -> bool:
    """Whether A, I or O beside English is the name of something and no word: Plan A, Audi A6; not I love you."""
    if text[end : end + 1].isdigit() or "&" in (text[start - 1 : start], text[end : end + 1]):
        return True
    if _LETTERED_BEFORE.search(text[max(0, start - 12) : start]):
        return True
    if text[start] == "A" and text[end : end + 1] == "-":
        return True  # A-Level
    return text[start] != "I" and start > 0 and text[start - 1] == " " and not _NEXT_WORD.match(text, end)


def ampersand(text: str, start: int) -> Reading | None:
    """Q&A, H&M, Dolce & Gabbana: & between letters is English."""
    if text[start] != "&":
        return None
    behind, follows = before(text, start)[-1:], after(text, start + 1)[:1]
    if not (is_latin(behind) and is_latin(follows)):
        return None
    return Reading(start + 1, say("and", start))


def _shouting(text: str, start: int, end: int) -> bool:
    """Whether a word in capitals stands among others in capitals (KEEP OUT), and so is no acronym."""
    if not text[start:end].isupper() or not look_up(text[start:end].lower()):
        return False
    neighbours = [match.group(1) for match in (_CAPITALS_BEFORE.search(text[max(0, start - 30) : start]),
                                               _CAPITALS_AFTER.match(text[end : end + 30])) if match]  # fmt: skip
    return any(len(word) >= 4 and look_up(word.lower()) for word in neighbours) or (
        end - start >= 4 and any(len(word) >= 2 and look_up(word.lower()) for word in neighbours)
    )
