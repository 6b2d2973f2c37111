"""The fine-tuned encoder as an ONNX graph; weights int8, a scale a column; activations are quantized as they come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.entities.accurate.encoder import EPSILON, HEADS, layers

Array = NDArray[numpy.float32]

_CONTRIBUTED: Final = "com.microsoft"


@dataclass(slots=True)
class _Graph:
    """Nodes and constants as they are added; every method returns the name of its output."""

    is_quantized: bool
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: object) -> str:
        self.constants.append(numpy_helper.from_array(numpy.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def linear(self, states: str, weight: Array, bias: Array, name: str) -> str:
        """Multiply by a weight of shape outputs x inputs."""
        offsets = self.constant(f"{name}.bias", bias)
        if not self.is_quantized:
            product = self.add("MatMul", [states, self.constant(f"{name}.weight", weight.T)], f"{name}.product")
            return self.add("Add", [product, offsets], name)
        quantized, scale = quantize(weight)
        inputs = [
            states,
            self.constant(f"{name}.weight", quantized.T),
            self.constant(f"{name}.scale", scale),
            self.constant(f"{name}.zero", numpy.zeros(len(scale), numpy.int8)),
            offsets,
        ]
        return self.add("DynamicQuantizeMatMul", inputs, name, _CONTRIBUTED)

    def rows(self, ids: str, table: Array, name: str) -> str:
        """Look rows of a table up."""
        if not self.is_quantized:
            return self.add("Gather", [self.constant(f"{name}.table", table), ids], name)
        quantized, scale = quantize(table)
        whole = self.add("Gather", [self.constant(f"{name}.table", quantized), ids], f"{name}.quantized")
        scales = self.add("Gather", [self.constant(f"{name}.scale", scale[:, None]), ids], f"{name}.scales")
        return self.add("Mul", [self.add("Cast", [whole], f"{name}.cast", to=TensorProto.FLOAT), scales], name)


def quantize(weight: Array) -> tuple[NDArray[numpy.int8], Array]:
    """Return int8 weights and a scale a row: weight is about their product."""
    scale = numpy.maximum(numpy.abs(weight).max(axis=1), 1e-12) / 127
    return numpy.rint(weight / scale[:, None]).astype(numpy.int8), scale.astype(numpy.float32)


def export(
    parameters: Mapping[str, Array],
    heads: Mapping[str, str],
    longest: int,
    metadata: Mapping[str, str],
    *,
    is_quantized: bool = True,
) -> bytes:
    """Return the graph: from `pieces` (ids of one window) and `at` (positions of the units' first pieces).

    Args:
        parameters: of the encoder and its heads.
        heads: name of each output -> its head.
        longest: pieces of a window at most, its begin and end among them.
        metadata: kept with the graph.
        is_quantized: whether weights are int8; else float32, to see what quantization loses.

    Returns:
        A serialized model; each output is log-probabilities, units x labels.
    """
    graph = _Graph(is_quantized)
    states = _embed(graph, parameters, longest)
    count = layers(parameters)
    for layer in range(count):
        states = _layer(graph, parameters, states, layer, is_last=layer == count - 1)
    width = len(parameters["ln.weight"])
    states = graph.add("Reshape", [states, graph.constant("flat", numpy.array([-1, width]))], "units")
    outputs = [_head(graph, parameters, states, head, output) for output, head in heads.items()]
    inputs = [
        helper.make_tensor_value_info("pieces", TensorProto.INT64, ["pieces"]),
        helper.make_tensor_value_info("at", TensorProto.INT64, ["units"]),
    ]
    built = helper.make_graph(graph.nodes, "entities", inputs, outputs, graph.constants)
    imports = [helper.make_opsetid("", 17), helper.make_opsetid(_CONTRIBUTED, 1)]
    model = helper.make_model(built, opset_imports=imports, ir_version=8, producer_name="khabar")
    helper.set_model_props(model, dict(metadata))
    serialized: bytes = model.SerializeToString()
    return serialized


def _head(graph: _Graph, parameters: Mapping[str, Array], states: str, head: str, output: str) -> onnx.ValueInfoProto:
    weight, bias = parameters[f"{head}.weight"], parameters[f"{head}.bias"]
    product = graph.add("MatMul", [states, graph.constant(f"{head}.weight", weight.T)], f"{head}.product")
    logits = graph.add("Add", [product, graph.constant(f"{head}.bias", bias)], f"{head}.logits")
    graph.add("LogSoftmax", [logits], output, axis=-1)
    return helper.make_tensor_value_info(output, TensorProto.FLOAT, ["units", len(bias)])


def _embed(graph: _Graph, parameters: Mapping[str, Array], longest: int) -> str:
    words = graph.rows("pieces", parameters["word.weight"], "words")
    table = graph.constant("positions.table", parameters["pos.weight"][:longest])
    length = graph.add("Shape", ["pieces"], "length")
    zero = graph.constant("zero", numpy.array([0]))
    positions = graph.add("Slice", [table, zero, length, zero], "positions")
    summed = graph.add("Add", [words, positions], "embedded")
    norms = [graph.constant("ln.weight", parameters["ln.weight"]), graph.constant("ln.bias", parameters["ln.bias"])]
    normal = graph.add("LayerNormalization", [summed, *norms], "normal", axis=-1, epsilon=EPSILON)
    return graph.add("Unsqueeze", [normal, zero], "layers.input")


def _layer(graph: _Graph, parameters: Mapping[str, Array], states: str, layer: int, *, is_last: bool) -> str:
    name = f"layers.{layer}"

    def linear(inputs: str, part: str) -> str:
        weight, bias = parameters[f"{name}.{part}.weight"], parameters[f"{name}.{part}.bias"]
        return graph.linear(inputs, weight, bias, f"{name}.{part}")

    def normalize(inputs: str, residual: str, part: str) -> str:
        norms = [
            graph.constant(f"{name}.{part}.{kind}", parameters[f"{name}.{part}.{kind}"]) for kind in ("weight", "bias")
        ]
        summed = graph.add("Add", [inputs, residual], f"{name}.{part}.sum")
        # Not SkipLayerNormalization, which is both in one and takes seven times as long on a CPU (182 us to 24).
        return graph.add("LayerNormalization", [summed, *norms], f"{name}.{part}", axis=-1, epsilon=EPSILON)

    together = linear(states, "qkv")
    parts = [f"{name}.{part}" for part in ("query", "key", "value")]
    graph.nodes.append(helper.make_node("Split", [together], parts, axis=2))
    mixed = graph.add("MultiHeadAttention", parts, f"{name}.mixed", _CONTRIBUTED, num_heads=HEADS)
    if is_last:  # only the units' first pieces are labeled
        mixed = graph.add("Gather", [mixed, "at"], f"{name}.mixed.units", axis=1)
        states = graph.add("Gather", [states, "at"], f"{name}.states.units", axis=1)
    states = normalize(linear(mixed, "ao"), states, "aln")
    inner = graph.add("Gelu", [linear(states, "fi")], f"{name}.inner", _CONTRIBUTED)
    return normalize(linear(inner, "fo"), states, "oln")
