"""Windows: the units that the encoder reads at once. Each is as many whole sentences as fit."""

from collections.abc import Iterator, Sequence
from itertools import pairwise


def windows(first: Sequence[int], lengths: Sequence[int], limit: int, longest: int) -> Iterator[range]:
    """Yield the ranges of units to read at once; each unit is in exactly one.

    Args:
        first: index of the first unit of each sentence, and at the end the number of units.
        lengths: number of pieces of each unit.
        limit: most pieces in a window of several sentences.
        longest: a sentence with more pieces than this is cut.
    """
    begin, size = 0, 0
    for start, end in pairwise(first):
        total = sum(lengths[start:end])
        if size + total > limit:
            if begin < start:
                yield range(begin, start)
            begin, size = start, 0
        if total <= longest:
            size += total
            continue
        if begin < start:
            yield range(begin, start)
        yield from _cut(start, end, lengths, longest)
        begin, size = end, 0
    if begin < first[-1]:
        yield range(begin, first[-1])


def _cut(start: int, end: int, lengths: Sequence[int], longest: int) -> Iterator[range]:
    begin, size = start, 0
    for unit in range(start, end):
        if size + lengths[unit] > longest and begin < unit:
            yield range(begin, unit)
            begin, size = unit, 0
        size += lengths[unit]
    yield range(begin, end)
