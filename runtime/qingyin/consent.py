"""Exists so that no voice is kept without somebody having said that they may use it."""

from __future__ import annotations

import os
import sys

from qingyin.errors import VoiceError

STATEMENT = "I have the right to use this voice: it is mine, or the person it belongs to has agreed."
STATEMENT_ZH = "我有权使用这个声音：它是我自己的声音，或者声音的主人已经同意。"
_YES = {"y", "yes", "是", "是的", "有", "对"}


def speaks_chinese() -> bool:
    """Whether the user's language is Chinese, by the variables that POSIX looks at, in their order."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].lower().startswith("zh")
    return False


def confirm_right(name: str, given: bool) -> str:
    """The words that were agreed to; `given` is the flag that stands for a yes.

    Errors: VoiceError if nobody can be asked, or the answer is no.
    """
    chinese = speaks_chinese()
    statement = STATEMENT_ZH if chinese else STATEMENT
    if given:
        return f"{statement} (--yes-i-have-the-right)"
    question = (
        f"要保存声音“{name}”。请确认：{statement} 是否确认？[是/否] "
        if chinese
        else f"To keep the voice {name!r}, please confirm: {statement} [yes/no] "
    )
    if not yes(question, "a voice is kept only if you confirm your right to it; use --yes-i-have-the-right in scripts"):
        raise VoiceError("the right to use the voice was not confirmed; nothing was kept")
    return statement


def yes(question: str, without_terminal: str) -> bool:
    """Asks on the terminal; anything but a yes, such as the end of the input, is a no.

    Errors: VoiceError with the message `without_terminal` if standard input is none.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise VoiceError(without_terminal)
    print(question, end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        print(file=sys.stderr)  # Ctrl-D leaves the cursor behind the question
    return answer.strip().lower() in _YES
