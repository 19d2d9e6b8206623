"""The two sides of a least-squares GAN (Mao et al. 2017) and one step of both, for every discriminator of ours."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

Judged = Callable[[Tensor], tuple[list[Tensor], list[Tensor]]]  # scores by discriminator, features of all layers


def discriminator_loss(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """Loss of scores on recordings and on imitations, the mean over the discriminators; 0.5 is chance."""
    own = [((1 - r.float()) ** 2).mean() + (f.float() ** 2).mean() for r, f in zip(real, fake, strict=True)]
    return torch.stack(own).mean()


def generator_losses(
    real: list[Tensor], scores: list[Tensor], fake: list[Tensor], relative: bool = True
) -> tuple[Tensor, Tensor]:
    """Adversarial loss, and feature matching loss (Kumar et al. 2019).

    Args:
        real, fake: features of every layer of every discriminator.
        scores: of the imitations, by discriminator.
        relative: matching in multiples of the real features' size, so that no layer counts for more than another.
    """
    adversarial = torch.stack([((1 - s.float()) ** 2).mean() for s in scores]).mean()
    matching = []
    for a, b in zip(real, fake, strict=True):
        size = a.detach().float().abs().mean().clamp_min(1e-3) if relative else 1.0
        matching.append((a.detach().float() - b.float()).abs().mean() / size)
    return adversarial, torch.stack(matching).mean()


def adversarial_step(
    judge: nn.Module, judged: Judged, optimizer: torch.optim.Optimizer, fake: Tensor, real: Tensor,
    relative: bool = True,
) -> tuple[Tensor, Tensor, float]:  # fmt: skip
    """One step of the discriminator; the generator's two losses and the discriminator's.

    Args:
        judge: what `optimizer` trains; judged: how it hears a batch.
        fake, real: imitations and recordings of the same.
        relative: see `generator_losses`.
    """
    real_scores, real_features = judged(real)
    fake_scores, _ = judged(fake.detach())
    judge_loss = discriminator_loss(real_scores, fake_scores)
    optimizer.zero_grad()
    judge_loss.backward()
    optimizer.step()
    judge.requires_grad_(False)
    scores, features = judged(fake)
    judge.requires_grad_(True)
    return *generator_losses(real_features, scores, features, relative), judge_loss.item()
