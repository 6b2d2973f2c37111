"""Learns how single letters of a name are written: the longest context that was seen decides."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from math import log
from typing import Final

from khabar.latin.letters import WINDOWS, context
from training.names.align import align

LEAST: Final = 1.5  # of the logarithms of how often; below it a context tells nothing


def learn(pairs: Iterable[tuple[str, str, int]], region: str) -> dict[str, str]:
    """Return context -> Latin letters; a context is left out where the next shorter one says the same.

    Args:
        pairs: unit, spelling, how often. region: what every context begins with.
    """
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for arabic, latin, count in pairs:
        for at, chunk in enumerate(align(arabic, latin.replace("-", "")) or ()):
            for window in WINDOWS:
                seen[context(arabic, at, window, region)][chunk] += 1 + log(count)  # type: ignore[assignment]
    table: dict[str, str] = {}
    best = {name: max(counts, key=lambda one: (counts[one], one)) for name, counts in seen.items()}
    for arabic in {pair[0] for pair in pairs}:
        for at in range(len(arabic)):
            said = None
            for window in reversed(WINDOWS):  # the shortest first
                name = context(arabic, at, window, region)
                if said is not None and (best[name] == said or sum(seen[name].values()) < LEAST):
                    continue
                said = table[name] = best[name]
    return table
