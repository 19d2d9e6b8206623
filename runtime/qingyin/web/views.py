"""Exists to turn what the page shows into HTML. Everything that came from a user is escaped here."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Iterable, Sequence

from qingyin.errors import QingyinError
from qingyin.web.errors_zh import in_chinese
from qingyin.web.pronunciations import Readings
from qingyin.web.takes import Part, Take
from qingyin.web.words import Words

FORMATS = ("wav", "mp3", "flac")
_SHOWN_CHARACTERS = 60
_TAKES = "../page/takes"  # relative to the page: a proxy may show another path


def message(kind: str, *lines: str) -> str:
    """A box of one paragraph a line. kind: "error", "note" or "good"; nothing without lines."""
    if not any(lines):
        return ""
    role = "alert" if kind == "error" else "status"
    paragraphs = "".join(f"<p>{_escape(line)}</p>" for line in lines if line)
    return f'<div class="qy-message qy-{kind}" role="{role}">{paragraphs}</div>'


def error_text(error: QingyinError, words: Words) -> str:
    """What a user can do about an error, in the page's language."""
    return in_chinese(str(error)) if words.language == "zh" else _sentence(str(error))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def player(take: Take, live: bool, note: str, part: int | None = None) -> str:
    """What the player is told, as JSON: see assets/page.js. part: the only one to be played live."""
    url = f"{_TAKES}/{take.id}"
    value: dict[str, object] = {"id": take.id, "note": note, "seconds": round(take.seconds, 2)}
    if live:
        only = "" if part is None else f"?part={part}&v={take.parts[part].version}"
        value |= {"live": f"{url}/live{only}", "rate": take.sample_rate}
    elif take.data_bytes:
        # a part that was spoken again makes other sound under the same address
        version = sum(part.version for part in take.parts)
        value |= {kind: f"{url}/sound.{kind}?v={version}" for kind in FORMATS}
    return json.dumps(value)


def picture(take: Take | None, words: Words) -> str:
    """An image that the browser fetches when it is looked at."""
    if take is None or not take.data_bytes:
        return f'<p class="qy-empty">{_escape(words("picture_empty"))}</p>'
    version = sum(part.version for part in take.parts)
    source = f"{_TAKES}/{take.id}/picture.svg?lang={words.language}&v={version}"
    return f'<img class="qy-picture" loading="lazy" src="{source}" alt="{_escape(words("picture"))}">'


def parts(take: Take | None, words: Words) -> str:
    """The table of segments; nothing for a take of one."""
    if take is None or len(take.parts) < 2:
        return ""
    ready = sum(part.state in ("done", "failed", "stopped") for part in take.parts)
    rows = "".join(_part(take, index, part, words) for index, part in enumerate(take.parts))
    return (
        f'<progress class="qy-progress" aria-label="{_escape(words("segment"))}" max="{len(take.parts)}" '
        f'value="{ready}"></progress>'
        f'<ol class="qy-parts" data-take="{take.id}">{rows}</ol>'
    )


def _part(take: Take, index: int, part: Part, words: Words) -> str:
    sound = f"{_TAKES}/{take.id}/sound.wav?part={index}&v={part.version}"
    heard = part.path is not None and part.data_bytes and part.state != "speaking"
    seconds = f"{part.data_bytes / 2 / take.sample_rate:.1f} s" if part.data_bytes else ""
    state = words("state_" + part.state)
    problem = message("error", error_text(part.error, words)) if part.error else ""
    disabled = " disabled" if take.running else ""
    play, redo = _escape(words("play")), _escape(words("redo"))
    # read aloud, a list of buttons all of one name says nothing
    listen = f'<button type="button" data-play="{sound}" aria-label="{play} {index + 1}">{play}</button>'
    return (
        f'<li class="qy-part" data-state="{part.state}">'
        f'<span class="qy-part-head"><b>{index + 1}</b> <span class="qy-state">{_escape(state)}</span> {seconds}</span>'
        f'<textarea rows="2" aria-label="{_escape(words("segment"))} {index + 1}">{_escape(part.text)}</textarea>'
        f'<span class="qy-part-buttons">{listen if heard else ""}'
        f'<button type="button" data-redo="{index}" aria-label="{redo} {index + 1}"{disabled}>{redo}</button></span>'
        f"{problem}</li>"
    )


def history(takes: Sequence[Take], words: Words) -> str:
    """A session's takes, newest first. The page keeps the one made last: answers may overtake each other, and Gradio
    tells the last answer of a stream twice, again when the stream ends.
    """
    shown = [take for take in takes if take.data_bytes and not take.running]
    entries = f'<ul class="qy-history">{"".join(_entry(take, words) for take in shown)}</ul>'
    empty = f'<p class="qy-empty">{_escape(words("history_empty"))}</p>'
    return f'<div data-at="{time.time_ns() // 1000}">{entries if shown else empty}</div>'


def _entry(take: Take, words: Words) -> str:
    url = f"{_TAKES}/{take.id}/sound"
    version = sum(part.version for part in take.parts)
    text = " ".join(take.text.split())
    short = text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
    clock = time.strftime("%H:%M", time.localtime(take.made))
    links = " ".join(f'<a href="{url}.{kind}?save=1&v={version}" download>{kind.upper()}</a>' for kind in FORMATS)
    return (
        f'<li data-take="{take.id}"><p class="qy-entry-text">{_escape(short)}</p>'
        f'<p class="qy-entry-facts">{clock} · {_escape(take.voice)} · {take.seconds:.1f} s</p>'
        '<p class="qy-entry-buttons">'
        f'<button type="button" data-play="{url}.wav?v={version}">{_escape(words("play"))}</button>'
        f'<button type="button" data-reuse="{take.id}">{_escape(words("reuse"))}</button>'
        f'<button type="button" data-remove="{take.id}">{_escape(words("remove"))}</button> {links}</p></li>'
    )


def ruby(found: Readings | None, words: Words, cut: int = 0) -> str:
    """Characters with their readings over them, each a button. cut: of how many characters, if not of all."""
    if found is None or not (found.items or found.unspoken):
        return f'<p class="qy-empty">{_escape(words("readings_empty"))}</p>'
    items = "".join(
        f'<button type="button" class="qy-syllable" data-start="{item.start}" data-end="{item.end}" '
        f'data-said="{_escape(item.said)}" data-choices="{_escape(" ".join(item.choices))}" '
        f'data-chosen="{int(item.chosen)}"><ruby>{_escape(item.text)}<rt>{_escape(_accented(item.said))}</rt></ruby></button>'
        for item in found.items
    )
    rest = ""
    if found.unspoken:
        shown = "、".join(dict.fromkeys(text.strip() or repr(text) for text, _, _ in found.unspoken[:20]))
        rest += message("note", words("unspoken") + shown)
    if cut:
        rest += message("note", words("readings_cut", count=cut))
    return f'<div class="qy-ruby" lang="zh">{items}</div>{rest}'


_TONES = {"a": "āáǎà", "e": "ēéěè", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "ü": "ǖǘǚǜ"}


def _accented(said: str) -> str:
    """"hang2" -> "háng"; English phones stay as they are."""
    return " ".join(_accented_syllable(syllable) for syllable in said.split())


def _accented_syllable(syllable: str) -> str:
    base, tone = syllable[:-1].replace("v", "ü"), syllable[-1:]
    if not syllable.islower() or tone not in "12345" or tone == "5":
        return syllable if tone != "5" or not syllable.islower() else base
    # the tone mark goes on a or e, on the o of ou, else on the last vowel
    place = next((base.find(vowel) for vowel in ("a", "e", "ou") if vowel in base), -1)
    if place < 0:
        place = max((base.rfind(vowel) for vowel in _TONES), default=-1)
    if place < 0:
        return syllable
    return base[:place] + _TONES[base[place]][int(tone) - 1] + base[place + 1 :]


def notes(lines: Iterable[str]) -> str:
    """Remarks about a voice or recording."""
    return message("note", *dict.fromkeys(lines))


def _escape(text: str) -> str:
    return html.escape(text, quote=True)
