"""Exists to find loudspeakers, and to say what is missing when there are none: those of PortAudio, whose package
sounddevice is imported only here, and that of a running sound server, which is the default where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from qingyin.errors import AudioError, DependencyError
from qingyin.playback import pulse

SOUND_SERVER = "sound server"  # its name among the devices
WITHOUT = "-o FILE.wav and --output-raw work without"


@dataclass(frozen=True)
class Device:
    """An output device as PortAudio lists it, or the sound server."""

    index: int
    name: str
    host: str  # ALSA, Core Audio, JACK, ...
    channels: int  # at most
    sample_rate: int  # Hz, its default
    default: bool
    is_server: bool = False  # PulseAudio or PipeWire, reached without PortAudio


def sounddevice() -> Any:
    """The module. Errors: DependencyError that says what to install."""
    try:
        import sounddevice as module
    except ImportError:
        raise DependencyError(
            f"playing needs the package sounddevice: pip install sounddevice soxr; {WITHOUT}"
        ) from None
    except OSError:  # the package is there, the library behind it is not
        raise DependencyError(
            "playing needs the PortAudio library (Debian, Ubuntu: apt install libportaudio2; Fedora: "
            f"dnf install portaudio; macOS: brew install portaudio); {WITHOUT}"
        ) from None
    return module


def list_devices() -> list[Device]:
    """All output devices, perhaps none, the sound server last. Errors: DependencyError, AudioError; not where there is
    a sound server.
    """
    try:
        devices = _portaudio_devices()
    except (AudioError, DependencyError):
        server = _sound_server(0)
        if server is None:
            raise
        return [server]
    server = _sound_server(1 + max((device.index for device in devices), default=-1))
    if server is None:
        return devices
    return [*(replace(device, default=False) for device in devices), server]


def _sound_server(index: int) -> Device | None:
    sink = pulse.default_sink()
    if sink is None:
        return None
    return Device(index, SOUND_SERVER, sink.description, sink.channels, sink.sample_rate, default=True, is_server=True)


def _portaudio_devices() -> list[Device]:
    module = sounddevice()
    try:
        hosts, entries = module.query_hostapis(), module.query_devices()
        default = _default_index(module)
    except module.PortAudioError as error:
        raise AudioError(f"PortAudio cannot list the sound devices ({_reason(error)}); {WITHOUT}") from None
    return [
        Device(index, entry["name"], hosts[entry["hostapi"]]["name"], entry["max_output_channels"],
               round(entry["default_samplerate"]), index == default)
        for index, entry in enumerate(entries)
        if entry["max_output_channels"] > 0
    ]  # fmt: skip


def find_device(wanted: str | int | None = None) -> Device:
    """The device with this index, this name or this part of exactly one name; None is the default.

    Errors: AudioError when there is none, DependencyError.
    """
    if wanted is None:  # PortAudio need not be asked, which takes it a tenth of a second
        server = _sound_server(0)
        if server is not None:
            return server
    devices = list_devices()
    if not devices:
        raise AudioError(
            "no sound device was found; connect one, start the sound server (PulseAudio, PipeWire), or on Debian "
            f"apt install libasound2-plugins to reach it; {WITHOUT}"
        )
    if wanted is None:
        return next((device for device in devices if device.default), devices[0])
    text = str(wanted).strip()
    if text.isdecimal():
        found = [device for device in devices if device.index == int(text)]
    else:
        lowered = text.lower()
        found = [device for device in devices if device.name.lower() == lowered]
        found = found or [device for device in devices if lowered in device.name.lower()]
    if len(found) == 1:
        return found[0]
    how = "several output devices are" if found else "no output device is"
    raise AudioError(f"{how} called {text!r}; `qingyin devices` lists them with their numbers")


def open_stream(device: Device, rates: list[int], latency: float, **callbacks: Any) -> tuple[Any, int, int]:
    """An OutputStream of float32, not started, with the first of `rates` (Hz) and the fewest channels that the
    device takes -> (stream, rate, channels). Errors: AudioError.
    """
    module = sounddevice()
    first_error = ""
    for rate in rates:
        for channels in dict.fromkeys((1, 2, device.channels)):
            if channels > device.channels:
                continue
            asked = {"device": device.index, "channels": channels, "dtype": "float32", "samplerate": rate}
            try:
                # the check does not find all that opening finds, so opening is the check
                stream = module.OutputStream(**asked, latency=latency, **callbacks)
                return stream, rate, channels
            except module.PortAudioError as error:
                first_error = first_error or _reason(error)
    shown = " or ".join(f"{rate} Hz" for rate in rates)
    raise AudioError(f"{device.name!r} cannot be opened at {shown} ({first_error}); another program may hold it, "
                     f"or choose another with --device or --rate; {WITHOUT}")  # fmt: skip


def _default_index(module: Any) -> int:
    chosen = module.default.device  # (input, output), -1 for unset; set by $SD_... or a host program
    output = chosen[1] if not isinstance(chosen, int) else chosen
    if isinstance(output, int) and output >= 0:
        return output
    try:
        return int(module.query_devices(kind="output")["index"])
    except (module.PortAudioError, ValueError):
        return -1


def _reason(error: Exception) -> str:
    return " ".join(str(part) for part in error.args[:1]) or type(error).__name__
