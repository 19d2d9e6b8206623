"""VITS in a form that exports with lengths left open: three graphs that take their noise as inputs.

Source: J. Kim, J. Kong, J. Son, "Conditional Variational Autoencoder with Adversarial Learning for End-to-End
Text-to-Speech", ICML 2021, as the class VitsModel of the transformers library computes it. Its submodules are used as
they are; written anew is what tracing would fix to one length (relative attention) or to one set of values (the
inverse splines of the stochastic durations).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

MIN_BIN, MIN_DERIVATIVE = 1e-3, 1e-3  # of a spline; the class's own defaults, which no configuration changes
_EDGE_DERIVATIVE = math.log(math.exp(1.0 - MIN_DERIVATIVE) - 1.0)  # slope 1 at both ends, where the identity begins


def attend(attention: Any, x: Tensor) -> Tensor:
    """Self-attention with learned offsets within a window: x [B, N, H] -> [B, N, H]."""
    batch, length, width = x.shape
    heads = attention.num_heads

    def by_head(y: Tensor) -> Tensor:
        return y.view(batch, length, heads, attention.head_dim).transpose(1, 2)

    query = by_head(attention.q_proj(x) * attention.scaling)
    key, value = by_head(attention.k_proj(x)), by_head(attention.v_proj(x))
    scores = query @ key.transpose(2, 3)
    window, place = int(attention.window_size), torch.arange(length)
    offset = place[None, :] - place[:, None] + window  # [N, N]; 0 to 2 * window are inside
    inside = (offset >= 0) & (offset <= 2 * window)
    by_offset = query @ attention.emb_rel_k[0].T  # [B, heads, N, 2 * window + 1]
    index = offset.clamp(0, 2 * window).expand(batch, heads, length, length)
    scores = scores + by_offset.gather(3, index) * inside
    weights = torch.softmax(scores, 3)
    column = place[:, None] + torch.arange(-window, window + 1)[None, :]  # [N, 2 * window + 1]
    present = (column >= 0) & (column < length)
    index = torch.minimum(column.clamp(min=0), place[-1]).expand(batch, heads, length, 2 * window + 1)
    near = weights.gather(3, index) * present
    joined = weights @ value + near @ attention.emb_rel_v[0]
    return attention.out_proj(joined.transpose(1, 2).reshape(batch, length, width))


def _knots(raw: Tensor, bound: float) -> Tensor:
    """Unnormalised bin sizes [..., bins] -> positions of the bins' edges [..., bins + 1], from -bound to bound."""
    bins = raw.shape[-1]
    sizes = MIN_BIN + (1.0 - MIN_BIN * bins) * torch.softmax(raw, -1)
    inner = 2.0 * bound * torch.cumsum(sizes, -1)[..., :-1] - bound
    edge = torch.full_like(inner[..., :1], bound)
    return torch.cat([-edge, inner, edge], -1)


def inverse_spline(y: Tensor, widths: Tensor, heights: Tensor, derivatives: Tensor, bound: float) -> Tensor:
    """Where a monotone rational-quadratic spline takes the values y (Durkan et al. 2019); the identity beyond `bound`.

    y [...]; widths, heights [..., bins] and derivatives [..., bins - 1], all unnormalised.
    """
    x_knots, y_knots = _knots(widths, bound), _knots(heights, bound)
    slopes = MIN_DERIVATIVE + functional.softplus(functional.pad(derivatives, (1, 1), value=_EDGE_DERIVATIVE))
    inside = y.clamp(-bound, bound)
    place = ((inside[..., None] >= y_knots).long().sum(-1, keepdim=True) - 1).clamp(0, widths.shape[-1] - 1)

    def at(values: Tensor) -> Tensor:
        return values.gather(-1, place)[..., 0]

    left, width = at(x_knots[..., :-1]), at(x_knots[..., 1:] - x_knots[..., :-1])
    low, height = at(y_knots[..., :-1]), at(y_knots[..., 1:] - y_knots[..., :-1])
    first, second, mean = at(slopes[..., :-1]), at(slopes[..., 1:]), height / width
    over = inside - low
    bent = over * (first + second - 2.0 * mean)
    a, b, c = height * (mean - first) + bent, height * first - bent, -mean * over
    root = 2.0 * c / (-b - torch.sqrt((b * b - 4.0 * a * c).clamp(min=0.0)))
    return torch.where((y >= -bound) & (y <= bound), root * width + left, y)


def _undo_coupling(flow: Any, z: Tensor, one: Tensor, condition: Tensor) -> Tensor:
    """The inverse of one convolutional flow of the durations: z [B, 2, N] -> [B, 2, N]."""
    given, moved = z.split(flow.half_channels, 1)
    hidden = flow.conv_dds(flow.conv_pre(given), one, condition)
    parts = flow.conv_proj(hidden)
    batch, channels, length = given.shape
    parts = parts.reshape(batch, channels, 3 * flow.num_bins - 1, length).permute(0, 1, 3, 2)
    scale = 1.0 / math.sqrt(flow.filter_channels)
    widths, heights, derivatives = parts.split([flow.num_bins, flow.num_bins, flow.num_bins - 1], 3)
    return torch.cat(
        [given, inverse_spline(moved, widths * scale, heights * scale, derivatives, float(flow.tail_bound))], 1
    )


def _turned(z: Tensor, channels: int) -> Tensor:
    """[B, channels, N] with the channels in reverse order."""
    return z.index_select(1, torch.arange(channels).flip(0))


def log_durations(predictor: Any, hidden: Tensor, speaker: Tensor | None, noise: Tensor) -> Tensor:
    """hidden [B, H, N], speaker [B, S, 1] or None, noise [B, 2, N] (a deterministic predictor takes none of it)
    -> ln frames [B, N].
    """
    one = torch.ones(1, 1, 1)
    if not hasattr(predictor, "flows"):
        return predictor(hidden, one, speaker)[:, 0]
    x = predictor.conv_pre(hidden)
    if speaker is not None:
        x = x + predictor.cond(speaker)
    condition = predictor.conv_proj(predictor.conv_dds(x, one))
    affine, *flows = predictor.flows
    z = noise
    for flow in reversed(flows[1:]):  # the first is of no use at synthesis: only half of it would be read
        z = _undo_coupling(flow, _turned(z, 2), one, condition)
    z = (_turned(z, 2) - affine.translate) * torch.exp(-affine.log_scale)
    return z[:, 0]


class VitsEncoder(nn.Module):
    """Symbols to the prior and the durations.

    symbols int64 [B, N]; speaker [B, S], if the model knows several; duration_noise [B, N, 2], normal numbers times
    the noise scale -> mean, log_std [B, N, C] of the latents, log_duration [B, N], ln frames.
    """

    def __init__(self, model: Any, several: bool) -> None:
        super().__init__()
        self.text_encoder, self.durations = model.text_encoder, model.duration_predictor
        self.several = several

    def forward(self, symbols: Tensor, *others: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        left = list(others)
        speaker = left.pop(0).unsqueeze(2) if self.several else None
        noise = left.pop(0).transpose(1, 2) if left else symbols.new_zeros(1, 2, 1).float()
        config, one = self.text_encoder.config, torch.ones(1, 1, 1)
        x = self.text_encoder.embed_tokens(symbols) * math.sqrt(config.hidden_size)
        for layer in self.text_encoder.encoder.layers:
            x = layer.layer_norm(x + attend(layer.attention, x))
            x = layer.final_layer_norm(x + layer.feed_forward(x, one))
        hidden = x.transpose(1, 2)
        mean, log_std = self.text_encoder.project(hidden).transpose(1, 2).split(config.flow_size, 2)
        return mean, log_std, log_durations(self.durations, hidden, speaker, noise)


class VitsFlow(nn.Module):
    """The prior's latents to those that the vocoder hears.

    prior [B, T, C]; speaker [B, S], if the model knows several -> latents [B, T, C], behind which the speaker's
    vector follows in every frame: [B, T, C + S].
    """

    def __init__(self, model: Any, several: bool) -> None:
        super().__init__()
        self.flows, self.several = model.flow.flows, several

    def forward(self, prior: Tensor, speaker: Tensor | None = None) -> Tensor:
        z = prior.transpose(1, 2)
        condition = speaker.unsqueeze(2) if self.several and speaker is not None else None
        for flow in reversed(self.flows):
            given, moved = _turned(z, 2 * flow.half_channels).split(flow.half_channels, 1)
            z = torch.cat([given, moved - flow.conv_post(_wave_net(flow.wavenet, flow.conv_pre(given), condition))], 1)
        latents = z.transpose(1, 2)
        if speaker is None:
            return latents
        return torch.cat([latents, speaker.unsqueeze(1).expand(-1, latents.shape[1], -1)], 2)


def _wave_net(network: Any, x: Tensor, condition: Tensor | None) -> Tensor:
    """Gated dilated convolutions with a sum of skips: [B, H, T] -> [B, H, T]."""
    width = network.hidden_size
    conditions = None if condition is None else network.cond_layer(condition).split(2 * width, 1)
    total: Tensor | None = None
    for index, (inner, outer) in enumerate(zip(network.in_layers, network.res_skip_layers, strict=True)):
        gates = inner(x) if conditions is None else inner(x) + conditions[index]
        moved, open_ = gates.split(width, 1)
        acts = outer(torch.tanh(moved) * torch.sigmoid(open_))
        if acts.shape[1] == 2 * width:
            x, acts = x + acts[:, :width], acts[:, width:]
        total = acts if total is None else total + acts
    assert total is not None
    return total


def flow_context(config: Any) -> int:
    """Frames on each side that one frame of VitsFlow's output depends on."""
    dilations = sum(config.wavenet_dilation_rate**layer for layer in range(config.prior_encoder_num_wavenet_layers))
    return config.prior_encoder_num_flows * dilations * (config.wavenet_kernel_size - 1) // 2
