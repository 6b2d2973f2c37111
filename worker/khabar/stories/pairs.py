"""Features of a pair of articles: one digest beside many, at once."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from khabar.stories.digest import WIDTHS, Digest
from khabar.stories.sketch import reach
from khabar.stories.window import Batch

Values = NDArray[np.float32]
Hits = tuple[NDArray[np.intp], NDArray[np.intp]]
_LONGEST_GAP: Final = 7.0  # days
_ANOTHER_DAY: Final = 0.5  # days
_NEXT_DAY: Final = 0.95
_NEARLY_ALL: Final = 0.85
_SAME_NEWS: Final = 0.4  # of what a title tells
_TOP: Final = 10  # words
_FEWEST_TERMS: Final = 32  # no shorter articles are among those that the weights are fitted on
_ALL: Final = 2.0**32  # hashes
_LOW_BITS: Final = np.uint32(0xFFFF)


def features(one: Digest, day: float, many: Batch) -> dict[str, Values]:
    """Return what one article has in common with each of K others.

    Args:
        one: the article. day: when it was published, in days since 1970.
        many: K rows of the window.

    Returns:
        Name -> (K,) values, most between 0 and 1.
    """
    may_be_shared = np.zeros(_LOW_BITS + 1, np.bool_)
    for codes in one.codes.values():
        may_be_shared[codes & _LOW_BITS] = True
    hits = {name: _hits(one.codes[name], many.codes[name], may_be_shared) for name in WIDTHS}
    words, words_told = _shared(one, many, "words", hits)
    lead, lead_told = _shared(one, many, "lead", hits)
    title, title_told = _shared(one, many, "title", hits)
    names, names_told = _shared(one, many, "names", hits)
    _, places_told = _shared(one, many, "places", hits)
    lead_all, lead_least = _covered(one, many, "lead", hits)
    figures, figures_shared, figures_own = _counted(one, many, "figures", hits)
    days, days_shared, days_own = _counted(one, many, "days", hits)
    contained, resemblance = _copied(one, many, hits)
    named = np.count_nonzero(many.codes["names"], axis=1)
    shorter, ratio = _lengths(one, many)
    terms = np.minimum(np.count_nonzero(many.codes["words"], axis=1), len(one.codes["words"]))
    outlet = (many.scalars["outlet"] == one.outlet) & (one.outlet != 0)
    both_placed = (many.scalars["dateline"] != 0) & (one.dateline != 0)
    dateline = many.scalars["dateline"] == one.dateline
    gap = np.minimum(np.abs(many.scalars["day"] - day), _LONGEST_GAP) / _LONGEST_GAP
    title_lead = _told_in_lead(one, many, may_be_shared)
    found = {
        "words": words,
        "words_told": np.log1p(words_told),
        "words_gap": words * gap,
        "words_outlet": words * outlet,
        "lead": lead,
        "lead_told": np.log1p(lead_told),
        "lead_gap": lead * gap,
        "lead_outlet": lead * outlet,
        "lead_least": lead_least,
        "lead_own": np.log1p(np.maximum(lead_all - lead_told, 0)),
        "title": title,
        "title_told": np.log1p(title_told),
        "title_lead": title_lead,
        "top_least": _top(one, many, hits),
        "names": names,
        "names_told": np.log1p(names_told),
        "places_told": np.log1p(places_told),
        "figures": figures,
        "figures_shared": np.log1p(figures_shared),
        "figures_own": np.log1p(figures_own),
        "days": days,
        "days_apart": (days_own > 0) & (days_shared == 0),
        "dateline_same": both_placed & dateline,
        "dateline_other": both_placed & ~dateline,
        "gap": gap,
        "same_day": gap < 1 / _LONGEST_GAP,
        "outlet": outlet,
        "shorter": np.log1p(shorter),
        "ratio": np.log(ratio),
        "terms": np.log1p(np.maximum(terms, _FEWEST_TERMS)),
        "other_fact": _other_fact(
            gap, contained, title_lead, figures_own, names_told, np.minimum(named, len(one.codes["names"]))
        ),
        "contained": contained,
        "resemblance": resemblance,
        "contained_gap": contained * gap,
        "contained_outlet": contained * outlet,
        "contained_names": contained * names,
        "contained_figures": contained * figures,
    }
    return {name: np.asarray(values, np.float32) for name, values in found.items()}


def _hits(one: NDArray[np.uint32], many: NDArray[np.uint32], may_be_shared: NDArray[np.bool_]) -> Hits:
    """Return which of (K, width) codes stand in one ascending row, by their places in the flat table, and where there.

    Args:
        may_be_shared: by a code's low bits, whether it may stand in the row: most of the table need not be searched for.
    """
    flat = many.ravel()
    at = np.flatnonzero(may_be_shared[flat & _LOW_BITS])
    if not len(one):
        return at[:0], at[:0]
    codes = flat[at]
    place = np.minimum(one.searchsorted(codes), len(one) - 1)
    found = (one[place] == codes) & (codes != 0)
    return at[found], place[found]


def _spread(shape: tuple[int, ...], hit: Hits, mine: Values) -> Values:
    """Return a table of the values that one has of the shared terms, 0 elsewhere."""
    table = np.zeros(shape, np.float32)
    table.ravel()[hit[0]] = mine[hit[1]]
    return table


def _per_row(at: NDArray[np.intp], shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Return how many of the places in the flat table fall in each row."""
    return np.bincount(at // shape[1], minlength=shape[0])


def _theirs_at(theirs: Values, at: NDArray[np.intp]) -> Values:
    table = np.zeros(theirs.shape, np.float32)
    table.ravel()[at] = theirs.ravel()[at]
    return table


def _shared(one: Digest, many: Batch, column: str, hits: Mapping[str, Hits]) -> tuple[Values, Values]:
    """Return the cosine of a weighed column, and the sum of what the shared terms tell."""
    mine, theirs = one.weights[column], many.weights[column]
    if not len(mine):
        return np.zeros(len(theirs), np.float32), np.zeros(len(theirs), np.float32)
    common = _spread(theirs.shape, hits[column], mine)
    lengths = np.sqrt((theirs**2).sum(1)) * np.sqrt((mine**2).sum())
    return (common * theirs).sum(1) / np.maximum(lengths, 1e-6), np.minimum(common, theirs).sum(1)


def _covered(one: Digest, many: Batch, column: str, hits: Mapping[str, Hits]) -> tuple[Values, Values]:
    """Return of a weighed column what the one of both tells that tells less, and the lesser share of the two that is shared."""
    mine, theirs = one.weights[column], many.weights[column]
    if not len(mine):
        return np.zeros(len(theirs), np.float32), np.zeros(len(theirs), np.float32)
    common, also = _spread(theirs.shape, hits[column], mine), _theirs_at(theirs, hits[column][0])
    my_sum, their_sum = mine.sum(), theirs.sum(1)
    share = np.minimum(common.sum(1) / my_sum, also.sum(1) / np.maximum(their_sum, 1e-6))
    return np.minimum(my_sum, their_sum), share


def _told_in_lead(one: Digest, many: Batch, may_be_shared: NDArray[np.bool_]) -> Values:
    """Return the share of a title that the other's title and first sentence tell, of whichever title has the greater share."""
    mine, theirs = one.weights["title"], many.weights["title"]
    at, _ = _hits(one.codes["lead"], many.codes["title"], may_be_shared)
    of_theirs = _theirs_at(theirs, at).sum(1) / np.maximum(theirs.sum(1), 1e-6)
    if not len(mine):
        return np.asarray(of_theirs, np.float32)
    at, place = _hits(one.codes["title"], many.codes["lead"], may_be_shared)
    got = np.zeros((len(theirs), len(mine)), np.bool_)
    got[at // many.codes["lead"].shape[1], place] = True
    return np.asarray(np.maximum(of_theirs, got @ mine / mine.sum()), np.float32)


def _top(one: Digest, many: Batch, hits: Mapping[str, Hits]) -> Values:
    """Return how many of the words that tell most stand in the other, of whichever article has fewer there."""
    mine, theirs = one.weights["words"], many.weights["words"]
    if not len(mine):
        return np.zeros(len(theirs), np.float32)
    at, place = hits["words"]
    my_top = mine >= _least_of_top(mine[None, :])[0]
    their_top = (theirs >= _least_of_top(theirs)[:, None]) & (theirs > 0)
    of_theirs = _per_row(at[their_top.ravel()[at]], theirs.shape) / np.maximum(np.count_nonzero(their_top, axis=1), 1)
    of_mine = _per_row(at[my_top[place]], theirs.shape) / my_top.sum()
    return np.asarray(np.minimum(of_mine, of_theirs), np.float32)


def _least_of_top(values: Values) -> Values:
    """Return of each row its tenth value, the greatest first; of a shorter row the least."""
    at = max(values.shape[1] - _TOP, 0)
    return np.asarray(np.partition(values, at, axis=1)[:, at], np.float32)


def _counted(one: Digest, many: Batch, column: str, hits: Mapping[str, Hits]) -> tuple[Values, Values, Values]:
    """Return the shared share of the shorter list, the number shared, and how many each of both has that the other has not."""
    shared = _per_row(hits[column][0], many.codes[column].shape).astype(np.float32)
    fewer = np.minimum(np.count_nonzero(many.codes[column], axis=1), len(one.codes[column]))
    return shared / np.maximum(fewer, 1), shared, fewer - shared


def _other_fact(
    gap: NDArray[Any],
    contained: Values,
    title_lead: Values,
    figures_own: Values,
    names_told: Values,
    named: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Return whether one form tells two facts: figures of their own on another day, or names of their own and none in common.

    Where the title of one is told by the other, half a day is not another day: bulletins come once a day.
    """
    days = gap * _LONGEST_GAP
    figures = (figures_own > 0) & (days >= np.where(title_lead < _SAME_NEWS, _ANOTHER_DAY, _NEXT_DAY))
    names = (named > 0) & (names_told == 0)
    return np.asarray((contained < _NEARLY_ALL) & (figures | names), np.bool_)


def _lengths(one: Digest, many: Batch) -> tuple[Values, Values]:
    """Return how many phrases the shorter text has by its sketch, and how many times as many the longer one."""
    mine = _phrases(len(one.codes["sketch"]), np.float64(reach(one.codes["sketch"])))
    theirs = _phrases(np.count_nonzero(many.codes["sketch"], axis=1), many.scalars["reach"])
    shorter, longer = np.minimum(theirs, mine), np.maximum(theirs, mine)
    return shorter, (longer + 1) / (shorter + 1)


def _phrases(hashes: Any, reached: Any) -> Any:
    return hashes * (_ALL / np.maximum(reached, 1.0))


def _copied(one: Digest, many: Batch, hits: Mapping[str, Hits]) -> tuple[Values, Values]:
    """Return, by the sketches, the share of the shorter text that is in the other, and the share of both that is common."""
    mine, theirs = one.codes["sketch"], many.codes["sketch"]
    at, _ = hits["sketch"]
    limit = np.minimum(many.scalars["reach"], np.uint32(reach(mine)))
    sampled = (theirs != 0) & (theirs <= limit[:, None])
    common = _per_row(at[sampled.ravel()[at]], theirs.shape).astype(np.float32)
    their_size = np.count_nonzero(sampled, axis=1)
    my_size = np.searchsorted(mine, limit, side="right")
    shorter = np.minimum(their_size, my_size)
    return common / np.maximum(shorter, 1), common / np.maximum(their_size + my_size - common, 1)
