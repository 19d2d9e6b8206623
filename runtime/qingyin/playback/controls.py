"""Exists so that the listener is heard while the models compute: keys and signals reach the player from a
thread of their own, within milliseconds, where Python's own signal handlers wait for a graph to finish.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterator

from qingyin.playback.player import Player

PAUSE_SIGNAL, RESUME_SIGNAL = "SIGUSR1", "SIGUSR2"


@contextlib.contextmanager
def controls(player: Player, keys: bool) -> Iterator[None]:
    """While the block runs: SIGUSR1 pauses, SIGUSR2 goes on, SIGINT and SIGTERM fade the sound out before
    Python gets to raise what they stand for; with `keys`, space pauses and goes on, and q stops, if standard
    input is a terminal whose keys are ours to read.
    """
    with contextlib.ExitStack() as stack:
        awake, wake = socket.socketpair()  # the watcher closes its end: on a busy machine it may be the last to leave
        stack.callback(wake.close)
        wake.setblocking(False)
        if threading.current_thread() is threading.main_thread():  # elsewhere signals cannot be had
            stack.enter_context(_signals_to(wake.fileno()))
        terminal = stack.enter_context(_single_keys()) if keys else None
        watcher = threading.Thread(target=_watch, args=(player, awake, terminal), name="qingyin-controls", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            with contextlib.suppress(BlockingIOError):
                wake.send(b"\0")  # no signal has this number
            watcher.join(timeout=1.0)


def _watch(player: Player, awake: socket.socket, terminal: int | None) -> None:
    actions = {signal.SIGINT: player.stop, signal.SIGTERM: player.stop}
    for name, action in ((PAUSE_SIGNAL, player.pause), (RESUME_SIGNAL, player.resume)):
        if hasattr(signal, name):
            actions[getattr(signal, name)] = action
    with awake:
        while True:
            watched: list[int | socket.socket] = [awake] if terminal is None else [awake, terminal]
            ready, _, _ = select.select(watched, [], [])
            if awake in ready:
                for number in awake.recv(64) or b"\0":
                    if number == 0:
                        return
                    if number in actions:
                        actions[signal.Signals(number)]()
            elif terminal is not None:
                pressed = os.read(terminal, 64)
                if not pressed:  # the terminal is gone
                    terminal = None
                for key in pressed:
                    if key == ord(" "):
                        player.toggle()
                    elif key in b"qQ":
                        player.stop()


@contextlib.contextmanager
def _signals_to(descriptor: int) -> Iterator[None]:
    """Has the interpreter write each signal's number there the moment it comes."""
    before = signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)
    names = [name for name in (PAUSE_SIGNAL, RESUME_SIGNAL) if hasattr(signal, name)]
    # without a handler these two would end the process
    handlers = {name: signal.signal(getattr(signal, name), lambda *_: None) for name in names}
    try:
        yield
    finally:
        for name, handler in handlers.items():
            signal.signal(getattr(signal, name), handler)
        signal.set_wakeup_fd(before)


@contextlib.contextmanager
def _single_keys() -> Iterator[int | None]:
    """Standard input's descriptor with keys delivered one by one, unechoed; None when it is no terminal of ours."""
    try:
        import termios
        import tty
    except ImportError:  # another system
        yield None
        return
    before = None
    with contextlib.suppress(OSError, ValueError, AttributeError, termios.error):  # closed or replaced input
        descriptor = sys.stdin.fileno()
        # a job in the background would be stopped for touching the terminal
        ours = os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp()
        before = termios.tcgetattr(descriptor) if ours else None
    if before is None:
        yield None
        return
    tty.setcbreak(descriptor)  # Ctrl-C stays a signal
    try:
        yield descriptor
    finally:
        # from the background even this would stop us; the shell has its own settings back by then
        with contextlib.suppress(OSError, termios.error):
            if os.tcgetpgrp(descriptor) == os.getpgrp():
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
