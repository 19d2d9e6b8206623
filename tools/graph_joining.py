"""Joins nodes that ONNX Runtime does not join by itself, so that a graph computes the same in fewer passes.

`arranged`, before quantising, for every target: a scale behind a product goes into its weights; what modulates a
LayerNorm becomes its gain and shift; the transposes around a convolution along time have four axes, which ONNX
Runtime merges with the blocked layout of such convolutions. `joined`, after it, for int8 products: one operator scales
the sums and adds the bias; where the columns of a wide one are split, each part is a product of its own; GELU goes by
tanh, which differs by at most 5e-4, a fraction of an int8 step. The product and GELU are operators of ONNX Runtime's
own (com.microsoft).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from export.example_inputs import Array

RUNTIME = "com.microsoft"
WIDE = 1024  # columns of a product whose parts are worth a product each


class Graph:
    """A model, what makes and what takes each of its tensors, and its constants."""

    def __init__(self, content: bytes) -> None:
        self.model = onnx.load_model_from_string(content)
        self.nodes = list(self.model.graph.node)
        self._constants: dict[str, TensorProto] = {tensor.name: tensor for tensor in self.model.graph.initializer}
        for node in self.nodes:
            if node.op_type == "Constant" and node.attribute[0].name == "value":
                self._constants[node.output[0]] = node.attribute[0].t
        self._link()

    def _link(self) -> None:
        self.makers = {name: node for node in self.nodes for name in node.output}
        self.takers: dict[str, list[NodeProto]] = {value.name: [] for value in self.model.graph.output}
        self.results = set(self.takers)
        for node in self.nodes:
            for name in node.input:
                self.takers.setdefault(name, []).append(node)
        self._alone = {name for name, nodes in self.takers.items() if len(nodes) == 1 and name not in self.results}

    def of(self, kind: str) -> Iterator[NodeProto]:
        """Those nodes of a kind that are still there when their turn comes."""
        for node in [node for node in self.nodes if node.op_type == kind]:
            if any(node is one for one in self.nodes):
                yield node

    def constant(self, name: str) -> Array | None:
        tensor = self._constants.get(name)
        return None if tensor is None else numpy_helper.to_array(tensor)

    def vector(self, node: NodeProto) -> Array | None:
        """The constant with one axis that is one of a node's two inputs."""
        values = [self.constant(name) for name in node.input]
        return next((value for value in values if value is not None and value.ndim == 1), None)

    def taker(self, node: NodeProto, kind: str) -> NodeProto | None:
        """What alone takes a node's result, if it is of that kind."""
        if node.output[0] not in self._alone:
            return None
        (found,) = self.takers[node.output[0]]
        return found if found.op_type == kind else None

    def chain(self, first: NodeProto, *kinds: str) -> list[NodeProto] | None:
        """`first` and what follows it, each the only one to take the result before, if they are of these kinds."""
        nodes = [first]
        for kind in kinds:
            found = self.taker(nodes[-1], kind)
            if found is None:
                return None
            nodes.append(found)
        return nodes

    def add_constant(self, name: str, value: Array) -> str:
        tensor = numpy_helper.from_array(np.ascontiguousarray(value), name)
        self.model.graph.initializer.append(tensor)
        self._constants[name] = tensor
        return name

    def replace(self, old: Sequence[NodeProto], *new: NodeProto) -> None:
        """Puts `new` in the place of the last of `old`."""
        place = next(index for index, node in enumerate(self.nodes) if node is old[-1])
        self.nodes[place + 1 : place + 1] = new
        self.nodes = [node for node in self.nodes if not any(node is one for one in old)]
        self._link()

    def insert_behind(self, tensor: str, *new: NodeProto) -> None:
        """Puts `new` behind what makes a tensor, first if it is an input."""
        maker = self.makers.get(tensor)
        place = 0 if maker is None else next(index for index, node in enumerate(self.nodes) if node is maker) + 1
        self.nodes[place:place] = new
        self._link()

    def written(self) -> bytes:
        """The model without the nodes and constants that nothing takes."""
        graph = self.model.graph
        while True:
            needed = self.results | {name for node in self.nodes for name in node.input}
            used = [node for node in self.nodes if needed.intersection(node.output)]
            if len(used) == len(self.nodes):
                break
            self.nodes = used
        tensors = [tensor for tensor in graph.initializer if tensor.name in needed]
        nodes = [NodeProto.FromString(node.SerializeToString()) for node in self.nodes]
        del graph.node[:], graph.initializer[:], graph.value_info[:]
        graph.node.extend(nodes)
        graph.initializer.extend(tensors)
        if any(node.domain == RUNTIME for node in nodes) and all(o.domain != RUNTIME for o in self.model.opset_import):
            self.model.opset_import.append(helper.make_opsetid(RUNTIME, 1))
        onnx.checker.check_model(self.model)
        return self.model.SerializeToString(deterministic=True)


def _fold_scales(graph: Graph) -> None:
    """(x W + b) s = x (W s) + b s."""
    for product in graph.of("MatMul"):
        weight = graph.constant(product.input[1])
        found = graph.chain(product, "Add", "Mul")
        if weight is None or found is None:
            continue
        _, add, scaled = found
        bias, scale = graph.vector(add), graph.vector(scaled)
        if bias is None or scale is None:
            continue
        product.input[1] = graph.add_constant(f"{product.name}_weight", weight * scale)
        offset = graph.add_constant(f"{add.name}_bias", bias * scale)
        graph.replace(
            [add, scaled], helper.make_node("Add", [product.output[0], offset], [scaled.output[0]], name=add.name)
        )


def _fold_modulation(graph: Graph) -> None:
    """LayerNorm(c; g, b) (1 + m) + s = LayerNorm(c; g + g m, b + b m + s), where m and s are halves of a W + d, the
    same at all times: the new gain and shift are such halves too, of another W and d.
    """
    for norm in graph.of("LayerNormalization"):
        found = graph.chain(norm, "Mul", "Add")
        own = [graph.constant(name) for name in norm.input[1:3]]
        if found is None or len(own) < 2 or any(value is None for value in own):
            continue
        _, scaled, shifted = found
        plus = graph.makers.get(next(name for name in scaled.input if name != norm.output[0]))
        shift = next(name for name in shifted.input if name != scaled.output[0])
        split = graph.makers.get(shift)
        if plus is None or split is None or plus.op_type != "Add" or split.op_type != "Split":
            continue
        if shift != split.output[1] or split.output[0] not in plus.input or not _adds_one(graph, plus):
            continue
        add = graph.makers.get(split.input[0])
        product = None if add is None else next((n for n in map(graph.makers.get, add.input) if n is not None), None)
        if add is None or add.op_type != "Add" or product is None or product.op_type != "MatMul":
            continue
        weight, bias = graph.constant(product.input[1]), graph.vector(add)
        if weight is None or bias is None:
            continue
        gain, moved = own
        (w_m, w_s), (d_m, d_s) = np.split(weight, 2, axis=1), np.split(bias, 2)
        weight = np.concatenate([w_m * gain, w_m * moved + w_s], axis=1)
        bias = np.concatenate([(1 + d_m) * gain, (1 + d_m) * moved + d_s])
        product.input[1] = graph.add_constant(f"{product.name}_weight", weight)
        offset = graph.add_constant(f"{add.name}_bias", bias)
        graph.replace([add], helper.make_node("Add", [product.output[0], offset], list(add.output), name=add.name))
        inputs = [norm.input[0], *split.output]
        graph.replace(found, _like(norm, inputs, shifted.output[0]))


def _adds_one(graph: Graph, node: NodeProto) -> bool:
    values = [graph.constant(name) for name in node.input]
    return any(value is not None and value.size == 1 and float(value.reshape(())) == 1.0 for value in values)


def _like(node: NodeProto, inputs: Sequence[str], output: str) -> NodeProto:
    """The same operator on other tensors."""
    made = helper.make_node(node.op_type, inputs, [output], name=node.name, domain=node.domain)
    made.attribute.extend(node.attribute)
    return made


def _is_transpose(node: NodeProto) -> bool:
    return [list(a.ints) for a in node.attribute if a.name == "perm"] == [[0, 2, 1]]


def _arrange_convolutions(graph: Graph) -> None:
    """[B, T, C] to [B, C, 1, T] and back by way of [B, 1, T, C], which only the axes' order tells from what the
    blocked layout is made of.
    """
    for first in graph.of("Transpose"):
        found = graph.chain(first, "Unsqueeze", "Conv", "Squeeze", "Transpose")
        if found is None or not _is_transpose(first) or not _is_transpose(found[-1]):
            continue
        _, unsqueezed, conv, squeezed, _ = found
        if any(_axis(graph, node) != 2 for node in (unsqueezed, squeezed)):
            continue
        name = conv.name
        row = graph.add_constant(f"{name}_row", np.array([1], np.int64))
        graph.replace(
            found,
            helper.make_node("Unsqueeze", [first.input[0], row], [f"{name}_rows"], name=f"{name}_unsqueeze"),
            helper.make_node("Transpose", [f"{name}_rows"], [f"{name}_in"], name=f"{name}_in", perm=[0, 3, 1, 2]),
            _like(conv, [f"{name}_in", *conv.input[1:]], conv.output[0]),
            helper.make_node("Transpose", [conv.output[0]], [f"{name}_out"], name=f"{name}_out", perm=[0, 2, 3, 1]),
            helper.make_node("Squeeze", [f"{name}_out", row], [found[-1].output[0]], name=f"{name}_squeeze"),
        )


def _axis(graph: Graph, node: NodeProto) -> int | None:
    axes = graph.constant(node.input[1]) if len(node.input) == 2 else None
    return int(axes[0]) if axes is not None and axes.size == 1 else None


def _join_products(graph: Graph, signed: bool) -> None:
    """An int8 product with its scales and its bias. Unsigned activations have the same steps; ONNX Runtime makes them
    of QuantizeLinear and DequantizeLinear by itself when it loads a graph on x86, which has no kernel for signed ones.
    """
    for product in graph.of("MatMul"):
        sides = [graph.makers.get(name) for name in product.input]
        if any(side is None or side.op_type != "DequantizeLinear" for side in sides):
            continue
        (x, x_scale, x_zero), (w, w_scale, w_zero) = (list(side.input) for side in sides if side is not None)
        rounding, zero, zeros = graph.makers.get(x), graph.constant(x_zero), graph.constant(w_zero)
        if rounding is None or zero is None or zeros is None or zeros.any() or graph.constant(w) is None:
            continue
        unsigned, unsigned_zero = (x, x_zero) if signed else (f"{x}_unsigned", f"{x_zero}_unsigned")
        new = []
        if unsigned not in graph.makers:
            graph.add_constant(unsigned_zero, (zero.astype(np.int16) + 128).astype(np.uint8))
            new.append(helper.make_node(
                "QuantizeLinear", [*rounding.input[:2], unsigned_zero], [unsigned], name=f"{rounding.name}_unsigned"
            ))  # fmt: skip
        inputs, old = [unsigned, w, x_scale, w_scale, unsigned_zero], [product]
        add = graph.taker(product, "Add")
        if add is not None and graph.vector(add) is not None:
            inputs += ["", next(name for name in add.input if name != product.output[0])]
            old.append(add)
        result = [old[-1].output[0]]
        graph.replace(
            old, *new, helper.make_node("MatMulIntegerToFloat", inputs, result, name=product.name, domain=RUNTIME)
        )


def _split_products(graph: Graph) -> None:
    """An int8 product whose columns are split: one for each part, so that nothing is copied. Not where columns are few,
    as in those of a condition, which is a single row.
    """
    for product in graph.of("MatMulIntegerToFloat"):
        split = graph.taker(product, "Split")
        places = [index for index in (1, 3, 6) if index < len(product.input)]  # weights, their scales, bias
        values = [graph.constant(product.input[index]) for index in places]
        sizes = None if split is None or len(split.input) < 2 else graph.constant(split.input[1])
        if split is None or sizes is None or any(value is None or value.shape[-1] != sizes.sum() for value in values):
            continue
        if sizes.sum() < WIDE:
            continue
        parts = [np.split(value, np.cumsum(sizes)[:-1], -1) for value in values if value is not None]
        new = []
        for number, output in enumerate(split.output):
            inputs = list(product.input)
            for index, columns in zip(places, parts, strict=True):
                inputs[index] = graph.add_constant(f"{product.input[index]}_{number}", columns[number])
            new.append(_like(product, inputs, output))
            new[-1].name = f"{product.name}_{number}"
        graph.replace([product, split], *new)


def gelus(graph: Graph) -> Iterator[list[NodeProto]]:
    """The nodes of every x (1 + erf(x / sqrt(2))) / 2, as it is exported."""
    for first in graph.of("Div"):
        divisor = graph.constant(first.input[1])
        found = graph.chain(first, "Erf", "Add", "Mul", "Mul")
        if found is None or divisor is None or not np.allclose(divisor, 2**0.5):
            continue
        _, _, plus, times, half = found
        factors = [graph.constant(name) for node in (plus, half) for name in node.input]
        if first.input[0] in times.input and [float(f) for f in factors if f is not None] == [1.0, 0.5]:
            yield found


def _join_gelu(graph: Graph) -> None:
    for found in gelus(graph):
        x, half = found[0].input[0], found[-1]
        gelu = helper.make_node("FastGelu", [x], [half.output[0]], name=f"{half.name}_gelu", domain=RUNTIME)
        graph.replace(found, gelu)


def arranged(content: bytes) -> bytes:
    """A fp32 graph with equal results in fewer passes."""
    graph = Graph(content)
    _fold_scales(graph)
    _fold_modulation(graph)
    _arrange_convolutions(graph)
    return graph.written()


def joined(content: bytes, signed: bool = False) -> bytes:
    """A quantised graph with int8 products and GELU as single operators of ONNX Runtime. signed: activations stay
    signed, right on ARM; on x86 that is computed nine times as slowly.
    """
    graph = Graph(content)
    _join_products(graph, signed)
    _split_products(graph)
    _join_gelu(graph)
    return graph.written()
