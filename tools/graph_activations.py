"""Puts SiLU, x sigmoid(x), in the place of GELU between two products: ONNX Runtime computes it in three fifths of the
time.

A channel's GELU is nearly a silu(b x + d) + c. Gain and shift (b, d) go into the product before it, a and c into the
one behind it, so all of them cost nothing. They are fitted on real runs, each channel on the values that it has. The
larger b is, the higher are the values that share one int8 step; so the highest value that any channel may have is
chosen where the error of the fit and that of rounding are together the least. In this way rare loud channels no longer
make the step coarse for all, and both errors together are about as large as that of rounding alone behind GELU.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from onnx import NodeProto, helper

from export.example_inputs import Array
from tools.graph_joining import Graph, gelus
from tools.graph_smoothing import inner_values

GAINS = (0.7, 0.85, 1.0, 1.15, 1.3, 1.45, 1.6, 1.75, 1.9, 2.1, 2.4)  # b; GELU itself is steepest near 1.7
SHIFTS = (-0.5, -0.3, -0.17, -0.08, 0.0, 0.08, 0.17, 0.3, 0.5)  # d
FRAMES = 3000  # that a fit sees
# Values that every channel is fitted on besides: what speech did not show must not come out as nonsense.
OTHERS = np.linspace(-4.0, 4.0, 33, dtype=np.float32)
LOWEST = -0.2785  # of SiLU
STEPS = 255
CEILINGS = 48  # highest values that are compared
# Runs once a phoneme, so that there is nothing to win, and a small change of what it gives is heard in every frame.
KEPT = ("acoustic_encoder",)


@dataclass(frozen=True)
class _Block:
    """A GELU between two products with bias: its nodes, and those around it."""

    gelu: Sequence[NodeProto]
    expand: NodeProto
    expand_bias: NodeProto
    contract: NodeProto
    contract_bias: NodeProto

    @property
    def x(self) -> str:
        return str(self.gelu[0].input[0])


def activated(content: bytes, name: str, nodes: Collection[str], runs: Sequence[Mapping[str, Array]]) -> bytes:
    """The fp32 graph `name` with SiLU for GELU before those of `nodes`, names of products, that have such a block; as
    it is if that is one of KEPT.

    runs: real inputs. A block's output changes by some thousandths, less than by int8 behind GELU.
    """
    if name in KEPT:
        return content
    graph = Graph(content)
    blocks = {block.x: block for block in _blocks(graph) if block.contract.name in nodes}
    for x, values in inner_values(content, list(blocks), runs, FRAMES).items():
        block = blocks[x]
        weight = graph.constant(block.contract.input[1])
        assert weight is not None  # _blocks saw it
        b, d, a, c = _fitted(values, (weight**2).sum(axis=1))
        _scale(graph, block.expand, block.expand_bias, columns=b, shift=d)
        _scale(graph, block.contract, block.contract_bias, rows=a, shift=c @ weight)
        made, label = block.gelu[-1].output[0], block.gelu[-1].name
        graph.replace(
            block.gelu,
            helper.make_node("Sigmoid", [x], [f"{made}_sigmoid"], name=f"{label}_sigmoid"),
            helper.make_node("Mul", [x, f"{made}_sigmoid"], [made], name=f"{label}_silu"),
        )
    return graph.written()


def _blocks(graph: Graph) -> Iterator[_Block]:
    for gelu in gelus(graph):
        before = graph.makers.get(gelu[0].input[0])
        behind = graph.chain(gelu[-1], "MatMul", "Add")
        if before is None or before.op_type != "Add" or behind is None:
            continue
        product = next((node for node in map(graph.makers.get, before.input) if node is not None), None)
        if product is None or product.op_type != "MatMul":
            continue
        _, contract, bias = behind
        if any(graph.constant(node.input[1]) is None for node in (product, contract)):
            continue
        if graph.vector(before) is not None and graph.vector(bias) is not None:
            yield _Block(gelu, product, before, contract, bias)


def _scale(
    graph: Graph, product: NodeProto, add: NodeProto, *, shift: Array, columns: Array | None = None,
    rows: Array | None = None,
) -> None:  # fmt: skip
    """Scales a product's weights and adds `shift` to its bias, which is scaled with the columns."""
    weight, bias = graph.constant(product.input[1]), graph.vector(add)
    assert weight is not None and bias is not None
    if rows is not None:
        weight = weight * rows[:, None]
    if columns is not None:
        weight, bias = weight * columns, bias * columns
    product.input[1] = graph.add_constant(f"{product.name}_silu", weight.astype(np.float32))
    index = next(index for index, name in enumerate(add.input) if graph.constant(name) is not None)
    add.input[index] = graph.add_constant(f"{add.name}_silu", (bias + shift).astype(np.float32))


def _fitted(x: Array, importance: Array) -> tuple[Array, Array, Array, Array]:
    """b, d, a and c, each float32 [channels], for the values [frames, channels] that go into GELU. importance: the
    squares of a channel's weights in the product behind it, summed.
    """
    trials = np.stack([_best_shift(x, gain) for gain in GAINS])  # [gains, 6, channels]
    b, d, a, c, wrong, highest = trials.transpose(1, 0, 2)
    chosen, least = np.zeros(x.shape[1], np.int64), np.inf
    for ceiling in np.linspace(highest.min(axis=0).max(), highest.max(), CEILINGS):
        index = np.where(highest <= ceiling, wrong, np.inf).argmin(axis=0)
        step = (ceiling - LOWEST) / STEPS
        rounding = step**2 / 12 * _pick(a, index) ** 2
        error = float(((_pick(wrong, index) + rounding) * importance).sum())
        if error < least:
            chosen, least = index, error
    return _pick(b, chosen), _pick(d, chosen), _pick(a, chosen), _pick(c, chosen)


def _pick(values: Array, index: Array) -> Array:
    """[gains, channels] -> float32 [channels]"""
    return np.take_along_axis(values, index[None], axis=0)[0].astype(np.float32)


def _best_shift(x: Array, gain: float) -> Array:
    """For a gain b the d, a and c with the least error: b, d, a, c, the mean square of what is left, and the highest
    value of SiLU, [6, channels].
    """
    count = len(x)
    x = np.concatenate([x, np.broadcast_to(OTHERS[:, None], (len(OTHERS), x.shape[1]))])
    wanted = _gelu(x)
    mean = wanted.mean(axis=0)
    spread = wanted.var(axis=0)
    best: Array | None = None
    for shift in SHIFTS:
        moved = np.float32(gain) * x + np.float32(shift)
        with np.errstate(over="ignore"):  # far below zero, where SiLU is zero
            silu = moved / (1 + np.exp(-moved))
        centre = silu.mean(axis=0)
        a = ((silu - centre) * (wanted - mean)).mean(axis=0) / silu.var(axis=0)
        wrong = np.maximum(spread - a**2 * silu.var(axis=0), 0)
        trial = np.stack([np.full_like(a, gain), np.full_like(a, shift), a, mean - a * centre, wrong,
                          silu[:count].max(axis=0)])  # fmt: skip
        best = trial if best is None else np.where(wrong < best[4], trial, best)
    assert best is not None
    return best


def _gelu(x: Array) -> Array:
    """As the runtime computes it (graph_joining.joined)."""
    return 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))
