"""A multinomial logistic regression that learns in a latent space, and is written as weights of words."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from scipy.sparse.linalg import svds

Floats = NDArray[np.float64]

LEAST_ARTICLES: Final = 4
MOST_SHARE: Final = 0.3


def choose_words(counts: Sequence[Counter[str]]) -> tuple[list[str], Floats]:
    """Return the terms that are neither rare nor everywhere, sorted, and the logarithm of how rare each is."""
    often = Counter(word for count in counts for word in count)
    words = sorted(
        word
        for word, n in often.items()
        if n >= LEAST_ARTICLES and n < MOST_SHARE * len(counts) and word.isprintable() and "\n" not in word
    )
    return words, np.log(len(counts) / np.array([often[word] for word in words]))


def matrix(counts: Sequence[Counter[str]], words: Sequence[str], idf: Floats) -> Any:
    """Return N x V sparse vectors of length 1, as khabar.topics.model.Vocabulary makes them."""
    row_of = {word: row for row, word in enumerate(words)}
    rows, columns, values = [], [], []
    for number, count in enumerate(counts):
        for word, n in count.items():
            if (column := row_of.get(word)) is not None:
                rows.append(number)
                columns.append(column)
                values.append((1 + np.log(n)) * idf[column])
    made = sparse.csr_matrix((values, (rows, columns)), shape=(len(counts), len(words)))
    length = np.sqrt(np.asarray(made.multiply(made).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(length, 1e-9)) @ made)


def latent(vectors: Any, size: int) -> Floats:
    """Return the V x `size` space in which articles that share topics are near one another; no label is read."""
    _, _, right = svds(vectors, k=size, v0=np.ones(min(vectors.shape)), tol=1e-3)
    space: Floats = right.T.copy()
    space *= np.sqrt(vectors.shape[0] / ((vectors @ space) ** 2).sum())
    return space


def fit(inputs: Floats, targets: Floats, importance: Floats, *, penalty: float) -> tuple[Floats, Floats]:
    """Return weights D x K and bias K that make the targets likely.

    Args:
        inputs: N x D. targets: N x K shares that sum up to 1. importance: N.
    """
    size, classes = inputs.shape[1], targets.shape[1]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[: size * classes].reshape(size, classes), flat[size * classes :]
        scores = inputs @ weights + bias
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        total = likely.sum(axis=1, keepdims=True)
        slope = importance[:, None] * (likely / total - targets)
        value = -(importance[:, None] * targets * (scores - np.log(total))).sum() + penalty / 2 * (weights**2).sum()
        return float(value), np.concatenate([(inputs.T @ slope + penalty * weights).ravel(), slope.sum(axis=0)])

    found = minimize(loss, np.zeros(size * classes + classes), jac=True, method="L-BFGS-B", options={"maxiter": 150})
    return found.x[: size * classes].reshape(size, classes), found.x[size * classes :]


def softmax(scores: Floats) -> Floats:
    """Return probabilities, row by row."""
    likely: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    return likely
