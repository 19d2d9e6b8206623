"""The rules in the order in which they are tried; the first that answers wins.

Rows are by the kind of the first character, so that a text without figures pays for none of this.
"""

from __future__ import annotations

from qingyin.text.rules import (
    chat,
    dates,
    days,
    english,
    english_days,
    english_romans,
    everyday,
    formulas,
    fractions,
    ids,
    large_numbers,
    latin,
    money,
    pairs,
    primes,
    quantities,
    romans,
    scores,
    signs,
    stars_and_hashes,
    told_units,
)
from qingyin.text.rules.parts import Reading, Rule

DIGIT_RULES: tuple[Rule, ...] = (
    latin.address, ids.telephone, ids.identity, dates.full_date, days.with_year, days.before_its_word,
    days.named, days.day, chat.discount, chat.number_word,
    everyday.house_or_serial, quantities.version, dates.year_and_month, dates.season,
    dates.years, dates.year_pair, dates.listed_year, ids.wireless, ids.standard, ids.named_number,
    ids.service_number, ids.room_or_line, ids.famous, dates.year, dates.decade, dates.generation, dates.event,
    everyday.quarter, dates.edition, primes.prime, pairs.pair, told_units.told_unit,
    everyday.lasting, dates.time, everyday.half_day, everyday.salary,
    everyday.hits, everyday.times, everyday.size, everyday.exponent, everyday.more, everyday.hundredths,
    everyday.height, fractions.scientific,
    fractions.fraction, scores.score, scores.ratio, english_days.day_first,
    latin.ordinal_in_name, quantities.ordinal_suffix, large_numbers.spaced_thousands, large_numbers.over_wan,
    quantities.quantity, quantities.plain,
)  # fmt: skip
LETTER_RULES: tuple[Rule, ...] = (
    latin.address, latin.path_of_drive, chat.emoticon, money.amount, ids.plate, ids.train_or_flight,
    everyday.flight, everyday.half_day_before, english_days.month_first,
    latin.logarithm, latin.product, latin.unit_after_scale, latin.unit_alone, latin.number_sign,
    romans.roman_numeral, latin.versus, latin.dotted, latin.words,
)  # fmt: skip
SIGN_RULES: tuple[Rule, ...] = (
    money.amount, latin.ampersand, chat.emoticon, formulas.ion, signs.dash, signs.plus,
    quantities.leading_dot, signs.dot, signs.underscore,
    formulas.factorial, formulas.proportion, formulas.absolute_value, formulas.power,
    signs.vulgar_fraction, romans.roman_character, signs.slash,
    stars_and_hashes.star_or_hash, signs.section, signs.minutes_of_arc, signs.greek, signs.emoji, signs.named_symbol,
)  # fmt: skip
ENGLISH_DIGIT_RULES: tuple[Rule, ...] = (latin.address, *english.DIGIT_RULES)
ENGLISH_LETTER_RULES: tuple[Rule, ...] = (
    latin.address, latin.path_of_drive, *english.LETTER_RULES, english_romans.roman, latin.dotted, latin.words,
)  # fmt: skip
ENGLISH_SIGN_RULES: tuple[Rule, ...] = (*english.SIGN_RULES, *SIGN_RULES)


def read(text: str, start: int, in_english: bool = False) -> Reading | None:
    """How the token at canonical text[start] is said, or None when no rule knows it.

    in_english: the sentence is English from end to end, so that its figures are said in English.
    """
    char = text[start]
    if "0" <= char <= "9":
        rules = ENGLISH_DIGIT_RULES if in_english else DIGIT_RULES
    elif char.isascii() and char.isalpha():
        rules = ENGLISH_LETTER_RULES if in_english else LETTER_RULES
    else:
        rules = ENGLISH_SIGN_RULES if in_english else SIGN_RULES
    for rule in rules:
        reading = rule(text, start)
        if reading is not None:
            return reading
    return None
