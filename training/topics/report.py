"""Prints scores of held-out articles."""

import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np

from training.topics.calibrate import Calibration, fits, given
from training.topics.data import CODES, Label
from training.topics.fit import Floats

LEAST_ITEMS = 10


def report_topics(name: str, scores: Floats, labels: Sequence[Label], calibration: Calibration | None) -> None:
    """Print how often the likeliest code is the reader's, and with a calibration all codes given."""
    best = [CODES[one] for one in scores.argmax(axis=1)]
    pairs = list(zip(best, labels, strict=True))
    exact = np.mean([code == one.main for code, one in pairs])
    good = np.mean([code in (one.main, one.also_good) for code, one in pairs])
    any_given = np.mean([code in (one.main, one.also_good, *one.others) for code, one in pairs])
    f1 = _f1_of([(code, one.main) for code, one in pairs])
    say(
        f"{name}: n {len(pairs)}, exact {exact:.1%}, or as good {good:.1%}, among all given {any_given:.1%}, "
        f"macro F1 {np.mean(list(f1.values())):.1%} of {len(f1)} codes"
    )
    if calibration is None:
        return
    say("  " + ", ".join(f"{code} {value:.0%}" for code, value in sorted(f1.items())))
    wrong = Counter((one.main, code) for code, one in pairs if code not in (one.main, one.also_good))
    say("  taken for: " + ", ".join(f"{a} for {b} {n}" for (b, a), n in wrong.most_common(12)))
    likely, truth = fits(scores, calibration), given(labels)
    found = likely >= calibration.threshold
    both = (found * truth).sum()
    none = (~found.any(axis=1)).sum()
    say(f"  {calibration}")
    say(
        f"  all codes: P {both / found.sum():.1%} R {both / truth.sum():.1%}; without any {none}; {_bins(likely, truth)}"
    )


def report_genre(
    name: str, likely: Floats, labels: Sequence[Label], genres: Sequence[str], threshold: float, *, show: bool = False
) -> None:
    """Print how often the likeliest genre is the reader's; live texts and those without a genre are left out."""
    best = [genres[one] if likely[n, one] >= threshold else "null" for n, one in enumerate(likely.argmax(axis=1))]
    pairs = [(genre, one.genre) for genre, one in zip(best, labels, strict=True) if one.genre in genres]
    told = [(genre, truth) for genre, truth in pairs if genre != "null"]
    f1 = _f1_of(pairs)
    say(
        f"{name}: n {len(pairs)}, right {np.mean([a == b for a, b in pairs]):.1%}, of {len(told)} told "
        f"{np.mean([a == b for a, b in told]):.1%}; F1 " + ", ".join(f"{k} {v:.0%}" for k, v in sorted(f1.items()))
    )
    if not show:
        return
    table = Counter(pairs)
    for truth in genres:
        say(f"  {truth:<10}" + " ".join(f"{genre} {table[genre, truth]}" for genre in (*genres, "null")))
    top, right = likely.max(axis=1), np.array([a == b.genre for a, b in zip(best, labels, strict=True)])
    say(f"  threshold {threshold:.2f}; {_bins(top, right)}")


def _bins(likely: Floats, truth: Floats) -> str:
    parts = []
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = (likely >= low) & (likely < high)
        if inside.any():
            parts.append(f"said {likely[inside].mean():.2f} is {truth[inside].mean():.2f} ({inside.sum()})")
    return ", ".join(parts)


def _f1_of(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    right = Counter(a for a, b in pairs if a == b)
    found, true = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    return {name: 2 * right[name] / (found[name] + n) for name, n in true.items() if n >= LEAST_ITEMS}


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
