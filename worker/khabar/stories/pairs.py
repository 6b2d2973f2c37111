"""Features of a pair of articles: one digest beside many, at once."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from khabar.stories.digest import Digest
from khabar.stories.sketch import reach
from khabar.stories.window import Batch

Values = NDArray[np.float32]
_LONGEST_GAP: Final = 7.0  # days
_ENOUGH_FIGURES: Final = 2


def features(one: Digest, day: float, many: Batch) -> dict[str, Values]:
    """Return what one article has in common with each of K others.

    Args:
        one: the article. day: when it was published, in days since 1970.
        many: K rows of the window.

    Returns:
        Name -> (K,) values, most between 0 and 1.
    """
    words, told_words = _shared(one, many, "words")
    lead, lead_told = _shared(one, many, "lead")
    title, title_told = _shared(one, many, "title")
    names, told = _shared(one, many, "names")
    places, placed = _shared(one, many, "places")
    figures, alike, counted = _counted(one, many, "figures")
    days, same_days, dated = _counted(one, many, "days", enough=1)
    contained, resemblance = _copied(one, many)
    outlet = (many.scalars["outlet"] == one.outlet) & (one.outlet != 0)
    both_placed = (many.scalars["dateline"] != 0) & (one.dateline != 0)
    dateline = many.scalars["dateline"] == one.dateline
    apart = counted * (alike == 0)
    gap = np.minimum(np.abs(many.scalars["day"] - day), _LONGEST_GAP) / _LONGEST_GAP
    found = {
        "words": words,
        "words_told": np.log1p(told_words),
        "lead": lead,
        "lead_told": np.log1p(lead_told),
        "lead_gap": lead * gap,
        "lead_outlet": lead * outlet,
        "lead_squared": lead * lead,
        "title": title,
        "title_told": np.log1p(title_told),
        "names": names,
        "names_told": np.log1p(told),
        "places": places,
        "places_told": np.log1p(placed),
        "figures": figures,
        "figures_shared": np.log1p(alike),
        "figures_apart": apart,
        "days": days,
        "days_apart": dated * (same_days == 0),
        "dateline_same": both_placed & dateline,
        "dateline_other": both_placed & ~dateline,
        "gap": gap,
        "same_day": gap < 1 / _LONGEST_GAP,
        "outlet": outlet,
        "contained": contained,
        "resemblance": resemblance,
        "half_contained": np.maximum(contained - 0.5, 0),
        "contained_apart": contained * apart,
        "contained_gap": contained * gap,
        "contained_outlet": contained * outlet,
        "contained_names": contained * names,
        "contained_figures": contained * figures,
        "words_title": words * title,
        "words_names": words * names,
        "words_outlet": words * outlet,
        "words_gap": words * gap,
    }
    return {name: np.asarray(values, np.float32) for name, values in found.items()}


def _hits(one: NDArray[np.uint32], many: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return where each of (K, width) codes would stand in one ascending row, and whether it stands there."""
    if not len(one):
        return np.zeros(many.shape, np.intp), np.zeros(many.shape, np.bool_)
    place = np.minimum(np.searchsorted(one, many), len(one) - 1)
    return place, (one[place] == many) & (many != 0)


def _shared(one: Digest, many: Batch, column: str) -> tuple[Values, Values]:
    """Return the cosine of a weighed column, and the sum of what the shared terms tell."""
    mine, theirs = one.weights[column], many.weights[column]
    if not len(mine):
        return np.zeros(len(theirs), np.float32), np.zeros(len(theirs), np.float32)
    place, hits = _hits(one.codes[column], many.codes[column])
    common = mine[place] * hits
    lengths = np.sqrt((theirs**2).sum(1)) * np.sqrt((mine**2).sum())
    return (common * theirs).sum(1) / np.maximum(lengths, 1e-6), np.minimum(common, theirs).sum(1)


def _counted(one: Digest, many: Batch, column: str, *, enough: int = _ENOUGH_FIGURES) -> tuple[Values, Values, Values]:
    """Return the shared share of the shorter list, the number shared, and whether both have enough to differ."""
    _, hits = _hits(one.codes[column], many.codes[column])
    shared = hits.sum(1).astype(np.float32)
    fewer = np.minimum((many.codes[column] != 0).sum(1), len(one.codes[column]))
    return shared / np.maximum(fewer, 1), shared, (fewer >= enough).astype(np.float32)


def _copied(one: Digest, many: Batch) -> tuple[Values, Values]:
    """Return the share of the shorter text that stands in the other, and the share of both that is common, by the sketches."""
    mine, theirs = one.codes["sketch"], many.codes["sketch"]
    _, hits = _hits(mine, theirs)
    limit = np.minimum(many.scalars["reach"], np.uint32(reach(mine)))
    sampled = (theirs != 0) & (theirs <= limit[:, None])
    common = (hits & sampled).sum(1).astype(np.float32)
    their_size = sampled.sum(1)
    my_size = np.searchsorted(mine, limit, side="right")
    shorter = np.minimum(their_size, my_size)
    return common / np.maximum(shorter, 1), common / np.maximum(their_size + my_size - common, 1)
