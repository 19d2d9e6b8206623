"""Sentences as the polyphone model is fed them, with targets: made by the runtime's own steps, so that both agree."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pypinyin.constants import PHRASES_DICT

from export.training.polyphone_data import Labelled, Tagger
from qingyin.text import g2p
from qingyin.text.characters import canonicalise
from qingyin.text.citation import has_reading, word_readings
from qingyin.text.items import Spoken
from qingyin.text.normalize import normalise
from qingyin.text.polyphones import LETTER, QUOTE, Features, features
from qingyin.text.segmentation import Clause, clauses, segment

TAGGER_WEIGHT = 0.2  # of what the tagger says in a sentence that a person has labelled
DOUBTFUL_WEIGHT = 0.5  # of a label where the tagger contradicts the dictionary, which then decides
UNSEEN = 0.5  # times that a reading counts as seen although it was not
LEAST_TEMPERED, MOST_TEMPERED = 0.2, 2.0  # weights of labels that people gave
FREQUENT = 400  # a character labelled more often than this counts less each time
LONGEST = 120  # items; longer sentences are left out


@dataclass
class Row:
    """One sentence, with the places that have a label."""

    features: Features
    places: list[int] = field(default_factory=list)
    targets: list[list[float]] = field(default_factory=list)  # share of each reading, in the table's order
    weights: list[float] = field(default_factory=list)
    told: int = 0  # how many of the last labels a person gave

    def add(self, place: int, target: Sequence[float], weight: float) -> None:
        """Label one place."""
        self.places.append(place)
        self.targets.append(list(target))
        self.weights.append(weight)


def sentence(text: str) -> list[Clause]:
    """The runtime's words of a sentence."""
    canonical, positions = canonicalise(text)
    return clauses(normalise(canonical, positions, text, has_reading).items)


def heard(text: str) -> dict[int, str]:
    """What the whole front end reads before sandhi: index in the text -> pinyin with tone digit."""
    canonical, positions = canonicalise(text)
    return {
        syllable.position: f"{syllable.spelling}{syllable.tone}"
        for words, _ in g2p.read(normalise(canonical, positions, text, has_reading).items)
        for word in words
        for syllable in word
    }


def agreed(text: str, tags: Mapping[int, Mapping[str, float]]) -> dict[int, Mapping[str, float]]:
    """What the tagger says where the front end of today, dictionary, rules and model, says the same.

    Two readers of different schools who agree are right nearly always; where they do not, a reader of flesh and blood
    has decided (`polyphone_decided.tsv`).
    """
    read = heard(text)
    return {index: shares for index, shares in tags.items() if read.get(index) == max(shares, key=shares.__getitem__)}


def origins(found: Iterable[Clause]) -> dict[int, int]:
    """Index in the text -> place among the model's inputs, of the Han characters that stand for themselves."""
    place, result = 0, {}
    for words, mark in found:
        for word in words:
            for item in word.items:
                if isinstance(item, Spoken) and item.char and not item.alone:
                    result[item.position] = place
                place += 1
        place += mark is not None
    return result


def told_only(row: Row) -> Row:
    """The row with the labels that a person gave, equally weighted."""
    return Row(row.features, row.places[-row.told :], row.targets[-row.told :], [1.0] * row.told, row.told)


def one_hot(readings: Sequence[str], reading: str) -> list[float]:
    """Certainty as a target."""
    return [float(other == reading) for other in readings]


def tagged_row(text: str, tags: Mapping[int, Mapping[str, float]], table: Mapping[str, Sequence[str]]) -> Row | None:
    """A sentence with the tagger's labels, checked against the dictionary; None if there is nothing to learn."""
    found = sentence(text)
    row = Row(features(found, table))
    if len(row.features.characters) > LONGEST:
        return None
    places = origins(found)
    for index, shares in tags.items():
        place = places.get(index)
        if place is None or row.features.characters[place] != text[index]:
            continue
        readings = table[text[index]]
        target = [shares.get(reading, 0.0) for reading in readings]
        said = row.features.dictionary[place]
        best = max(range(len(readings)), key=target.__getitem__)
        if said and said - 1 != best:  # the tagger is sure of 了解 le5 jie3
            row.add(place, one_hot(readings, readings[said - 1]), DOUBTFUL_WEIGHT)
        else:
            row.add(place, target, 1.0)
    return row if row.places else None


def told_row(
    text: str, labels: Iterable[Labelled], table: Mapping[str, Sequence[str]], tags: Mapping[int, Mapping[str, float]]
) -> Row | None:
    """A sentence with a person's labels, and the tagger's at a lower weight; None if no label is a choice."""
    labels = list(labels)
    found, known = sentence(text), {label.index for label in labels}
    row = tagged_row(text, {i: tag for i, tag in tags.items() if i not in known}, table)
    row = row or Row(features(found, table))
    row.weights = [TAGGER_WEIGHT * weight for weight in row.weights]
    places = origins(found)
    for label in labels:
        place, readings = places.get(label.index), table.get(text[label.index], ())
        # 菸 is written 烟 before it is read, and that has one reading
        same = place is not None and row.features.characters[place] == text[label.index]
        if place is not None and same and label.reading in readings:
            row.add(place, one_hot(readings, label.reading), 1.0)
            row.told += 1
    return row if row.told else None


def example_row(
    text: str, labels: Iterable[Labelled], table: Mapping[str, Sequence[str]], usual: Mapping[str, str]
) -> Row | None:
    """A sentence of our own; None if the model has no choice about any of its labels.

    What has no label, and is no part of a word that the dictionary reads, has its reading of `usual`, if any.
    """
    found = sentence(text)
    row, places = Row(features(found, table)), origins(found)
    wanted = {label.index: label.reading for label in labels}
    for index, place in places.items():
        char = text[index]
        reading = wanted.get(index) or ("" if row.features.dictionary[place] else usual.get(char, ""))
        if reading in table.get(char, ()):
            row.add(place, one_hot(table[char], reading), 1.0)
    return row if row.places else None


def with_phrases(sentences: Sequence[str], phrases: Iterable[str], seed: int) -> Iterator[tuple[str, str]]:
    """Every phrase, put between two words of some sentence: (sentence, phrase)."""
    rng = random.Random(seed)
    for phrase in phrases:
        text = rng.choice(sentences)
        words = segment(text)
        cut = rng.randrange(len(words) + 1)
        yield "".join(words[:cut]) + phrase + "".join(words[cut:]), phrase


def dictionary_phrases(table: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The dictionary's phrases of two to four characters that have a polyphone."""
    return (phrase for phrase in PHRASES_DICT if 2 <= len(phrase) <= 4 and any(char in table for char in phrase))


def phrase_tags(
    text: str, phrase: str, tags: dict[int, dict[str, float]], table: Mapping[str, Sequence[str]]
) -> dict[int, dict[str, float]]:
    """The tagger's labels, but inside the phrase the dictionary's."""
    start = text.index(phrase)
    result = dict(tags)
    for offset, reading in enumerate(word_readings(phrase)):
        index = start + offset
        result.pop(index, None)
        if reading in table.get(text[index], ()):
            result[index] = {reading: 1.0}
    return result


def balance(rows: Sequence[Row]) -> None:
    """Lower the weights of frequent characters, so that rare ones are learned too."""
    counts = Counter(row.features.characters[place] for row in rows for place in row.places)
    for row in rows:
        row.weights = [
            weight * min(1.0, (FREQUENT / counts[row.features.characters[place]]) ** 0.5)
            for weight, place in zip(row.weights, row.places, strict=True)
        ]


def natural_shares(rows: Iterable[Row], table: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
    """Of each character, how often running text has each of its readings, as tagged rows say; none is nought."""
    counts = {char: [UNSEEN] * len(readings) for char, readings in table.items()}
    for row in rows:
        for place, target in zip(row.places, row.targets, strict=True):
            mine = counts[row.features.characters[place]]
            for index, share in enumerate(target):
                mine[index] += share
    return {char: [value / sum(row) for value in row] for char, row in counts.items()}


def temper(rows: Sequence[Row], shares: Mapping[str, Sequence[float]]) -> None:
    """Weigh a person's labels so that the readings of a character are learned half way as rare as they are.

    Sentences that are written to teach have rare readings as often as common ones. Taken as they are, they make the
    model read 俞 shu4 wherever it is in doubt. `shares` is natural_shares.
    """
    written = {char: [UNSEEN] * len(row) for char, row in shares.items()}
    labels = [(row, len(row.places) - 1 - index) for row in rows for index in range(row.told)]
    for row, index in labels:
        mine = written[row.features.characters[row.places[index]]]
        mine[max(range(len(mine)), key=row.targets[index].__getitem__)] += 1
    for row, index in labels:
        char, target = row.features.characters[row.places[index]], row.targets[index]
        reading = max(range(len(target)), key=target.__getitem__)
        share = written[char][reading] / sum(written[char])
        row.weights[index] = min(MOST_TEMPERED, max(LEAST_TEMPERED, (shares[char][reading] / share) ** 0.5))


def character_table(rows: Iterable[Row], least: int, polyphones: Iterable[str]) -> str:
    """Characters seen at least `least` times, the commonest first, and all polyphones; marks and letters too."""
    counts = Counter(char for row in rows for char in row.features.characters)
    for char in (*polyphones, QUOTE, LETTER):
        counts[char] += least
    return "".join(char for char, count in counts.most_common() if count >= least and len(char) == 1)


def reading_table(gold: Iterable[Labelled], tagger: Tagger) -> dict[str, list[str]]:
    """The readings of each character of CPP that has several, in the tagger's order."""
    found: dict[str, list[str]] = {}
    for char in sorted({label.text[label.index] for label in gold}):
        rows = tagger.readings(char)
        if len(rows) > 1:
            found[char] = rows
    return found
