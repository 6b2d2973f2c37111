"""Learns which pairs and triples of letters tell an Arabic unit of a name from a foreign one."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from khabar.latin.arabic import grams

PENALTY: Final = 2.0
LEAST: Final = 5  # a weight in hundredths


def fit_tells(arabic: Sequence[str], foreign: Sequence[str]) -> dict[str, str]:
    """Return letters -> what they weigh for an Arabic unit, in hundredths of a logit; "" is the bias.

    Units of both kinds are left out of the foreign ones.
    """
    units = [*arabic, *sorted(set(foreign) - set(arabic))]
    truth = np.array([1.0] * len(arabic) + [0.0] * (len(units) - len(arabic)))
    names = sorted({gram for unit in units for gram in grams(unit)})
    row_of = {gram: row for row, gram in enumerate(names)}
    rows = [row for row, unit in enumerate(units) for _ in grams(unit)]
    columns = [row_of[gram] for unit in units for gram in grams(unit)]
    seen = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(units), len(names)))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        scores = seen @ flat[1:] + flat[0]
        slope = 1 / (1 + np.exp(-scores)) - truth
        value = np.logaddexp(0, scores).sum() - truth @ scores + PENALTY / 2 * (flat[1:] ** 2).sum()
        return float(value), np.concatenate([[slope.sum()], seen.T @ slope + PENALTY * flat[1:]])

    weights = np.rint(100 * minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B").x).astype(int)
    kept = {gram: str(weight) for gram, weight in zip(names, weights[1:], strict=True) if abs(weight) >= LEAST}
    return {"": str(weights[0]), **kept}
