"""Probabilities that mean what they say, from articles that the model did not learn from."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from training.topics.data import CODES, Label
from training.topics.fit import Floats, softmax

LEAST_GENRE: Final = 0.4


class Calibration(NamedTuple):
    """How scores become probabilities: sharpness times score into softmax, then slope and shift of its log odds."""

    sharpness: float
    slope: float
    shift: float
    threshold: float


def sharpen(scores: Floats, targets: Floats) -> float:
    """Return the factor of the scores that makes the targets likeliest."""

    def loss(factor: float) -> float:
        return -float((targets * np.log(softmax(factor * scores) + 1e-12)).sum())

    return float(minimize_scalar(loss, bounds=(0.2, 5), method="bounded").x)


def given(labels: Sequence[Label]) -> Floats:
    """Return N x 17: 1 for every code that the reader gave."""
    return np.array([[float(code in (one.main, one.also_good, *one.others)) for code in CODES] for one in labels])


def fits(scores: Floats, calibration: Calibration) -> Floats:
    """Return how likely each code is given, as khabar.topics.model.Linear.fits."""
    likely = np.clip(softmax(calibration.sharpness * scores), 1e-9, 1 - 1e-9)
    odds = np.log(likely) - np.log1p(-likely)
    fit: Floats = 1 / (1 + np.exp(-(calibration.slope * odds + calibration.shift)))
    return fit


def calibrate(scores: Floats, labels: Sequence[Label]) -> Calibration:
    """Return what makes the codes that were given likeliest, and the threshold with the best F1 over all codes given."""
    main = np.array([[float(code == one.main) for code in CODES] for one in labels])
    sharpness, truth = sharpen(scores, main), given(labels)

    def loss(pair: Floats) -> float:
        likely = fits(scores, Calibration(sharpness, pair[0], pair[1], 0.0))
        return -float((truth * np.log(likely + 1e-12) + (1 - truth) * np.log(1 - likely + 1e-12)).sum())

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    made = Calibration(sharpness, float(slope), float(shift), 0.0)
    likely = fits(scores, made)
    steps = np.arange(0.15, 0.6, 0.01)
    best = max(steps, key=lambda step: _f1((likely >= step).astype(float), truth))
    return made._replace(threshold=float(best))


def _f1(found: Floats, truth: Floats) -> float:
    return float(2 * (found * truth).sum() / (found.sum() + truth.sum()))


def genre_threshold(likely: Floats, labels: Sequence[Label], genres: Sequence[str]) -> float:
    """Return the least probability above which a genre is right LEAST_GENRE of the time, at least LEAST_GENRE itself."""
    right = np.array([one.genre == genres[best] for one, best in zip(labels, likely.argmax(axis=1), strict=True)])
    top = likely.max(axis=1)
    for step in np.arange(LEAST_GENRE, 0.6, 0.02):
        near = (top >= step) & (top < step + 0.1)
        if near.sum() and right[near].mean() >= LEAST_GENRE:
            return float(step)
    return LEAST_GENRE
