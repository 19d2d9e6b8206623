"""Exists to hold every word of the page in both languages."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

EXAMPLES: dict[Language, tuple[str, ...]] = {
    "zh": (
        "今天天气真好，我们去公园走走吧。",
        "2024年3月5日，气温降到了-5℃，请带好￥35.50元的车费。",
        "银行[yin2 hang2]的行[hang2]长说：[speed 0.8]慢慢来，不着急。[/speed]",
        "床前明月光，疑是地上霜。举头望明月，低头思故乡。",
        "我用GPU跑了3个小时，result还不错！你要不要试试？",
    ),
    "en": (
        "今天天气真好，我们去公园走走吧。",
        "2024年3月5日，气温降到了-5℃。",
        "银行[yin2 hang2]的行[hang2]长说：[speed 0.8]慢慢来，不着急。[/speed]",
        "床前明月光，疑是地上霜。举头望明月，低头思故乡。",
        "我用GPU跑了3个小时，result还不错！",
    ),
}


class Words:
    """The page's words in one language: `words("speak")`, `words("done", seconds=3)`. Errors: KeyError."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._words = _words()[language]

    def __call__(self, key: str, **values: object) -> str:
        text = self._words[key]
        return text.format(**values) if values else text

    def emotion(self, label: str) -> str:
        """An emotion's name; one that the page does not know keeps its label."""
        return self(label) if label in self._words else label


@cache
def _words() -> dict[Language, dict[str, str]]:
    """Words by key, by language, from words.tsv: lines of key, Chinese and English; # begins a comment."""
    found: dict[Language, dict[str, str]] = {language: {} for language in LANGUAGES}
    for line in files("qingyin.web").joinpath("words.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, *texts = line.split("\t")
            for language, text in zip(LANGUAGES, texts, strict=True):
                found[language][name] = text
    return found


def language_of(accept: str) -> Language:
    """The better one for an Accept-Language header (RFC 9110): what stands first, of languages the page has."""
    wishes = []
    for place, item in enumerate(accept.split(",")):
        tag, _, weight = item.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        wishes.append((-quality, place, tag.strip().lower().split("-")[0]))
    for quality, _, tag in sorted(wishes):
        if tag in LANGUAGES and quality < 0:
            return "zh" if tag == "zh" else "en"
    return "en" if any(tag for _, _, tag in wishes) else "zh"
