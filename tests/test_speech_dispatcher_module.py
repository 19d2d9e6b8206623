"""The output module of Speech Dispatcher: its protocol, by pipes as the server uses them, and what settings mean."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qingyin
from patience import LONGEST_SECONDS
from qingyin import OptionError, Synthesizer
from qingyin.speech_dispatcher.module import AHEAD_SECONDS
from qingyin.speech_dispatcher.protocol import escaped
from qingyin.speech_dispatcher.settings import ListedVoice, ModuleFile, chosen_voice, read_module_file, speech_options
from qingyin.speech_dispatcher.text import Piece, character_piece, key_piece, message_pieces, spelled

ROOT = Path(__file__).resolve().parent.parent
TEXT = "今天天气真好，我们去公园走走吧。"
FIRST, SECOND = "今天天气真好。", "我们去公园走走吧。"


def unescaped(data: bytes) -> bytes:
    return re.sub(rb"\x7d(.)", lambda found: bytes((found[1][0] ^ 0x20,)), data, flags=re.DOTALL)


@given(st.binary())
def test_sound_has_no_line_ends_and_comes_back(data: bytes) -> None:
    assert b"\n" not in escaped(data) and unescaped(escaped(data)) == data


# The module, which sends no sound while the file `hold` is there.
MODULE = """
import os, sys, time
from qingyin.speech_dispatcher import module as speechd_module
blocks, hold = speechd_module._blocks, sys.argv.pop()
def held(samples):
    for block in blocks(samples):
        while os.path.exists(hold):
            time.sleep(0.01)
        yield block
speechd_module._blocks = held
sys.exit(speechd_module.main())
"""


class Server:
    """Speech Dispatcher's side. It reads what the module says in a thread, as the pipe would block it otherwise."""

    def __init__(self, process: subprocess.Popen[bytes], hold: Path) -> None:
        self._process = process
        self.hold = hold  # sound is not sent while this is there
        self._lines: list[bytes] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line)
                self._changed.notify()

    def tell(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode())
        self._process.stdin.flush()

    def line(self) -> bytes:
        """What comes next; of sound the last line."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._lines, LONGEST_SECONDS), "the module says nothing"
            return self._lines.pop(0)

    def ask(self, *commands: str) -> str:
        """The answer to a command, its last line; lines with a dash are left out."""
        for command in commands:
            self.tell(f"{command}\n")
        while (line := self.line())[3:4] == b"-":
            pass
        return line.decode().strip()

    def say(self, text: str, command: str = "SPEAK", **settings: object) -> None:
        if settings:
            assert self.ask("SET").startswith("207")
            assert self.ask(*(f"{name}={value}" for name, value in settings.items()), ".").startswith("203")
        assert self.ask(command).startswith("202")
        assert self.ask(text, ".") == "200 OK SPEAKING"

    def events(self, stop_after: int | None = None) -> tuple[list[str], np.ndarray]:
        """Events to the message's end, with the samples that had been sent (in brackets behind marks), and the sound.
        stop_after: the number of sound blocks after which STOP is sent.
        """
        names: list[str] = []
        sound = b""
        blocks = 0
        while not names or names[-1] not in ("702 END", "703 STOP", "704 PAUSE"):
            line = self.line()
            if line.startswith(b"705-AUDIO\0"):
                sound += unescaped(line[10:-1])
                blocks += 1
                if blocks == stop_after:
                    self.tell("STOP\n")
            elif line.startswith(b"700-"):
                names.append(f"{line[4:-1].decode()} ({len(sound) // 2})")
            elif line.startswith((b"701", b"702", b"703", b"704")):
                names.append(line.decode().strip())
        return names, np.frombuffer(sound, "<i2")


@pytest.fixture(scope="module")
def server(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A module without a daemon: whatever is said is made in it."""
    folder = tmp_path_factory.mktemp("home")
    folder.chmod(0o700)
    settings = folder / "qingyin.conf"
    settings.write_text(f'# a comment\nDebug 0\nStartDaemon 0\nDefaultVoice "chenwang"\nModels "{models}"\n')
    environment = {**os.environ, "PYTHONPATH": str(Path(qingyin.__file__).parent.parent),
                   "XDG_RUNTIME_DIR": str(folder), "QINGYIN_HOME": str(folder)}  # fmt: skip
    command = [sys.executable, "-c", MODULE, str(settings), str(folder / "hold")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        server = Server(process, folder / "hold")
        assert server.ask("INIT") == "299 OK LOADED SUCCESSFULLY"
        assert server.ask("AUDIO") == "207 OK RECEIVING AUDIO SETTINGS"
        assert server.ask("audio_output_method=server", ".").startswith("203")
        assert server.ask("LOGLEVEL").startswith("207") and server.ask("log_level=3", ".").startswith("203")
        yield server
        assert server.ask("QUIT") == "210 OK QUIT"
        assert process.wait(LONGEST_SECONDS) == 0


def test_it_speaks_with_the_settings(server: Server, models: Path) -> None:
    server.say(f"<speak>{FIRST}</speak>", rate=0, pitch=0, volume=100)
    names, normal = server.events()
    assert names == ["701 BEGIN", "702 END"]
    server.say(f"<speak>{FIRST}</speak>", rate=100)
    fast = server.events()[1]
    assert 1.4 < len(normal) / len(fast) < 2.7  # rhythm varies a little from time to time
    server.say(f"<speak>{FIRST}</speak>", rate=0, volume=0)
    quiet = server.events()[1]
    assert 0.35 < np.abs(quiet.astype(float)).mean() / np.abs(normal.astype(float)).mean() < 0.65
    expected = Synthesizer.load(models).synthesize(FIRST, voice="chenwang").seconds
    assert abs(len(normal) / 22050 / expected - 1) < 0.3


def test_marks_come_where_they_stand(server: Server) -> None:
    text = f'<speak>{FIRST}<mark name="__spd_1"/>我们去<mark name="公:园"/>公园走走吧。<mark name="__spd_2"/></speak>'
    server.say(text, volume=100)
    names, sound = server.events()
    assert [name.partition(" ")[0] for name in names] == ["701", "__spd_1", "公:园", "__spd_2", "702"]
    places = [int(name[:-1].partition("(")[2]) for name in names[1:-1]]
    assert 0 < places[0] < places[1] < places[2] == len(sound)


def test_stop_is_answered_at_once_and_nothing_comes_after_it(server: Server) -> None:
    server.say(f"<speak>{TEXT * 20}</speak>")
    names, sound = server.events(stop_after=3)
    assert names == ["701 BEGIN", "703 STOP"] and len(sound) < 22050 * 30  # of a minute, whoever was late
    server.tell("STOP\n")  # nothing is being said: no answer
    server.say("<speak>你好。</speak>")
    names, sound = server.events()
    assert names == ["701 BEGIN", "702 END"] and len(sound) < 22050 * 3


def test_pause_ends_between_sentences(server: Server) -> None:
    server.hold.touch()
    server.say(f'<speak>{FIRST}<mark name="__spd_1"/>{SECOND}<mark name="__spd_2"/></speak>')
    assert server.line() == b"701 BEGIN\n"
    server.tell("PAUSE\n")
    assert server.ask("DEBUG OFF").startswith("200")  # so the pause has been read
    server.hold.unlink()
    names, sound = server.events()
    assert names == [f"__spd_1 ({len(sound)})", "704 PAUSE"]


def test_it_only_sends_what_is_soon_due(server: Server) -> None:
    began = time.monotonic()
    server.say(f"<speak>{TEXT * 3}</speak>")
    time.sleep(0.5)  # of playing; a second of sound may be there by now, not all ten
    server.tell("STOP\n")
    names, sound = server.events()
    played = time.monotonic() - began
    assert names == ["701 BEGIN", "703 STOP"] or played > 5.0  # who slept so long has heard its end
    assert len(sound) / 22050 < played + AHEAD_SECONDS + 0.1


@pytest.mark.parametrize(
    ("command", "text"), [("CHAR", "我"), ("CHAR", "space"), ("KEY", "control_a"), ("SOUND_ICON", "message")]
)
def test_characters_keys_and_icons_are_spoken(server: Server, command: str, text: str) -> None:
    server.say(text, command)
    assert server.events()[0][-1] == "702 END"


@pytest.mark.parametrize(
    "text",
    ["<speak>！？</speak>", "<speak></speak>", "<speak>\U0001f6d2\u200b", "<!DOCTYPE x><speak>好</speak>", "a < b",
     "..", "<speak><prosody rate='x'>好</prosody></speak>"],
)  # fmt: skip
def test_whatever_is_sent_has_an_end(server: Server, text: str) -> None:
    server.say(text)
    assert server.events()[0] == ["701 BEGIN", "702 END"]


def test_other_voices_are_chosen_and_wrong_ones_do_no_harm(server: Server) -> None:
    server.tell("LIST VOICES\n")
    lines = []
    while not (line := server.line().decode()).startswith("200 "):
        lines.append(line.strip().removeprefix("200-").split("\t"))
    assert line == "200 OK VOICE LIST SENT\n" and {"chenwang", "yuetan"} <= {name for name, *_ in lines}
    assert all(len(fields) == 3 and fields[1] == "zh" for fields in lines)
    for name in ("yuetan", "nobody"):
        server.say("<speak>你好。</speak>", synthesis_voice=name)
        assert len(server.events()[1])
    server.say("<speak>你好。</speak>", synthesis_voice="NULL")
    server.events()


def test_what_it_does_not_know_is_refused(server: Server) -> None:
    assert server.ask("SING") == "300 ERR UNKNOWN COMMAND"
    assert server.ask("DEBUG ON /tmp/x").startswith("200")
    assert server.ask("SPEAK").startswith("202") and server.ask(".") == "301 ERROR CANT SPEAK"
    assert server.ask("AUDIO").startswith("207")
    assert server.ask("audio_output_method=pulse", ".").startswith("300")


def test_a_wrong_file_is_told_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "q.conf"
    for content, part in (("Debug 0\nStartDaemon yes\n", "line 2"), ("Debug\n", "line 1"), ("Loud 1\n", "line 1")):
        file.write_text(content)
        with pytest.raises(OptionError, match=part):
            read_module_file(file)
    answer = subprocess.run(
        [sys.executable, "-m", "qingyin.speech_dispatcher.module", str(file)],
        input="INIT\n", capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(qingyin.__file__).parent.parent)}, check=False,
    )  # fmt: skip
    assert answer.returncode == 1 and answer.stdout.startswith("399-") and "line 1" in answer.stdout
    assert answer.stdout.endswith("399 ERR CANT INIT MODULE\n")


def test_the_file_that_is_handed_out_is_understood() -> None:
    assert read_module_file(ROOT / "contrib" / "speech-dispatcher" / "qingyin.conf") == ModuleFile()
    assert read_module_file(ROOT / "there is none") == ModuleFile()


def test_file_names_have_no_case_and_values_may_be_quoted(tmp_path: Path) -> None:
    file = tmp_path / "q.conf"
    file.write_text('defaultVOICE yuetan\nvocoder "source filter"\nDebug 1\n')
    assert read_module_file(file) == ModuleFile(vocoder="source filter", default_voice="yuetan", debug=True)
    file.write_bytes(b"\xff")
    with pytest.raises(OptionError):
        read_module_file(file)


VOICES = [ListedVoice("a", "zh", False), ListedVoice("b", "zh", True), ListedVoice("c", "zh", False)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "d"),
        ({"voice": "male1"}, "d"),  # what is sent where nobody chose
        ({"voice": "male2"}, "b"),
        ({"voice": "female1"}, "a"),
        ({"voice": "female2"}, "c"),
        ({"voice": "child_female"}, "d"),
        ({"voice": "robot"}, "d"),
        ({"synthesis_voice": "c", "voice": "male2"}, "c"),
        ({"synthesis_voice": "../c", "voice": "male2"}, "b"),
    ],
)
def test_voices_by_name_and_by_type(settings: dict[str, str], expected: str) -> None:
    assert chosen_voice(settings, VOICES, "d") == expected


def test_rate_pitch_and_volume() -> None:
    low, high = speech_options(dict.fromkeys(("rate", "pitch", "volume", "pitch_range"), "-100")), speech_options(
        dict.fromkeys(("rate", "pitch", "volume", "pitch_range"), "100"))  # fmt: skip
    assert low == {"speed": 0.5, "pitch": -12.0, "pitch_range": 0.0, "volume": -60.0}
    assert high == {"speed": 2.0, "pitch": 12.0, "pitch_range": 2.0, "volume": 0.0}
    assert speech_options({}) == {"speed": 1.0, "pitch": 0.0, "pitch_range": 1.0, "volume": 0.0}
    assert math.isclose(speech_options({"volume": "0"})["volume"], -6.02, abs_tol=0.01)
    assert speech_options({"rate": "fast", "pitch": "900"})["pitch"] == 12.0


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("<speak>你&amp;我</speak>", [Piece("你&我")]),
        ('<speak>好。<mark name="1:2"/>再见<mark name="3:4"/>吧</speak>',
         [Piece("好。", marks=[("1:2", 2)]), Piece("再见吧", marks=[("3:4", 2)])]),
        ('<speak>好<mark name="__spd_0"/>再见</speak>', [Piece("好", marks=[("__spd_0", 1)]), Piece("再见")]),
        ("没有标记", [Piece("没有标记")]),
        ("<speak>不完整", [Piece(" 不完整")]),
        ("<speak><prosody rate='x'>好</prosody>吗</speak>", [Piece("好吗")]),
        ('<speak>好。<mark name="a"/><s>一<mark name="b"/></s></speak>',
         [Piece('<speak>好。<mark name="a"/><s>一<mark name="b"/></s></speak>', "ssml", [("a", 2), ("b", 3)])]),
    ],
)  # fmt: skip
def test_messages_in_pieces(message: str, expected: list[Piece]) -> None:
    assert message_pieces(message) == expected


@given(st.text())
def test_any_message_is_read(message: str) -> None:
    pieces = message_pieces(message)
    assert pieces and all(place >= 0 for piece in pieces for _, place in piece.marks)


def test_characters_keys_and_spelling() -> None:
    assert character_piece("space", False).text == "空格" and character_piece("A", True).text == "大写A"
    assert character_piece("A", False).text == "A" and character_piece("我", True).text == "我"
    assert key_piece("shift_a").text == "shift a" and key_piece("_").text == "_"
    assert spelled("你 好a") == "你，好，a"
