"""Distillation: what several recognizers think of news that nobody annotated is taught to one network."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from khabar.text.document import Document
from training.entities.data import Annotated, without_copies
from training.entities.fast.fit import Labelled, Options, Trained, fit
from training.entities.fast.vectors import Vectors

Floats = NDArray[np.float32]
# Label probabilities of a document's units; other recognizers can be teachers too.
Teacher = Callable[[Document], Floats]


def teachers(articles: Sequence[Annotated], vectors: Vectors, options: Options, count: int) -> Iterator[Teacher]:
    """Yield so many networks that differ in their seeds alone."""
    for number in range(count):
        yield fit(articles, vectors, replace(options, seed=options.seed + number)).probabilities


def taught_by(
    networks: Sequence[Teacher], unlabelled: Sequence[Annotated], other: Teacher | None = None
) -> list[Labelled]:
    """Return the articles with the mean of the networks' probabilities; `other` counts as much as all networks."""
    taught = []
    for article in unlabelled:
        shares = np.mean([network(article.document) for network in networks], axis=0)
        if other is not None:
            shares = (shares + other(article.document)) / 2
        taught.append(Labelled(article, shares.astype(np.float32)))
    return taught


def distill(
    articles: Sequence[Annotated],
    unlabelled: Sequence[Annotated],
    vectors: Vectors,
    *,
    teaching: Options,
    learning: Options,
    networks: int,
    other: Teacher | None = None,
    unseen: Sequence[Annotated] = (),
) -> Trained:
    """Train the teachers, let them label, and train one network on both.

    Args:
        articles: annotated.
        unlabelled: news.
        vectors: pretrained.
        teaching, learning: options of the teachers and of the network that learns from them.
        networks: how many teachers.
        other: another recognizer that teaches too, and counts as much as all of them.
        unseen: articles to be tested on; their near-duplicates are left out of `unlabelled`.
    """
    chosen = list(teachers(articles, vectors, teaching, networks))
    taught = taught_by(chosen, without_copies(unlabelled, unseen), other)
    return fit(articles, vectors, learning, taught=taught)
