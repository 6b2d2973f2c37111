"""The probability of each label of each word, summed over all label sequences; used to average with another recognizer."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def log_marginals(scores: Floats, starts: NDArray[np.int64], follow: Floats, edges: tuple[Floats, Floats]) -> Floats:
    """Return the logarithm of each label's probability, N x L, by the forward-backward algorithm over all sentences at once.

    Args:
        scores: N x L label scores.
        starts: first word of each sentence, and at the end N; no sentence is empty.
        follow: L x L scores of label pairs.
        edges: L scores for the first label of a sentence, and L for the last.
    """
    lengths = np.diff(starts)
    order = np.argsort(-lengths, kind="stable")  # longest first: those with a word left at a step come first
    first, lengths = starts[:-1][order], lengths[order]
    running = np.searchsorted(-lengths, -np.arange(1, lengths[0] + 2), side="right")
    forward = np.empty_like(scores)
    backward = np.empty_like(scores)
    state = edges[0] + scores[first]
    forward[first] = state
    for step in range(1, lengths[0]):
        rows = first[: running[step]] + step
        state = _log_sum(state[: running[step], :, None] + follow, 1) + scores[rows]
        forward[rows] = state
    for step in range(lengths[0] - 1, -1, -1):
        rows = first[: running[step]] + step
        going_on = running[step + 1]
        after = np.broadcast_to(edges[1], (len(rows), scores.shape[1])).copy()
        if going_on:
            next_rows = rows[:going_on] + 1
            after[:going_on] = _log_sum((backward[next_rows] + scores[next_rows])[:, None, :] + follow, 2)
        backward[rows] = after
    both: Floats = forward + backward
    both -= _log_sum(both, 1)[:, None]
    return both


def _log_sum(values: Floats, axis: int) -> Floats:
    highest = values.max(axis, keepdims=True)
    total: Floats = np.log(np.exp(values - highest).sum(axis)) + np.squeeze(highest, axis)
    return total
