"""Roman numerals, in letters and in the characters made for them: 第III章, 路易XIV, II-III期, Ⅱ."""

from __future__ import annotations

import unicodedata

from qingyin.text.characters import ROMAN_CHARACTERS, is_ascii_alnum, is_han, is_latin
from qingyin.text.items import SILENT
from qingyin.text.numbers import number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Pause, Reading, Say, Spell, after, before

_NUMERAL = lazily(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}
_ROMAN = lazily(r"[IVXLCDM]{1,8}(?![A-Za-z0-9])")
_ROMAN_AFTER = lazily(r"(?:[章型期级类世卷部代号度组节编篇集阶册届区段季]|临床)")
_ROMAN_STAGE = lazily(r"(III|II|IV)([A-E])(?=[0-9]?[期级型类度])|(I)([A-E])(?=[0-9]?期)")  # IIIA期
_ROMAN_RANGE = lazily(r"([IVX]{1,4}) ?[-~—] ?([IVX]{1,4})(?=[期级类型度])")
_RULER_BEFORE = lazily(  # 亨利VIII, but 路易XIV is 路易十四
    r"(?:亨利|伊丽莎白|乔治|爱德华|查理|查理曼|查尔斯|威廉|腓力|菲利普|腓特烈|弗里德里希|尼古拉|亚历山大|保罗|本笃|庇护|叶卡捷琳娜|"
    r"拉美西斯|理查|理查德|约翰|詹姆[斯士]|利奥波德|奥托|玛格丽特|古斯塔夫|卡尔|拿破仑)$"
)
_PLAINLY_ROMAN = frozenset(["II", "III", "VII", "VIII", "XII", "XIII", "XIV", "XVI", "XVII", "XVIII", "XXI"])
_SEQUELS = frozenset(["II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII", "XIII", "XIV", "XV", "XVI"])  # 文明VI
_NAME_BEFORE = lazily("[A-Za-z]{2} $")
_NO_SEQUEL = lazily(r"设计|系统|手册|标识|规范")  # VI设计: visual identity


def roman_value(letters: str) -> int:
    """``"XIV"`` -> 14; 0 when the letters are no Roman numeral."""
    if not letters or not _NUMERAL.fullmatch(letters):
        return 0
    values = [_VALUES[letter] for letter in letters]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))


def roman_character(text: str, start: int) -> Reading | None:
    """Ⅱ, Ⅻ: the characters made for Roman numerals; a row of them is added up by the rule for letters."""
    if ord(text[start]) not in ROMAN_CHARACTERS:
        return None
    end = start
    while end < len(text) and ord(text[end]) in ROMAN_CHARACTERS and end - start < 8:
        end += 1
    letters = "".join(unicodedata.normalize("NFKC", char).upper() for char in text[start:end])
    value = roman_value(letters)
    if not value:
        value, end = int(unicodedata.numeric(text[start])), start + 1
    return Reading(end, (Say(number_words(str(value)), literal=True), Pause(SILENT)))


def roman_numeral(text: str, start: int) -> Reading | None:
    """第III章, II型, 路易XIV, World War II: never a lone letter without a cue."""
    if start and is_ascii_alnum(text[start - 1]):
        return None
    if stage := _ROMAN_STAGE.match(text, start):
        numeral = number_words(str(roman_value(stage[1] or stage[3])))
        return Reading(stage.end(), (Say(numeral, literal=numeral == "一"), Spell(stage.end() - 1, stage.end())))
    match = _ROMAN.match(text, start)
    if match is None:
        return None
    value = roman_value(match.group())
    if (both := _ROMAN_RANGE.match(text, start)) and 0 < roman_value(both[1]) < roman_value(both[2]):
        first, last = (number_words(str(roman_value(numeral))) for numeral in both.groups())
        return Reading(both.end(), (Say(first, literal=first == "一"), Say("到"), Say(last), Pause(SILENT)))
    if not value:
        return None
    cue = _ROMAN_AFTER.match(after(text, match.end()))
    small = all(letter in "IVX" for letter in match.group())
    lone = len(match.group()) == 1 and match.group() != "I"
    after_name = start > 0 and (is_han(text[start - 1]) or text[start - 1] == " ")
    ordinal = before(text, start)[-1:] == "第"
    told = ordinal or (cue and small and not lone)
    titled = start > 1 and is_han(text[start - 1]) and is_han(text[start - 2]) and _sequel(text, start, match.end())
    if _NAME_BEFORE.search(text[max(0, start - 3) : start]):
        titled = match.group() in _SEQUELS and not _NO_SEQUEL.match(after(text, match.end()))  # GTA VI
    bracketed = match.group() in _SEQUELS and text[start - 1 : start] == "(" and text[match.end() :][:1] == ")"
    model = match.group() in _PLAINLY_ROMAN and text[start - 1 : start] == "-" and is_latin(text[start - 2 : start - 1])
    told = told or bracketed or model  # 解析几何 (II), SK-II
    if not told and not titled and not (match.group() in _PLAINLY_ROMAN and after_name):
        return None
    reigns = "世" if _RULER_BEFORE.search(before(text, start)) and text[match.end() : match.end() + 1] != "世" else ""
    return Reading(match.end(), (Say(number_words(str(value)) + reigns, literal=value == 1), Pause(SILENT)))


def _sequel(text: str, start: int, end: int) -> bool:
    """Whether a numeral directly after Han counts parts of a work: 文明VI, 上古卷轴V：天际; not VI设计, 大V."""
    numeral, follows = text[start:end], after(text, end)
    if numeral == "V":
        return text[end : end + 1] in ("：", "》") and text[start - 1] not in "大加小"
    return numeral in _SEQUELS and not _NO_SEQUEL.match(follows)
