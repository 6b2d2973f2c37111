"""Distillation: what several networks agree on, over news that nobody annotated, is taught to one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.models.entities.data import Annotated, without_copies
from worker.models.entities.fast.fit import Labelled, Options, Trained, fit
from worker.models.entities.fast.vectors import Vectors
from worker.pipeline.document import Document

Floats = NDArray[np.float32]
# Label probabilities of a document's units; other recognizers can be teachers too.
Teacher = Callable[[Document], Floats]

TEACHERS: Final = 3


def teachers(articles: Sequence[Annotated], vectors: Vectors, options: Options) -> Iterator[Teacher]:
    """Yield networks that differ in their seeds alone."""
    for number in range(TEACHERS):
        yield fit(articles, vectors, replace(options, seed=options.seed + number)).probabilities


def taught_by(chosen: Sequence[Teacher], unlabelled: Sequence[Annotated]) -> list[Labelled]:
    """Return the articles with the mean of the teachers' probabilities."""
    return [
        Labelled(article, np.mean([teacher(article.document) for teacher in chosen], axis=0).astype(np.float32))
        for article in unlabelled
    ]


def distill(
    articles: Sequence[Annotated],
    unlabelled: Sequence[Annotated],
    vectors: Vectors,
    *,
    teaching: Options,
    learning: Options,
    unseen: Sequence[Annotated] = (),
) -> Trained:
    """Train the teachers, let them label, and train one network on both.

    Args:
        articles: annotated.
        unlabelled: news.
        vectors: pretrained.
        teaching, learning: options of the teachers and of the network that learns from them.
        unseen: articles to be tested on; their near-duplicates are left out of `unlabelled`.
    """
    chosen = list(teachers(articles, vectors, teaching))
    taught = taught_by(chosen, without_copies(unlabelled, unseen))
    return fit(articles, vectors, learning, taught=taught)
