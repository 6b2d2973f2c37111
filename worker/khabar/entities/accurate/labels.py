"""Labels of units, and their best sequence. B- marks the first unit of a name, I- each further unit, O all others."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, get_args

import numpy
from numpy.typing import NDArray

from khabar.entities.accurate.units import Units
from khabar.entities.recognizer import EntityType

TYPES: Final[tuple[EntityType, ...]] = get_args(EntityType)
LABELS: Final = ("O", *(f"{prefix}-{kind}" for kind in TYPES for prefix in "BI"))

Scores = NDArray[numpy.float32]

_NEVER: Final = -1e9
_OUTSIDE: Final = 0


def _transitions() -> Scores:
    """Return the scores of label pairs, from-label x to-label: I- may only follow B- or I- of the same type."""
    table = numpy.zeros((len(LABELS), len(LABELS)), numpy.float32)
    for inside in range(2, len(LABELS), 2):
        table[:, inside] = _NEVER
        table[inside - 1 : inside + 1, inside] = 0.0
    return table


def _after_prefix(table: Scores) -> Scores:
    """Return the scores of label pairs from a prefix to its word: a name that includes the prefix includes the word too."""
    table = table.copy()
    for inside in range(2, len(LABELS), 2):
        others = numpy.arange(len(LABELS)) != inside
        table[inside - 1 : inside + 1, others] = _NEVER
    return table


_TRANSITIONS: Final = _transitions()
_AFTER_PREFIX: Final = _after_prefix(_TRANSITIONS)


def best_labels(scores: Scores, found: Units) -> list[int]:
    """Return the most probable sequence of labels in which every pair of neighbors is allowed.

    Args:
        scores: log-probabilities, N units x labels.
        found: the units.

    Returns:
        N indexes of LABELS.
    """
    labels: list[int] = scores.argmax(axis=1).tolist()
    is_prefix = found.is_prefix
    for begin, end in pairwise(found.first):
        # If the best labels of the single units already form an allowed sequence, it is the best one.
        if not _is_whole(labels[begin:end], is_prefix[begin:end]):
            labels[begin:end] = _viterbi(scores[begin:end], is_prefix[begin:end])
    return labels


def spans(labels: Sequence[int], first: Sequence[int]) -> Iterator[tuple[EntityType, int, int]]:
    """Yield (type, first unit, last unit) of each name; no name crosses the end of a sentence."""
    for begin, end in pairwise(first):
        unit = begin
        while unit < end:
            label = labels[unit]
            start = unit
            unit += 1
            if label == _OUTSIDE:
                continue
            while unit < end and labels[unit] == label + label % 2:
                unit += 1
            yield TYPES[(label - 1) // 2], start, unit - 1


def _is_whole(labels: Sequence[int], is_prefix: Sequence[bool]) -> bool:
    before, is_cut_off = _OUTSIDE, False
    for label, is_clitic in zip(labels, is_prefix, strict=True):
        table = _AFTER_PREFIX if is_cut_off else _TRANSITIONS
        if (label or before) and table[before, label]:
            return False
        before, is_cut_off = label, is_clitic
    return True


def _viterbi(scores: Scores, is_prefix: Sequence[bool]) -> list[int]:
    best = scores[0] + _TRANSITIONS[_OUTSIDE]
    back = numpy.zeros(scores.shape, numpy.int64)
    for unit in range(1, len(scores)):
        paths = best[:, None] + (_AFTER_PREFIX if is_prefix[unit - 1] else _TRANSITIONS)
        back[unit] = paths.argmax(axis=0)
        best = paths.max(axis=0) + scores[unit]
    found = [int(best.argmax())]
    for unit in range(len(scores) - 1, 0, -1):
        found.append(int(back[unit, found[-1]]))
    return found[::-1]
