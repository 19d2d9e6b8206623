"""Exists to be the process that `uploads.py` starts: a recording on standard input, its reference or what is wrong with
it on standard output. Arguments: bytes of memory, seconds of processor time, seconds that the sound may last.
"""

from __future__ import annotations

import sys


def _bound(memory_bytes: int, processor_seconds: int) -> None:
    """What the system will not give this process, whatever it tries."""
    try:
        import resource
    except ImportError:  # not on Windows; time is bounded by the parent anyway
        return
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, processor_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def main(memory_bytes: int, processor_seconds: int, sound_seconds: float) -> None:
    data = sys.stdin.buffer.read()
    _bound(memory_bytes, processor_seconds)
    from qingyin.errors import AudioError, QingyinError
    from qingyin.references.reference import load_reference
    from qingyin.server.uploads import packed, packed_json

    try:
        reference = load_reference(data)
        if reference.recorded_seconds > sound_seconds:
            raise AudioError(
                f"the recording lasts {reference.recorded_seconds:.0f} s, at most {sound_seconds:g} are taken"
            )
        answer = packed(reference)
    except QingyinError as error:
        answer = packed_json({"error": type(error).__name__, "message": str(error)})
    except MemoryError:
        message = "the recording needs too much memory when it is decoded; convert it to mono WAV first"
        answer = packed_json({"error": "AudioError", "message": message})
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
