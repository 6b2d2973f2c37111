"""Weights that were exported, read back to train on: int8 becomes float32, a half percent off what was trained."""

from pathlib import Path

import numpy
import onnx
import torch
from onnx import numpy_helper

from training.entities.accurate.encoder import Parameters

_HEADS = ("head.weight", "anercorp_head.weight")


def resume(path: Path) -> Parameters:
    """Return the parameters of an exported encoder (export.py), float32."""
    stored = {one.name: numpy_helper.to_array(one) for one in onnx.load(path).graph.initializer}
    found = {
        "word.weight": stored["words.table"].astype(numpy.float32) * stored["words.scale"],
        "pos.weight": stored["positions.table"],
    }
    for name, value in stored.items():
        if name.endswith(".weight") and value.dtype == numpy.int8:
            found[name] = (value * stored[f"{name.removesuffix('weight')}scale"]).T
        elif name in _HEADS:
            found[name] = value.T
        elif name.endswith((".bias", ".weight")):
            found[name] = value
    return {name: torch.from_numpy(numpy.array(value, numpy.float32, order="C")) for name, value in found.items()}
