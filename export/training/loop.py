"""What every training run shares: schedule, averaged weights, resumable checkpoints and a log that can be plotted."""

from __future__ import annotations

import copy
import json
import math
import os
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from export.training.paths import run_folder

SAVE_EVERY_S = 300.0
LOG_EVERY_STEPS = 100

Model = TypeVar("Model", bound=nn.Module)


class Run(Generic[Model]):
    """One resumable training run of one model.

    The learning rate rises over `warmup` steps, then falls along a cosine to 3 % at `steps`. `averaged` holds an
    exponential moving average of the weights, which is what is measured and exported.
    """

    def __init__(
        self,
        name: str,
        model: Model,
        config: dict[str, Any],
        steps: int,
        lr: float,
        warmup: int = 200,
        decay: float = 0.999,
        betas: tuple[float, float] = (0.8, 0.99),
        others: dict[str, Any] | None = None,
    ) -> None:
        """Go on from the run's last checkpoint, if there is one.

        Args:
            name: of the run's folder.
            model: what is trained.
            config: what the model can be built again from; kept in the checkpoint.
            steps: length of the whole run.
            lr: highest learning rate.
            warmup: steps until it is reached.
            decay: of the averaged weights; lower at the beginning.
            betas: of AdamW.
            others: further things with state_dict/load_state_dict (discriminators, optimisers) kept in the checkpoint.

        Raises:
            ValueError: the checkpoint is of another model.
        """
        self.folder: Path = run_folder(name)
        self.model, self.config, self.steps, self.lr, self.warmup, self.decay = model, config, steps, lr, warmup, decay
        self.averaged = copy.deepcopy(model).eval().requires_grad_(False)
        self.optimizer = torch.optim.AdamW(model.parameters(), lr, betas, weight_decay=0.01)
        self.others = others or {}
        self.step, self.seconds = 0, 0.0
        self._sums: dict[str, list[float]] = defaultdict(list)
        self._saved = self._tick = time.monotonic()
        if self.checkpoint.is_file():
            self._restore()

    @property
    def checkpoint(self) -> Path:
        """Path of the last checkpoint."""
        return self.folder / "last.pt"

    def _restore(self) -> None:
        state = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        try:
            self.model.load_state_dict(state["training_model"])
        except RuntimeError as error:
            raise ValueError(f"{self.checkpoint} is of a model with other parts or sizes; remove it") from error
        self.averaged.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        for key, other in self.others.items():
            if key in state["others"]:
                other.load_state_dict(state["others"][key])
        self.step, self.seconds = state["step"], state["seconds"]
        print(f"resumed {self.checkpoint} at step {self.step}", flush=True)

    def save(self) -> None:
        """Write the checkpoint atomically."""
        state = {
            "config": self.config,
            "model": self.averaged.state_dict(),
            "training_model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "others": {key: other.state_dict() for key, other in self.others.items()},
            "step": self.step,
            "seconds": self.seconds,
        }
        temporary = self.checkpoint.with_suffix(".tmp")
        torch.save(state, temporary)
        os.replace(temporary, self.checkpoint)
        self._saved = time.monotonic()

    @property
    def rate(self) -> float:
        """Learning rate of the present step."""
        rise = min(1.0, (self.step + 1) / self.warmup)
        return self.lr * rise * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * min(1.0, self.step / self.steps))))

    @property
    def running(self) -> bool:
        """Whether steps are left."""
        return self.step < self.steps

    def update(self, loss: Tensor, parts: dict[str, float], clip: float = 5.0) -> None:
        """One optimiser step on `loss`, then the average, the log and, when due, the checkpoint.

        Raises:
            FloatingPointError: the loss is not finite.
        """
        if not torch.isfinite(loss):
            raise FloatingPointError(f"loss is {loss.item()} at step {self.step}; resume with a lower --lr")
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), clip)
        self.optimizer.step()
        self.step += 1
        decay = min(self.decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for average, now in zip(self.averaged.parameters(), self.model.parameters(), strict=True):
                average.lerp_(now, 1 - decay)
            for kept, latest in zip(self.averaged.buffers(), self.model.buffers(), strict=True):
                kept.copy_(latest)  # running statistics of batch norm are averages already
        for key, value in parts.items():
            self._sums[key].append(value)
        if self.step % LOG_EVERY_STEPS == 0:
            self.log({key: sum(values) / len(values) for key, values in self._sums.items()})
            self._sums.clear()
        if time.monotonic() - self._saved > SAVE_EVERY_S:
            self.save()

    def log(self, values: dict[str, float], kind: str = "train") -> None:
        """Append one line to the log and print it."""
        now = time.monotonic()
        self.seconds += now - self._tick
        self._tick = now
        line: dict[str, Any] = {"step": self.step, "seconds": round(self.seconds), "kind": kind}
        line |= {key: round(value, 4) for key, value in values.items()}
        with (self.folder / "log.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(" ".join(f"{key}={value}" for key, value in line.items()), flush=True)
