"""Annotated articles as the encoder's examples: units, their pieces and their labels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random
from typing import Final

import numpy

from khabar.entities.accurate.labels import LABELS, Scores
from khabar.entities.accurate.pieces import Pieces, pieces_of
from khabar.entities.accurate.units import Units, units
from khabar.entities.accurate.windows import windows
from training.entities.data import Annotated, Domain

_INDEX: Final = {label: index for index, label in enumerate(LABELS)}


@dataclass(frozen=True, slots=True)
class Example:
    """One article.

    Attributes:
        first: first unit of each sentence; one more entry at the end.
        pieces: for each unit its pieces' ids.
        labels: for each unit how probable each label is; zeros where the annotator was not sure.
        domain: whose guidelines the labels follow.
    """

    first: list[int]
    pieces: list[tuple[int, ...]]
    labels: Scores
    domain: Domain


@dataclass(frozen=True, slots=True)
class Window:
    """What the encoder reads at once.

    Attributes:
        pieces: ids, the ones that begin and end a window among them.
        at: for each unit the position of its first piece.
        labels: for each unit how probable each label is.
        domain: whose guidelines the labels follow.
    """

    pieces: list[int]
    at: list[int]
    labels: Scores
    domain: Domain


def example(article: Annotated, pieces: Pieces) -> Example:
    """Return the article as an example."""
    found = units(article.document)
    return Example(found.first, pieces_of(found, pieces), _labels(article, found), article.domain)


def pack(
    sources: Iterable[Example], pieces: Pieces, limits: Sequence[int], longest: int, random: Random
) -> list[Window]:
    """Return the windows of one epoch.

    Args:
        sources: the examples.
        pieces: the vocabulary.
        limits: for each example one of these is drawn; sentences are read together up to so many pieces.
        longest: a sentence of more pieces is cut.
        random: draws.
    """
    return [
        _window(source, units_read, pieces)
        for source in sources
        for units_read in windows(source.first, list(map(len, source.pieces)), random.choice(limits), longest)
    ]


def _window(source: Example, read: range, pieces: Pieces) -> Window:
    at = [1]
    for unit in read:
        at.append(at[-1] + len(source.pieces[unit]))
    inside = chain.from_iterable(source.pieces[read.start : read.stop])
    return Window(
        [pieces.begin, *inside, pieces.end],
        at[:-1],
        source.labels[read.start : read.stop],
        source.domain,
    )


def _labels(article: Annotated, found: Units) -> Scores:
    """Label the units: B- the first that reaches into a name, I- the others.

    ANERcorp's names begin with the word, proclitics and all; ours behind them, so its proclitics are made outside too.
    """
    labels = numpy.zeros((len(found), len(LABELS)), numpy.float32)
    labels[:, _INDEX["O"]] = 1
    for name in article.names:
        inside = [unit for unit in range(len(found)) if found.start[unit] < name.end and found.end[unit] > name.start]
        if article.domain == "anercorp":
            while len(inside) > 1 and found.is_prefix[inside[0]]:
                inside.pop(0)
        is_sure = (name.start, name.end) not in article.unsure
        labels[inside] = 0
        for position, unit in enumerate(inside):
            labels[unit, _INDEX[f"{'I' if position else 'B'}-{name.type}"]] = is_sure
    return labels
