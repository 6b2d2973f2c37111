"""From the trained network to the weights of the fast recognizer: int8 features, words as codes of a codebook."""

from collections.abc import Sequence
from typing import Any, Final

import marisa_trie  # type: ignore[import-not-found,import-untyped,unused-ignore]
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from khabar.entities.fast.weights import ALL_RANKS, COMMONNESS_STEPS, Weights
from training.entities.fast.corpus import DOMAINS, Inventory
from training.entities.fast.network import DIMENSIONS, Network

# A word's 64 numbers are 16 codes of 4 numbers each: 2.5 MB for 153,000 words instead of 10 MB as int8.
PARTS: Final = 16
CODES: Final = 256
_SAMPLE: Final = 60_000  # of the words, the more frequent first, that the codes are made from
_ROUNDS: Final = 15

# 64 bytes each. Of 113,000 features with weights: all 79.3 exact on gold articles held back, 35,000 79.1, 25,000 79.0.
_FEATURES: Final = 30_000

Floats = NDArray[np.float32]


def export(network: Network, inventory: Inventory, proclitics: Sequence[float]) -> Weights:
    """Return the weights that khabar/entities/fast computes with."""
    table: Floats = network.bag.weight.detach().numpy()
    own = _important(inventory, table)
    features = marisa_trie.Trie(own)
    vectors = np.empty((len(own), DIMENSIONS), np.float32)
    for name in own:
        vectors[features[name]] = table[inventory.features[name]]
    scale = np.abs(vectors).max(1) / 127 + 1e-12

    words, order, by_rank = _words(network, inventory, table)
    codebook, codes = quantize(by_rank[1:])
    return Weights(
        features=features,
        words=words,
        feature_vectors=np.rint(vectors / scale[:, None]).astype(np.int8),
        feature_scale=scale.astype(np.float32),
        word_codes=codes[order],
        codebook=codebook,
        unknown=by_rank[0],
        commonness=np.rint(COMMONNESS_STEPS * np.log(ALL_RANKS / (order + 1))).astype(np.uint8),
        layers=_layers(network),
        proclitics=np.array(proclitics, np.float32),
    )


def _important(inventory: Inventory, table: Floats) -> list[str]:
    """Return the features, sorted, that move the most words the farthest; clusters are in the words' vectors."""
    own = [name for name in inventory.features if not name.startswith("c=")]
    numbers = np.array([inventory.features[name] for name in own])
    counts = np.array([inventory.counts[name] for name in own])
    weight = np.linalg.norm(table[numbers], axis=1) * np.sqrt(counts)
    return sorted(own[place] for place in np.argsort(-weight, kind="stable")[:_FEATURES])


def quantize(vectors: Floats) -> tuple[Floats, NDArray[np.uint8]]:
    """Return a codebook (P x 256 x D/P) and each vector's codes (N x P); the k-means starts from spread-out rows."""
    codebook, codes = [], []
    for part in np.split(vectors, PARTS, axis=1):
        sample = part[:_SAMPLE]
        centers = sample[np.linspace(0, len(sample) - 1, CODES).astype(int)].copy()
        for _ in range(_ROUNDS):
            nearest = _nearest(sample, centers)
            counts = np.bincount(nearest, minlength=CODES)
            sums = np.stack([np.bincount(nearest, column, CODES) for column in sample.T], 1)
            centers = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centers).astype(np.float32)
        codebook.append(centers)
        codes.append(_nearest(part, centers).astype(np.uint8))
    return np.stack(codebook), np.stack(codes, 1)


def _nearest(vectors: Floats, centers: Floats) -> NDArray[np.int64]:
    half_norms = (centers**2).sum(1) / 2
    blocks = np.array_split(vectors, max(1, len(vectors) // 10_000))
    return np.concatenate([(half_norms - block @ centers.T).argmin(1) for block in blocks])


def _words(network: Network, inventory: Inventory, table: Floats) -> tuple[Any, NDArray[np.int64], Floats]:
    """Return the words, their places by frequency in the order of the trie's rows, and the vectors by rank.

    A word's vector is its projected pretrained vector and the vectors of its clusters. Rank 0 is for unknown words.
    """
    pretrained = inventory.vectors
    with torch.no_grad():
        vectors: Floats = network.project(torch.from_numpy(pretrained.matrix)).numpy()
    for row in range(len(vectors)):
        numbers = [inventory.features[name] for name in pretrained.cluster_features(row)]
        vectors[row] += table[numbers].sum(0)
    words = marisa_trie.Trie(list(pretrained.rows))
    order = np.empty(len(words), np.int64)
    for word, rank in pretrained.rows.items():
        order[words[word]] = rank - 1
    return words, order, vectors


def _layers(network: Network) -> dict[str, Floats]:
    layers: dict[str, Tensor] = {
        # Conv1d's O x I x K as K*I x O: neighbouring words side by side, from left to right.
        "first": network.first.weight.permute(2, 1, 0).reshape(-1, network.first.out_channels),
        "first_bias": _bias(network.first),
        "second": network.second.weight.permute(2, 1, 0),
        "second_bias": _bias(network.second),
    }
    for number, domain in enumerate(DOMAINS):
        head = network.head(number)
        layers[f"{domain}/output"] = head.output.weight.T
        layers[f"{domain}/output_bias"] = head.output.bias
        layers[f"{domain}/repeated"] = head.repeated.weight.T
        layers[f"{domain}/follow"] = head.follow
    return {name: np.ascontiguousarray(layer.detach().numpy()) for name, layer in layers.items()}


def _bias(layer: torch.nn.Conv1d) -> Tensor:
    if layer.bias is None:
        raise ValueError("a convolution without bias")
    return layer.bias
