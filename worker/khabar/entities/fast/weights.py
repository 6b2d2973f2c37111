"""The fast recognizer's weights on disk: two tries, three memory-mapped tables, and one file with the small arrays.

- features.trie, features.npy: feature -> row; vectors of int8, with their scales in `feature_scale`.
- words.trie, words.npy: frequent word in plain spelling -> row; each vector is stored as codes of a codebook.
- commonness.npy: a word's frequency, logarithmic.
- network.npz: the layers, the codebook, the scales, and the weights of the model of proclitics.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import marisa_trie  # type: ignore[import-not-found,import-untyped,unused-ignore]
import numpy as np
from numpy.typing import NDArray

from khabar.models import FAST

ALL_RANKS: Final = 200_000
COMMONNESS_STEPS: Final = 20

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """Open weights.

    Attributes:
        features, words: tries; the id of a key is its row.
        feature_vectors: int8, F x D.
        feature_scale: F, the value of one int8 step of each feature.
        word_codes: uint8, W x P: for each of the P parts of a word's vector, an index into the codebook.
        codebook: P x 256 x D/P.
        unknown: D, the vector of a word that is not among `words`.
        commonness: uint8, W: log(ALL_RANKS / rank by frequency) times COMMONNESS_STEPS.
        layers: the convolutions and heads by name.
        proclitics: weights of the model of proclitics.
        version: a hash of network.npz, so it differs between trainings; empty for weights that were never saved.
    """

    features: Any
    words: Any
    feature_vectors: NDArray[np.int8]
    feature_scale: Floats
    word_codes: NDArray[np.uint8]
    codebook: Floats
    unknown: Floats
    commonness: NDArray[np.uint8]
    layers: Mapping[str, Floats]
    proclitics: Floats
    version: str = ""

    def how_common(self, word: str) -> float:
        """Return log(ALL_RANKS / rank) of a word in plain spelling; 0 if it is unknown."""
        row = find(self.words, word)
        return float(self.commonness[row]) / COMMONNESS_STEPS if row >= 0 else 0.0

    def word_vectors(self, rows: Sequence[int]) -> Floats:
        """Return the vectors of N words, N x D, from their rows; -1 is the row of an unknown word."""
        numbers = np.array(rows, np.int64)
        codes = self.word_codes[numbers]  # -1 takes the last row, which is then overwritten
        vectors: Floats = self.codebook[np.arange(codes.shape[1]), codes].reshape(len(numbers), -1)
        vectors[numbers < 0] = self.unknown
        return vectors


def save(folder: Path, weights: Weights) -> None:
    """Write weights into a folder; create the folder if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    weights.features.save(str(folder / "features.trie"))
    weights.words.save(str(folder / "words.trie"))
    np.save(folder / "features.npy", weights.feature_vectors)
    np.save(folder / "words.npy", weights.word_codes)
    np.save(folder / "commonness.npy", weights.commonness)
    small: dict[str, Any] = {f"layer/{name}": layer.astype(np.float16) for name, layer in weights.layers.items()}
    np.savez(
        folder / "network.npz",
        **small,
        feature_scale=weights.feature_scale.astype(np.float16),
        codebook=weights.codebook.astype(np.float16),
        unknown=weights.unknown,
        proclitics=weights.proclitics,
    )


def load(folder: Path = FAST) -> Weights:
    """Map a folder of weights into memory; processes that open the same folder share the memory.

    Raises:
        OSError, ValueError: a file is missing or damaged.
    """
    features, words = marisa_trie.Trie(), marisa_trie.Trie()
    features.mmap(str(folder / "features.trie"))
    words.mmap(str(folder / "words.trie"))
    with np.load(folder / "network.npz") as file:
        small = {name: file[name].astype(np.float32) for name in file.files}
    return Weights(
        features=features,
        words=words,
        feature_vectors=np.load(folder / "features.npy", mmap_mode="r"),
        feature_scale=small["feature_scale"],
        word_codes=np.load(folder / "words.npy", mmap_mode="r"),
        codebook=small["codebook"],
        unknown=small["unknown"],
        commonness=np.load(folder / "commonness.npy", mmap_mode="r"),
        layers={name.removeprefix("layer/"): value for name, value in small.items() if name.startswith("layer/")},
        proclitics=small["proclitics"],
        version=sha256((folder / "network.npz").read_bytes()).hexdigest()[:12],
    )


def find_all(trie: Any, keys: Iterable[str]) -> list[int]:
    """Return the rows of the keys, in order, without the keys that are not in the trie."""
    get = trie.get
    keys = list(keys)
    try:
        rows = [get(key, -1) for key in keys]
    except UnicodeEncodeError:
        rows = [find(trie, key) for key in keys]
    return [row for row in rows if row >= 0]


def find(trie: Any, key: str) -> int:
    """Return the row of a key; -1 if it is not in the trie."""
    try:
        row: int = trie.get(key, -1)
    except UnicodeEncodeError:  # a lone surrogate
        return -1
    return row
