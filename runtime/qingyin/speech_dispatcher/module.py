"""Exists to be `sd_qingyin`, the output module with which screen readers speak through Speech Dispatcher.

One thread reads commands, one speaks; STOP is answered by the reading one at once, whatever the other is doing.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from qingyin.errors import QingyinError
from qingyin.speech_dispatcher.protocol import MESSAGES, SETTINGS, Command, Dialogue
from qingyin.speech_dispatcher.settings import (
    ListedVoice,
    ModuleFile,
    chosen_voice,
    listed_voices,
    read_module_file,
    speech_options,
)
from qingyin.speech_dispatcher.speech import Sound, SoundSource
from qingyin.speech_dispatcher.text import Piece, character_piece, key_piece, message_pieces, spelled

# Sound is sent so much before it is due. With more the server's own queue fills up, and its stop then takes 0.3 s.
AHEAD_SECONDS = 0.5
_BLOCK_SAMPLES = 1024  # sent at once; STOP waits for one
_SECONDS_A_CHARACTER = 0.2  # at speed 1, to place marks inside a sentence


class Message:
    """One message being spoken. `make`: the sound of a piece; `speed`: to place marks."""

    def __init__(self, dialogue: Dialogue, pieces: list[Piece], make: Callable[[Piece], Sound], speed: float) -> None:
        self._dialogue, self._pieces, self._make = dialogue, pieces, make
        self._character_seconds = _SECONDS_A_CHARACTER / speed
        self._sound: Sound | None = None
        self._stopped = threading.Event()
        self._pause = False
        self._ended = False
        self._began, self._sent_seconds = 0.0, 0.0
        self._thread = threading.Thread(target=self._run, name="qingyin-speech", daemon=True)

    def start(self) -> None:
        self._dialogue.send("701 BEGIN")
        self._thread.start()

    def stop(self) -> None:
        """Ends it at once; the thread finds that out later, and says nothing more."""
        with self._dialogue.lock:
            if self._ended:
                return
            self._stopped.set()
            self._end("703 STOP")
        if self._sound is not None:
            self._sound.close()

    def pause(self) -> None:
        """Ends it between two pieces."""
        self._pause = True

    def _end(self, event: str) -> None:
        with self._dialogue.lock:
            if not self._ended:
                self._ended = True
                self._dialogue.send(event)

    def _run(self) -> None:
        self._began = time.monotonic()
        try:
            for number, piece in enumerate(self._pieces):
                if self._stopped.is_set():
                    return
                if self._pause and number:
                    self._end("704 PAUSE")
                    return
                self._speak(piece)
        except OSError:  # Speech Dispatcher has gone
            self._stopped.set()
        self._end("702 END")

    def _speak(self, piece: Piece) -> None:
        marks = list(piece.marks)
        sent = 0.0
        if piece.speakable:
            self._sound = self._make(piece)
            try:
                for samples, rate in self._sound:
                    for block in _blocks(samples):
                        while marks and marks[0][1] * self._character_seconds <= sent and marks[0][1] < len(piece.text):
                            self._mark(marks.pop(0)[0])
                        self._send(block, rate)
                        sent += len(block) / 2 / rate
                        if self._stopped.is_set():
                            return
            except QingyinError as error:  # nothing to say in it, or a broken voice: the rest is spoken
                if not self._stopped.is_set():
                    print(f"sd_qingyin: {error}", file=sys.stderr, flush=True)
            except Exception as error:  # a bug: silence would be worse than a sentence less
                if not self._stopped.is_set():
                    print(f"sd_qingyin: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        for name, _ in marks:
            self._mark(name)

    def _mark(self, name: str) -> None:
        with self._dialogue.lock:
            if not self._ended:
                self._dialogue.send(f"700-{name}", "700 INDEX MARK")

    def _send(self, block: bytes, rate: int) -> None:
        # a pause between sentences must not count as being ahead
        self._sent_seconds = max(self._sent_seconds, time.monotonic() - self._began)
        self._stopped.wait(max(0.0, self._began + self._sent_seconds - time.monotonic() - AHEAD_SECONDS))
        with self._dialogue.lock:
            if not self._ended:
                self._dialogue.send_sound(block, rate)
        self._sent_seconds += len(block) / 2 / rate


def _blocks(samples: bytes) -> list[bytes]:
    size = 2 * _BLOCK_SAMPLES
    return [samples[start : start + size] for start in range(0, len(samples), size)]


class Module:
    """The module as a whole, from INIT to QUIT."""

    def __init__(self, dialogue: Dialogue, file: ModuleFile, source: SoundSource, voices: list[ListedVoice]) -> None:
        self._dialogue, self._file, self._source, self._voices = dialogue, file, source, voices
        self._settings: dict[str, str] = {}
        self._message: Message | None = None

    def obey(self, command: Command) -> bool:
        """Whether to go on."""
        if command.name in MESSAGES:
            self._speak(command)
        elif command.name == "STOP":
            if self._message is not None:
                self._message.stop()
        elif command.name == "PAUSE":
            if self._message is not None:
                self._message.pause()
        elif command.name in SETTINGS:
            self._set(command)
        elif command.name == "LIST VOICES":
            self._list_voices()
        elif command.name.startswith("DEBUG"):
            self._dialogue.send(f"200 OK DEBUGGING {'ON' if ' ON' in command.name else 'OFF'}")
        elif command.name == "QUIT":
            self._dialogue.send("210 OK QUIT")
            return False
        else:
            self._dialogue.send("300 ERR UNKNOWN COMMAND")
        return True

    def _set(self, command: Command) -> None:
        if command.name == "SET":
            self._settings.update(command.settings)
        elif command.name == "AUDIO" and dict(command.settings).get("audio_output_method") != "server":
            self._dialogue.send("300-Qingyin needs Speech Dispatcher 0.11 or newer, which plays the sound itself",
                                "300 MODULE ERROR")  # fmt: skip
            return
        self._dialogue.send("203 OK SETTINGS RECEIVED")

    def _list_voices(self) -> None:
        with contextlib.suppress(QingyinError):  # one that was added since
            self._voices = listed_voices(self._file.models)
        lines = [f"200-{voice.name}\t{voice.language}\t{'male' if voice.male else 'female'}" for voice in self._voices]
        self._dialogue.send(*lines, "200 OK VOICE LIST SENT")

    def _speak(self, command: Command) -> None:
        if not command.text:
            self._dialogue.send("301 ERROR CANT SPEAK")
            return
        if command.name == "SPEAK":
            pieces = message_pieces(command.text)
            if self._settings.get("spelling_mode") == "on":
                pieces = [Piece(spelled(piece.text), piece.markup, piece.marks) for piece in pieces]
        elif command.name == "CHAR":
            capitals = self._settings.get("cap_let_recogn", "none") != "none"
            pieces = [character_piece(command.text, capitals)]
        else:
            pieces = [key_piece(command.text)]
        voice = chosen_voice(self._settings, self._voices, self._file.default_voice)
        options = speech_options(self._settings)
        self._message = Message(
            self._dialogue, pieces, lambda piece: self._source.sound(piece, voice, options), options["speed"]
        )
        self._dialogue.send("200 OK SPEAKING")
        self._message.start()


def main() -> int:
    """Entry point; the argument is the path of the module's configuration file."""
    dialogue = Dialogue(sys.stdin.buffer, sys.stdout.buffer)
    commands = dialogue.commands()
    if next(commands, Command("")).name != "INIT":
        print("sd_qingyin is started by Speech Dispatcher; see docs/assistants.md", file=sys.stderr)
        return 2
    try:
        file = read_module_file(Path(sys.argv[1])) if len(sys.argv) > 1 else ModuleFile()
        voices = listed_voices(file.models)
        source = SoundSource(file)
    except QingyinError as error:
        dialogue.send(f"399-{error}", "399 ERR CANT INIT MODULE")
        return 1
    source.prepare()
    dialogue.send(f"299-Qingyin with {len(voices)} voices", "299 OK LOADED SUCCESSFULLY")
    module = Module(dialogue, file, source, voices)
    with contextlib.suppress(BrokenPipeError):
        for command in commands:
            if not module.obey(command):
                break
    return 0


if __name__ == "__main__":
    sys.exit(main())
