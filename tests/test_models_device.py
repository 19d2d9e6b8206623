"""Where graphs are computed: CUDA where it works, the CPU with one reason where it does not, an error where it must."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import onnxruntime
import pytest

from qingyin import compute, sessions
from qingyin.cli.main import build_parser, main
from qingyin.compute import CPU, CUDA, chosen, open_on
from qingyin.errors import DependencyError, OptionError
from qingyin.synthesizer import Synthesizer


class Fake(SimpleNamespace):
    """onnxruntime with a CUDA provider that this machine lacks: it works, it is broken, or it falls back in silence."""

    def __init__(self, behaviour: str) -> None:
        public = [name for name in dir(onnxruntime) if not name.startswith("_")]
        super().__init__(__version__="1.0", **{name: getattr(onnxruntime, name) for name in public})
        self.asked: list[list[str]] = []
        self.severities: list[int] = []

        def open_session(
            model: bytes, sess_options: Any, providers: Sequence[Any], enable_fallback: int = 1
        ) -> Any:
            # on CUDA, ONNX Runtime must not fall back by itself: it would say so on standard output
            assert enable_fallback == (CUDA not in [name if isinstance(name, str) else name[0] for name in providers])
            names = [name if isinstance(name, str) else name[0] for name in providers]
            self.asked.append(names)
            if CUDA in names and behaviour == "broken":
                raise RuntimeError("libcudart.so.12: cannot open shared object file")
            session = onnxruntime.InferenceSession(model, sess_options=sess_options, providers=[CPU])
            if CUDA in names and behaviour == "works":
                session.get_providers = lambda: [CUDA, CPU]
            return session

        self.InferenceSession = open_session
        self.set_default_logger_severity = self.severities.append
        self.preload_dlls = lambda directory: print("Failed to load libcudart.so.13")
        offered = [CPU] if behaviour == "missing" else [CUDA, CPU]
        self.get_available_providers = lambda: offered


@pytest.fixture
def fake(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, models: Path) -> Fake:
    monkeypatch.delenv("QINGYIN_DEVICE", raising=False)
    monkeypatch.setenv("QINGYIN_MODELS", str(models))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compute, "has_nvidia_card", lambda: True)
    monkeypatch.setattr(sessions, "_cuda_prepared", False)
    module = Fake(request.param)
    monkeypatch.setattr(sessions, "import_onnxruntime", lambda: module)
    return module


@pytest.mark.parametrize("fake", ["works"], indirect=True)
def test_cuda_is_taken_where_it_works(fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    audio = Synthesizer.load().synthesize("好。", seed=1)
    assert audio.report.warnings == []
    assert fake.asked.count([CUDA, CPU]) == 3  # encoder, decoder, vocoder; the text's own model has the CPU
    assert main(["info"]) == 0
    assert f"computes on  {CUDA}, asked for auto" in capsys.readouterr().out
    fake.asked.clear()
    Synthesizer.load(device="cpu")
    assert all(names == [CPU] for names in fake.asked)


@pytest.mark.parametrize(
    ("fake", "reason"),
    [("broken", "libcudart.so.12"), ("silent", "could not load CUDA"), ("missing", "pip install 'qingyin[gpu]'")],
    indirect=["fake"],
)
def test_a_broken_cuda_is_one_warning_or_an_error(
    fake: Fake, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["say", "好。", "-o", "a.wav", "--no-daemon"]) == 0
    printed = capsys.readouterr()
    warnings = [line for line in printed.err.splitlines() if "warning" in line]
    assert len(warnings) == 1
    assert "Failed to load" not in printed.out + printed.err
    assert set(fake.severities) <= {4}  # the log of ONNX Runtime itself would make it three lines
    assert "computing on the CPU" in warnings[0]
    assert reason in warnings[0]
    assert main(["info"]) == 0
    assert f"computes on  {CPU}, asked for auto (CUDA cannot be used: " in capsys.readouterr().out
    assert main(["say", "好。", "-o", "b.wav", "--device", "cuda"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert reason in error
    assert not Path("b.wav").exists()
    assert main(["say", "好。", "-o", "c.wav", "--device", "cpu"]) == 0
    assert "warning" not in capsys.readouterr().err
    with pytest.raises(DependencyError, match="CUDA was asked for"):
        Synthesizer.load(device="cuda")


@pytest.mark.parametrize("fake", ["missing"], indirect=True)
def test_no_card_is_no_news(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "has_nvidia_card", lambda: False)
    assert Synthesizer.load().synthesize("好。", seed=1).report.warnings == []


@pytest.mark.parametrize("fake", ["works"], indirect=True)
def test_the_reading_model_stays_on_the_cpu(fake: Fake) -> None:
    """One sentence of text is computed faster than it is copied to a card and back."""
    from qingyin.text import analyse

    fake.asked.clear()
    analyse("银行行长")
    assert all(CUDA not in names for names in fake.asked)


def test_the_device_has_a_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("QINGYIN_DEVICE", raising=False)
    assert chosen() == "auto"
    monkeypatch.setenv("QINGYIN_DEVICE", "cpu")
    assert chosen() == "cpu"
    assert chosen("cuda") == "cuda"
    monkeypatch.setenv("QINGYIN_DEVICE", "tpu")
    with pytest.raises(OptionError, match="one of auto, cpu, cuda"):
        chosen()
    with pytest.raises(SystemExit):
        main(["info", "--device", "tpu"])
    assert "invalid choice" in capsys.readouterr().err


def test_a_model_that_the_cpu_refuses_is_not_blamed_on_cuda() -> None:
    def refuse(providers: Sequence[Any]) -> Any:
        raise ValueError("no graph")

    with pytest.raises(ValueError, match="no graph"):
        open_on("auto", [CUDA, CPU], refuse)


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the words of onnxruntime-gpu 1.31.1 on a computer without CUDA, which opens a session on the CPU."""
    provider = tmp_path / "capi" / "libonnxruntime_providers_cuda.so"
    assert compute.missing_library(tmp_path) is None
    provider.parent.mkdir()
    provider.write_bytes(b"")
    said = ["libcublasLt.so.13: cannot open shared object file: No such file or directory"]

    def load(name: str) -> None:
        assert name == str(provider)
        raise OSError(said[0])

    monkeypatch.setattr("qingyin.compute.ctypes.CDLL", load)
    opened = SimpleNamespace(get_providers=lambda: [CPU])
    session, reason = open_on("auto", ["TensorrtExecutionProvider", CUDA, CPU], lambda _: opened, tmp_path)
    assert session is opened and reason == f"ONNX Runtime could not load CUDA; {said[0]}"
    with pytest.raises(DependencyError, match=r"libcublasLt\.so\.13"):
        open_on("cuda", [CUDA, CPU], lambda _: opened, tmp_path)
    said[0] = f"{provider}: undefined symbol: Provider_GetHost"  # all its libraries are there
    assert compute.missing_library(tmp_path) is None


def test_every_command_that_computes_takes_a_device() -> None:
    parser = build_parser()
    for command in (["say", "好"], ["info"], ["daemon"], ["bench"], ["serve"]):
        assert parser.parse_args([*command, "--device", "cuda"]).compute == "cuda"
