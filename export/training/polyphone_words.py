"""Words of open dictionaries with polyphones, where two of three readers agree, put into sentences to train on.

The tables that the front end reads with hold 55,000 words. Beside them stand some hundred thousand that a text may
use: a model that has only met sentences reads 成活率 shuai4 and 交通卡 qia3 when nothing around them helps.
"""

from __future__ import annotations

import importlib
import itertools
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from export.training.polyphone_data import Labelled, Tagger
from export.training.polyphone_examples import Example
from export.training.polyphone_rows import heard, sentence
from qingyin.text.polyphones import features
from qingyin.text.segmentation import segment

WORD = re.compile(r"[\u3400-\u9fff]{2,8}")
LEAST_NAMED = 5  # times that a name of a person was counted; rarer ones are often cut wrongly
SURE = 0.7  # of the tagger
FRAMES = ("他说的是{}。", "{}在这里很常见。", "我们看见了{}这个词")  # three chances for the front end
ALONE, IN_LISTS, IN_FRAMES = 0.1, 0.15, 0.4  # of the words; the others stand somewhere in a sentence of the corpus


def dictionary_words() -> dict[str, list[str] | None]:
    """The words of jieba's dictionary (MIT) -> readings with tone digits, where pypinyin-dict's large table (MIT) has
    them. Words that only the table has are mostly literary ones.

    Raises:
        ModuleNotFoundError: one of the two is not installed.
    """
    from pypinyin.contrib.tone_convert import to_tone3

    spec = find_spec("jieba")
    if spec is None or spec.origin is None or find_spec("pypinyin_dict") is None:
        raise ModuleNotFoundError(
            "words to train on come from jieba and pypinyin-dict; pip install jieba pypinyin-dict"
        )
    found: dict[str, list[str] | None] = {}
    for line in (Path(spec.origin).parent / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, *kind = line.split()
        if WORD.fullmatch(word) and (int(count) >= LEAST_NAMED or not kind or not kind[0].startswith("nr")):
            found[word] = None
    table = importlib.import_module("pypinyin_dict.phrase_pinyin_data.large_pinyin").phrases_dict
    for word in found:
        readings = table.get(word)
        if readings and len(readings) == len(word):
            found[word] = [
                to_tone3(row[0], neutral_tone_with_five=True, v_to_u=False).replace("ü", "v") for row in readings
            ]
    return found


def agreed_words(
    words: Mapping[str, Sequence[str] | None], table: Mapping[str, Sequence[str]], tagger: Tagger
) -> Iterator[tuple[str, dict[int, str]]]:
    """Words with the readings (index -> reading) that two of dictionary, tagger and front end agree on.

    A light tone is agreed on by all or is left out: dictionaries write few of them.
    """
    asked = [word for word in words if left_open(word, table)]
    start = FRAMES[0].index("{")
    tags = tagger.label([FRAMES[0].format(word) for word in asked], frozenset(table))
    for word, found in zip(asked, tags, strict=True):
        voices = [(frame.index("{"), heard(frame.format(word))) for frame in FRAMES]
        told = words[word]
        labels: dict[int, str] = {}
        for index, char in enumerate(word):
            shares = found.get(start + index, {})
            votes = [
                {said.get(before + index, "") for before, said in voices},
                {reading for reading, share in shares.items() if share > SURE},
                {told[index]} if told else set(),
            ]
            reading = agreed_reading([vote & set(table.get(char, ())) for vote in votes])
            if reading:
                labels[index] = reading
        if labels:
            yield word, labels


def left_open(word: str, table: Mapping[str, Sequence[str]]) -> bool:
    """Whether the front end's own words leave the reading of any of its polyphones to the model."""
    if not any(char in table for char in word):
        return False
    said = features(sentence(word), table)
    return any(char in table and not told for char, told in zip(said.characters, said.dictionary, strict=True))


def agreed_reading(votes: Iterable[set[str]]) -> str:
    """What most of those who vote say, two at least and more than say anything else; empty if nothing is."""
    voting = [vote for vote in votes if vote]
    counts = Counter(itertools.chain(*voting)).most_common(2)
    light = any(reading.endswith("5") for reading in itertools.chain(*voting))
    if not counts or counts[0][1] < (len(voting) if light else 2):
        return ""
    return counts[0][0] if len(counts) == 1 or counts[1][1] < counts[0][1] else ""


def load_frames() -> list[str]:
    """Short sentences with {} where a word goes."""
    lines = Path(__file__).with_name("polyphone_frames.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def in_sentences(
    words: Iterable[tuple[str, Mapping[int, str]]], sentences: Sequence[str], seed: int
) -> Iterator[Example]:
    """Every word in a frame, between two words of some sentence, by itself, or in a list, with its labels."""
    rng = random.Random(seed)
    known, frames = list(words), load_frames()
    for word, labels in known:
        chance = rng.random()
        if chance < ALONE:
            before, after = "", ""
        elif chance < ALONE + IN_LISTS:
            before, after = (rng.choice(known)[0] + "、" for _ in range(2))
            after = "、" + after[:-1]
        elif chance < ALONE + IN_LISTS + IN_FRAMES:
            before, after = rng.choice(frames).split("{}")
        else:
            parts = segment(rng.choice(sentences))
            cut = rng.randrange(len(parts) + 1)
            before, after = "".join(parts[:cut]), "".join(parts[cut:])
        text = before + word + after
        yield Example(text, [Labelled(text, len(before) + index, reading) for index, reading in labels.items()])
