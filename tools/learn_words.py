"""Learns the word list that finds word boundaries: runtime/qingyin/text/words.py, from openly licensed sentences.

    python tools/learn_words.py zh_sentences_cc0.txt            # rewrites the list in words.py
    python tools/learn_words.py zh_sentences_cc0.txt --check    # says whether that would change it; exit code 1 if so

The text is one sentence a line, UTF-8: Common Voice's early Chinese sentences (CC0; docs/data.md says where to get
them). Its last 1,000 lines are left to tests. Takes ten seconds. Method:

1. Candidates are strings of two to four characters that cohere (pointwise mutual information of their weakest cut) and
   whose neighbours are free (entropy to the left and right), pypinyin's own words, and everyday_words.txt beside this
   script, which was written for this project because an encyclopedia's sentences say little about breakfast.
2. Four rounds of hard expectation maximisation of a unigram model: cut every sentence into its most probable words,
   count them, forget what is rare.
3. The cost of a word is -ln of its share of all words, rounded. Everyday words and the words of speech are given at
   most the costs below, because written text makes them look rarer than they are.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pypinyin.constants import PHRASES_DICT

ROOT = Path(__file__).resolve().parent.parent
WORDS_FILE = ROOT / "runtime" / "qingyin" / "text" / "words.py"
EVERYDAY_FILE = Path(__file__).with_name("everyday_words.txt")
TABLE_BEGIN = "WORDS_BY_COST: dict[int, str] = {\n"

TEST_LINES = 1000
LONGEST = 4
ROUNDS = 4
MIN_COUNT = 5  # of a word that neither pypinyin nor the everyday list knows
LOWEST_COST, HIGHEST_COST, EVERYDAY_COST = 3, 13, 11

# A string that begins or ends with one of these is rarely a word, however often it is seen.
FUNCTION_CHARACTERS = frozenset(
    "的了是在和与为于有及之其他她它这那也都而被由从到以对将把不或并等就还又很个第一二三四五六七八九十"
)
# Three or four characters that begin so are a phrase: 是一个, 年出生.
PHRASE_BEGINNINGS = frozenset("亦曾任次是最州县年全")
# Costs at most, of single characters that are words in speech.
SPOKEN_CHARACTERS = {
    4: "的是了在",
    5: "我你他她不有和也都就这那一",
    6: "们吗吧呢啊很好说去来到要会想把被给对从还再又能得着过地人大小上下里个最太真请让",
    7: (
        "呀嘛哦啦哎嗯哈谁它您咱听看走吃喝买卖做叫问写读坐站跑打开用跟比更只才没别将与或但而若则因为所以及于向往由按等几多少"
        "每各某本该此其天年月日时分秒点号元块家事话水饭书车钱手头心口门路山城国"
    ),
}


def han_runs(text: str) -> list[str]:
    """Unbroken runs of Han characters in all but the last 1,000 lines of a text."""
    lines = text.split("\n")[: -TEST_LINES - 1]
    return [run for line in lines for run in re.findall("[\u4e00-\u9fff]+", line)]


def _substrings(runs: Iterable[str]) -> dict[int, Counter[str]]:
    """How often each string of one to four characters occurs, by length."""
    counts: dict[int, Counter[str]] = {n: Counter() for n in range(1, LONGEST + 1)}
    for run in runs:
        for n, counter in counts.items():
            counter.update(run[i : i + n] for i in range(len(run) - n + 1))
    return counts


def _entropy(counts: Mapping[str, int]) -> float:
    total = sum(counts.values())
    return -sum(count / total * math.log(count / total) for count in counts.values())


def _coherent(runs: Sequence[str], counts: Mapping[int, Counter[str]]) -> Counter[str]:
    """Strings that look like words by themselves, with their counts."""
    frequent = {n: {w for w, c in counts[n].items() if c >= (8 if n == 2 else 6)} for n in range(2, LONGEST + 1)}
    left: dict[str, Counter[str]] = defaultdict(Counter)
    right: dict[str, Counter[str]] = defaultdict(Counter)
    for run in runs:
        for n, words in frequent.items():
            for i in range(len(run) - n + 1):
                word = run[i : i + n]
                if word in words:
                    left[word][run[i - 1] if i else "^"] += 1
                    right[word][run[i + n] if i + n < len(run) else "$"] += 1
    total = counts[1].total()
    found: Counter[str] = Counter()
    for n, words in frequent.items():
        for word in words:
            if word in PHRASES_DICT or word[0] in FUNCTION_CHARACTERS or word[-1] in FUNCTION_CHARACTERS:
                continue
            count = counts[n][word]
            parts = (counts[k][word[:k]] * counts[n - k][word[k:]] for k in range(1, n))
            cohesion = min(math.log(count * total / part) for part in parts)
            freedom = min(_entropy(left[word]), _entropy(right[word]))
            coheres = cohesion > (2.2 if n == 2 else 5.0) and freedom > (1.0 if n == 2 else 1.4)
            if coheres or (n == 2 and cohesion > 1.2 and freedom > 2.4 and count >= 20):
                found[word] = count
    return found


def segment(run: str, log_shares: Mapping[str, float], unknown: float) -> list[str]:
    """The most probable words of a run; a character that is no word has log share `unknown`."""
    size = len(run)
    best, lengths = [0.0] * (size + 1), [1] * (size + 1)
    for start in range(size - 1, -1, -1):
        best[start] = best[start + 1] + log_shares.get(run[start], unknown)
        for length in range(2, min(LONGEST, size - start) + 1):
            share = log_shares.get(run[start : start + length])
            if share is not None and share + best[start + length] > best[start]:
                best[start], lengths[start] = share + best[start + length], length
    words, start = [], 0
    while start < size:
        words.append(run[start : start + lengths[start]])
        start += lengths[start]
    return words


def count_words(runs: Sequence[str], everyday: frozenset[str]) -> Counter[str]:
    """How often each word and lone character occurs, after four rounds of cutting and counting."""
    counts = _substrings(runs)
    words = _coherent(runs, counts)
    for counter in (counts[n] for n in range(2, LONGEST + 1)):
        words.update({w: c for w, c in counter.items() if w not in words and (w in PHRASES_DICT or w in everyday)})
    total = counts[1].total()
    log_shares = {word: math.log(count / total) for word, count in (words | counts[1]).items()}
    for _ in range(ROUNDS):
        unknown = math.log(0.5 / total)
        words = Counter(word for run in runs for word in segment(run, log_shares, unknown))
        total = words.total()
        log_shares = {
            word: math.log(count / total)
            for word, count in words.items()
            if len(word) == 1 or count >= MIN_COUNT or word in PHRASES_DICT or word in everyday
        }
    return words


def costs(words: Counter[str], everyday: frozenset[str]) -> dict[str, int]:
    """Cost of every word that is worth listing."""
    total = words.total()
    result: dict[str, int] = {}
    for word, count in words.items():
        if len(word) == 1:
            listed = count >= 8
        elif word in everyday:
            listed = True
        elif word in PHRASES_DICT:
            listed = count >= 3
        else:
            listed = count >= MIN_COUNT and not (len(word) > 2 and word[0] in PHRASE_BEGINNINGS)
        if listed:
            result[word] = max(LOWEST_COST, min(HIGHEST_COST, round(math.log(total / count))))
    for word in everyday:
        result[word] = min(result.get(word, EVERYDAY_COST), EVERYDAY_COST)
    for cost, characters in SPOKEN_CHARACTERS.items():
        for character in characters:
            result[character] = min(result.get(character, cost), cost)
    return result


def table(words: Mapping[str, int]) -> str:
    """The words as the source code of WORDS_BY_COST."""
    by_cost: dict[int, list[str]] = defaultdict(list)
    for word, cost in words.items():
        by_cost[cost].append(word)
    text = TABLE_BEGIN
    for cost in sorted(by_cost):
        lines = [""]
        width = 0
        for word in sorted(by_cost[cost], key=lambda word: (len(word), word)):
            if width + 2 * len(word) + 1 > 92:  # a Han character is two columns wide
                lines.append("")
                width = 0
            lines[-1] += word + " "
            width += 2 * len(word) + 1
        lines[-1] = lines[-1].rstrip()
        if len(lines) == 1:
            text += f'    {cost}: ("{lines[0]}"),\n'
        else:
            text += f"    {cost}: (\n" + "".join(f'        "{line}"\n' for line in lines) + "    ),\n"
    return text + "}\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; its exit code: 0, 1 if --check found a difference, 2 for bad input."""
    parser = argparse.ArgumentParser(
        prog="python tools/learn_words.py",
        description="Learn the word list of the text front end.",
        epilog="example: python tools/learn_words.py zh_sentences_cc0.txt --check",
    )
    parser.add_argument("text", type=Path, help="sentences, one a line, UTF-8; the last 1,000 are not looked at")
    parser.add_argument("--check", action="store_true", help="write nothing, say whether the list would change")
    arguments = parser.parse_args(argv)
    try:
        runs = han_runs(arguments.text.read_text(encoding="utf-8"))
        everyday = frozenset(EVERYDAY_FILE.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if not runs:
        print(f"error: {arguments.text} has no Chinese before its last {TEST_LINES} lines", file=sys.stderr)
        return 2
    words = costs(count_words(runs, everyday), everyday)
    old = WORDS_FILE.read_text(encoding="utf-8")
    new = old[: old.index(TABLE_BEGIN)] + table(words)
    print(f"{len(words)} words; the list {'is the same' if new == old else 'changes'}")
    if arguments.check:
        return int(new != old)
    WORDS_FILE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
