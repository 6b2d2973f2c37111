"""The pretrained encoder with linear heads, as functions over a dictionary of tensors; training alone imports this."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy
import torch
from torch import Tensor
from torch.nn import functional

HEADS: Final = 12
EPSILON: Final = 1e-12
# What stays as it was: pieces that the annotated articles lack would drift away from those that they hold.
FROZEN: Final = ("word.weight", "pos.weight", "ln.weight", "ln.bias")

Parameters = dict[str, Tensor]


def load(path: Path) -> Parameters:
    """Read the pretrained weights, float32."""
    with numpy.load(path) as arrays:
        return {name: torch.from_numpy(arrays[name].astype(numpy.float32)) for name in arrays.files}


def layers(parameters: Mapping[str, object]) -> int:
    """Return how many layers the encoder has."""
    return 1 + max(int(name.split(".")[1]) for name in parameters if name.startswith("layers."))


def add_head(parameters: Parameters, name: str, labels: int, generator: torch.Generator) -> None:
    """Add a linear head to the encoder."""
    width = parameters["ln.weight"].shape[0]
    parameters[f"{name}.weight"] = torch.randn(labels, width, generator=generator) * 0.02
    parameters[f"{name}.bias"] = torch.zeros(labels)


def encode(parameters: Parameters, pieces: Tensor, mask: Tensor, *, dropout: float = 0.0) -> Tensor:
    """Return the last layer.

    Args:
        parameters: of the encoder.
        pieces: ids, windows x pieces.
        mask: True where there is a piece; same shape.
        dropout: after the embeddings and on each residual branch.

    Returns:
        windows x pieces x width.
    """
    width = parameters["ln.weight"].shape[0]

    def normalize(states: Tensor, name: str) -> Tensor:
        weight, bias = parameters[f"{name}.weight"], parameters[f"{name}.bias"]
        return functional.layer_norm(states, (width,), weight, bias, EPSILON)

    def linear(states: Tensor, name: str) -> Tensor:
        return functional.linear(states, parameters[f"{name}.weight"], parameters[f"{name}.bias"])

    def drop(states: Tensor) -> Tensor:
        if not dropout:
            return states
        # One draw for all pieces of a window: a draw for each would take a tenth of the training's time.
        return states * functional.dropout(states.new_ones(len(states), 1, width), dropout)

    windows, length = pieces.shape
    states = functional.embedding(pieces, parameters["word.weight"]) + parameters["pos.weight"][:length]
    states = drop(normalize(states, "ln"))
    scale = (width // HEADS) ** -0.5
    keys = torch.zeros(mask.shape).masked_fill(~mask, -1e4)[:, None, None, :]
    for layer in range(layers(parameters)):
        name = f"layers.{layer}"
        split = linear(states, f"{name}.qkv").view(windows, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        weights = split[0] @ split[1].transpose(2, 3) * scale + keys
        mixed = (weights.softmax(dim=-1).to(split.dtype) @ split[2]).transpose(1, 2).reshape(windows, length, width)
        states = normalize(states + drop(linear(mixed, f"{name}.ao")), f"{name}.aln")
        inner = functional.gelu(linear(states, f"{name}.fi"))
        states = normalize(states + drop(linear(inner, f"{name}.fo")), f"{name}.oln")
    return states
