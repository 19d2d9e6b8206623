"""The checkpoints in PyTorch eager, chunk by chunk through the same runtime: what `qingyin bench --compare torch` asks.

Only the graphs are exchanged, so that text, chunks, context and overlap-add are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch

from export.graph_spec import GraphSpec
from export.graphs import specs_from_checkpoints
from qingyin.acoustic.model import AcousticModel
from qingyin.bench.own_engine import Qingyin
from qingyin.errors import OptionError
from qingyin.sessions import Session


class EagerGraph(Session):
    """An opened session, with its contract checked, whose `run` is a module's forward pass."""

    def __init__(self, session: Session, exported: GraphSpec) -> None:
        self.spec, self._exported = session.spec, exported
        exported.module.eval()

    def run(self, feeds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        inputs = [torch.from_numpy(np.array(feeds[name])) for name in self._exported.inputs]
        with torch.inference_mode():
            outputs = self._exported.module(*inputs)
        values = outputs if isinstance(outputs, tuple) else (outputs,)
        return {name: value.numpy() for name, value in zip(self._exported.outputs, values, strict=True)}


class Eager(Qingyin):
    """An engine of the benchmark. Errors: OptionError for a folder without checkpoints."""

    def __init__(self, model: str | None, threads: int, vocoder: str | None) -> None:
        folder = Path(model or "checkpoints")
        if not folder.is_dir():
            raise OptionError(f"--compare-model must be the folder of the checkpoints (got {folder})")
        torch.set_num_threads(threads)
        super().__init__(None, threads, vocoder)
        graphs = {spec.name: spec for spec in specs_from_checkpoints(folder)}
        acoustic, wave = self._synthesizer.acoustic, self._synthesizer.vocoder
        if not isinstance(acoustic, AcousticModel):
            raise OptionError("--compare torch compares the project's own models; leave --models out")
        acoustic._encoder = EagerGraph(acoustic._encoder, graphs["acoustic_encoder"])
        acoustic._decoder = EagerGraph(acoustic._decoder, graphs["acoustic_decoder"])
        wave.session = EagerGraph(wave.session, graphs[f"vocoder_{self._synthesizer.vocoder_name}"])

    def speak(self, text: str) -> Iterator[float]:
        with torch.inference_mode():
            yield from super().speak(text)
