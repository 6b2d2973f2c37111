"""Trains the model of the letters before a name: a logistic regression over a few thousand first words."""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from khabar.entities.fast.proclitics import candidates, evidence
from training.entities.data import Annotated

_PENALTY: Final = 0.3
_ROUNDS: Final = 30


def fit_proclitics(articles: Iterable[Annotated], how_common: Callable[[str], float]) -> NDArray[np.float64]:
    """Return the weights of khabar.entities.fast.proclitics.evidence.

    Args:
        articles: those whose spans leave proclitics out; ANERcorp's do not and are passed over.
        how_common: word in plain spelling -> logarithm of its frequency, 0 where it is not known.
    """
    rows: list[list[float]] = []
    answers: list[bool] = []
    for article in articles:
        if article.domain != "news":
            continue
        tokens = article.document.tokens
        forms = frozenset(tokens.form)
        for name in article.names:
            token = tokens.at(name.start)
            cut = name.start - tokens.start[token]
            if not 0 <= cut <= 2:
                continue
            for step, word in enumerate(candidates(tokens.form[token])):
                rows.append(evidence(word, tokens.segments[token], step, how_common=how_common, forms=forms))
                answers.append(step < cut)
                if step >= cut:
                    break
    return _logistic(np.array(rows), np.array(answers, np.float64))


def _logistic(rows: NDArray[np.float64], answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights of a logistic regression by Newton's method."""
    weights = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        shares = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (shares - answers) + _PENALTY * weights
        curvature = (rows * (shares * (1 - shares))[:, None]).T @ rows + _PENALTY * np.eye(len(weights))
        weights -= np.linalg.solve(curvature, slope)
    return weights
