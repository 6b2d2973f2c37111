"""Labels of units and their best sequence: B- begins a name, I- goes on with it, O is outside."""

from collections.abc import Iterator, Sequence
from typing import Final, get_args

import numpy
from numpy.typing import NDArray

from worker.entities.recognizer import EntityType

TYPES: Final[tuple[EntityType, ...]] = get_args(EntityType)
LABELS: Final = ("O", *(f"{prefix}-{kind}" for kind in TYPES for prefix in "BI"))

Scores = NDArray[numpy.float32]

_NEVER: Final = -1e9
_OUTSIDE: Final = 0


def _transitions() -> Scores:
    """Return from-label x to-label: I- follows B- or I- of its own type alone."""
    table = numpy.zeros((len(LABELS), len(LABELS)), numpy.float32)
    for inside in range(2, len(LABELS), 2):
        table[:, inside] = _NEVER
        table[inside - 1 : inside + 1, inside] = 0.0
    return table


_TRANSITIONS: Final = _transitions()


def best_labels(scores: Scores, first: Sequence[int]) -> list[int]:
    """Return the best sequence that is well formed.

    Args:
        scores: log-probabilities, N units x labels.
        first: first unit of each sentence, ascending; one more entry at the end, N.

    Returns:
        N indexes of LABELS.
    """
    greedy = scores.argmax(axis=1)
    found: list[int] = greedy.tolist()
    for begin, end in zip(first, first[1:], strict=False):
        if not _is_well_formed(found, begin, end):
            found[begin:end] = _viterbi(scores[begin:end])
    return found


def spans(labels: Sequence[int], first: Sequence[int]) -> Iterator[tuple[EntityType, int, int]]:
    """Yield type, first unit and the unit after the last of each name; none crosses sentences."""
    for begin, end in zip(first, first[1:], strict=False):
        unit = begin
        while unit < end:
            label = labels[unit]
            start = unit
            unit += 1
            if label == _OUTSIDE:
                continue
            while unit < end and labels[unit] == label + label % 2:
                unit += 1
            yield TYPES[(label - 1) // 2], start, unit


def _is_well_formed(labels: Sequence[int], begin: int, end: int) -> bool:
    """Whether no I- stands without its B-; then the best sequence is that of the single best labels."""
    before = _OUTSIDE
    for unit in range(begin, end):
        label = labels[unit]
        if label and label % 2 == 0 and before not in (label - 1, label):
            return False
        before = label
    return True


def _viterbi(scores: Scores) -> list[int]:
    best = scores[0] + _TRANSITIONS[_OUTSIDE]
    back = numpy.zeros(scores.shape, numpy.int64)
    for unit in range(1, len(scores)):
        paths = best[:, None] + _TRANSITIONS
        back[unit] = paths.argmax(axis=0)
        best = paths.max(axis=0) + scores[unit]
    found = [int(best.argmax())]
    for unit in range(len(scores) - 1, 0, -1):
        found.append(int(back[unit, found[-1]]))
    return found[::-1]
