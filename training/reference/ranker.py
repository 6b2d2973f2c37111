"""A linear ranker: of each group of candidates one is right, and the weights are those that make it likely."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final, NamedTuple

import numpy

_STEPS: Final = 250
_RATE: Final = 0.1
_SLOWER_FROM: Final = 0.7
_SLOWER: Final = 0.2
_LEAST_OFTEN: Final = 2
_LEAST_WEIGHT: Final = 0.04


class Example(NamedTuple):
    """A group of candidates, each with the names of its features.

    Attributes:
        features: of each candidate. right: indexes of those that are right. weight: of the example.
    """

    features: Sequence[Sequence[str]]
    right: AbstractSet[int]
    weight: float = 1.0


def fit(examples: Sequence[Example], *, penalty: float) -> dict[str, float]:
    """Return feature -> weight.

    Maximizes the logarithm of the probability that softmax gives to the right candidates, less `penalty` / 2 times the
    squared weights, with Adam over all examples at once; deterministic.
    """
    counts = Counter(name for example in examples for names in example.features for name in set(names))
    known = {
        name: index for index, name in enumerate(sorted(n for n, times in counts.items() if times >= _LEAST_OFTEN))
    }
    rows: list[int] = []
    columns: list[int] = []
    groups: list[int] = []
    right: list[bool] = []
    for group, example in enumerate(examples):
        for candidate, names in enumerate(example.features):
            hits = [known[name] for name in names if name in known]
            rows += [len(groups)] * len(hits)
            columns += hits
            groups.append(group)
            right.append(candidate in example.right)
    row, column, group_of = numpy.array(rows), numpy.array(columns), numpy.array(groups)
    is_right, total = numpy.array(right), len(examples)
    importance = numpy.array([example.weight for example in examples])[group_of]
    weights, mean, square = (numpy.zeros(len(known)) for _ in range(3))
    rate = _RATE
    for step in range(1, _STEPS + 1):
        scores = numpy.bincount(row, weights=weights[column], minlength=len(groups))
        best = numpy.full(total, -numpy.inf)
        numpy.maximum.at(best, group_of, scores)
        likely = numpy.exp(scores - best[group_of])
        every = numpy.bincount(group_of, weights=likely, minlength=total)
        good = numpy.bincount(group_of, weights=likely * is_right, minlength=total)
        slope = (likely / every[group_of] - likely * is_right / numpy.maximum(good, 1e-12)[group_of]) * importance
        gradient = numpy.bincount(column, weights=slope[row], minlength=len(known)) + penalty * weights
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        weights -= rate * (mean / (1 - 0.9**step)) / (numpy.sqrt(square / (1 - 0.999**step)) + 1e-8)
        if step == int(_STEPS * _SLOWER_FROM):
            rate *= _SLOWER
    return {name: float(weights[index]) for name, index in known.items()}


def write(path: Path, weights: dict[str, float]) -> None:
    """Write a file that khabar.reference reads; what hardly counts is left out."""
    rows = [f"{name}\t{weight:.2f}\n" for name, weight in sorted(weights.items()) if abs(weight) >= _LEAST_WEIGHT]
    path.write_text("".join(rows), encoding="utf-8")
