"""Annotated articles as batches of numbers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from khabar.entities.fast.features import features, units, word_type
from khabar.entities.fast.labels import LABELS, of_span
from training.entities.data import Annotated, Domain
from training.entities.fast.network import GAP, Batch
from training.entities.fast.vectors import Vectors

DOMAINS: Final[tuple[Domain, ...]] = ("news", "anercorp")
# Kinds of features that name the word itself: dropped oftener, so that the network learns what to do without them.
_LEXICAL: Final = ("w", "b", "s")
_DROP_LEXICAL: Final = 0.3
_DROP_OTHER: Final = 0.1
_LONGEST_SENTENCE: Final = 150  # words; longer ones are cut in training


@dataclass(frozen=True, slots=True)
class Example:
    """One article: types and labels by unit, sentence starts (with the end), the word's group for repeated words."""

    types: NDArray[np.int64]
    labels: NDArray[np.int64]
    starts: list[int]
    domain: int
    soft: NDArray[np.float32] | None = None


class Inventory:
    """The word types of the training articles, and the features that are common enough to have weights.

    Attributes:
        features: feature -> number.
        counts: feature -> how often it occurs in the training articles.
    """

    def __init__(self, articles: Iterable[Annotated], vectors: Vectors, *, least: Mapping[str, int]) -> None:
        """Count features over running words.

        Args:
            articles: all that are trained on.
            vectors: pretrained.
            least: kind of feature -> how often it must occur.
        """
        self.vectors = vectors
        counts: Counter[str] = Counter()
        for article in articles:
            counts.update(units(article.document).types)
        self.counts: Counter[str] = Counter()
        for segments, count in counts.items():
            for feature in features(word_type(segments)):
                self.counts[feature] += count
        kept = sorted(feature for feature, count in self.counts.items() if count >= least.get(feature[0], 1))
        clusters = sorted({name for row in range(len(vectors.matrix)) for name in vectors.cluster_features(row)})
        self.features = {feature: number for number, feature in enumerate([*kept, *clusters])}
        self._numbers: dict[str, int] = {}
        self._bases: dict[str, int] = {}
        self.of_type: list[NDArray[np.int64]] = []
        self.lexical: list[NDArray[np.bool_]] = []
        self.vector_rows: list[int] = []
        self.base_of_type: list[int] = []

    def number(self, segments: str) -> int:
        """Return the number of a word type; a new one is added."""
        known = self._numbers.get(segments)
        if known is not None:
            return known
        word = word_type(segments)
        row = self.vectors.row(word)
        names = [name for name in (*features(word), *self.vectors.cluster_features(row)) if name in self.features]
        self.of_type.append(np.array([self.features[name] for name in names], np.int64))
        self.lexical.append(np.array([name[0] in _LEXICAL for name in names], np.bool_))
        self.vector_rows.append(row)
        self.base_of_type.append(self._bases.setdefault(word.base, len(self._bases)))
        return self._numbers.setdefault(segments, len(self._numbers))

    def example(self, article: Annotated, soft: NDArray[np.float32] | None = None) -> Example:
        """Number an article."""
        found = units(article.document)
        types = np.array([self.number(segments) for segments in found.types], np.int64)
        return Example(types, labels(article), _cut(found.starts), DOMAINS.index(article.domain), soft)


def labels(article: Annotated) -> NDArray[np.int64]:
    """Return the labels of an article's units; a unit that only begins or ends in a name belongs to it."""
    tokens = article.document.tokens
    found = units(article.document)
    cuts = _cut(found.starts)
    start = np.array([tokens.start[index] for index in found.tokens])
    stop = np.array([tokens.end[index] for index in found.tokens])
    result = np.zeros(len(start), np.int64)
    for name in article.names:
        first = int(np.searchsorted(stop, name.start, side="right"))
        last = int(np.searchsorted(start, name.end, side="left"))
        # A sentence that was split inside a name, or a long one that was cut there, has a name on each side.
        edges = [first, *(edge for edge in cuts if first < edge < last), last]
        for begin, end in pairwise(edges):
            if end > begin:
                result[begin:end] = of_span(name.type, end - begin)
    return result


def batches(
    examples: Sequence[Example], inventory: Inventory, size: int, generator: np.random.Generator | None = None
) -> Iterator[Batch]:
    """Yield batches of `size` articles of one domain each; shuffled, and with features dropped, where a generator is given."""
    groups: list[Sequence[Example]] = []
    for domain in range(len(DOMAINS)):
        for is_soft in (False, True):
            chosen = [item for item in examples if item.domain == domain and (item.soft is not None) == is_soft]
            if generator is not None:
                chosen = [chosen[index] for index in generator.permutation(len(chosen))]
            groups += [chosen[first : first + size] for first in range(0, len(chosen), size)]
    order = range(len(groups)) if generator is None else generator.permutation(len(groups))
    for index in order:
        yield batch(groups[index], inventory, generator)


def batch(examples: Sequence[Example], inventory: Inventory, generator: np.random.Generator | None = None) -> Batch:
    """Lay articles out as a batch."""
    rows: list[NDArray[np.int64]] = [np.full(GAP, -1)]
    groups: list[NDArray[np.int64]] = [np.full(GAP, -1)]
    softs: list[NDArray[np.float32]] = []
    places: list[NDArray[np.int64]] = []
    tags: list[NDArray[np.int64]] = []
    base = np.array(inventory.base_of_type)
    at = GAP
    for number, example in enumerate(examples):
        for first, last in pairwise(example.starts):
            types = example.types[first:last]
            rows += [types, np.full(GAP, -1)]
            groups += [base[types] + number * len(base) + 1, np.full(GAP, -1)]
            places.append(np.arange(at, at + last - first))
            tags.append(example.labels[first:last])
            at += last - first + GAP
            if example.soft is not None:
                softs.append(example.soft[first:last])
    all_rows = np.concatenate(rows)
    types, inverse = np.unique(all_rows, return_inverse=True)
    types = types[1:]  # -1 stands first
    lists = [inventory.of_type[kind] for kind in types]
    flat = np.concatenate(lists)
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in lists])])
    keep = np.ones(len(flat), np.float32)
    if generator is not None:
        lexical = np.concatenate([inventory.lexical[kind] for kind in types])
        keep = (generator.random(len(flat)) >= np.where(lexical, _DROP_LEXICAL, _DROP_OTHER)).astype(np.float32)
    vectors = inventory.vectors.matrix[np.array([inventory.vector_rows[kind] for kind in types])]
    lengths = np.array([len(place) for place in places])
    longest = int(lengths.max())
    soft = None
    if softs:
        column = np.zeros((len(all_rows), len(LABELS)), np.float32)
        column[np.concatenate(places)] = np.concatenate(softs)
        soft = torch.from_numpy(column)
    return Batch(
        features=torch.from_numpy(flat),
        offsets=torch.from_numpy(offsets),
        keep=torch.from_numpy(keep),
        vectors=torch.from_numpy(vectors),
        rows=torch.from_numpy(inverse.reshape(-1)),
        groups=torch.from_numpy(np.unique(np.concatenate(groups), return_inverse=True)[1].reshape(-1)),
        places=torch.from_numpy(_padded(places, longest)),
        lengths=torch.from_numpy(lengths),
        labels=torch.from_numpy(_padded(tags, longest)),
        domain=examples[0].domain,
        soft=soft,
    )


def _padded(columns: Sequence[NDArray[np.int64]], longest: int) -> NDArray[np.int64]:
    result = np.zeros((len(columns), longest), np.int64)
    for row, column in zip(result, columns, strict=True):
        row[: len(column)] = column
    return result


def _cut(starts: Sequence[int]) -> list[int]:
    """Cut sentences that are too long for a batch."""
    cut: list[int] = []
    for first, last in pairwise(starts):
        cut += range(first, last, _LONGEST_SENTENCE)
    return [*cut, starts[-1]]
