"""Features of a pair of articles: one digest beside many, at once."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from khabar.stories.columns import COLUMN_OF, COLUMNS, FIRST_WEIGHED, NUMBER, WEIGHED, WEIGHED_WIDTH, WIDTH, place_of
from khabar.stories.digest import Digest
from khabar.stories.sketch import FULL, reach
from khabar.stories.window import Batch, least_of_top

Values = NDArray[np.float32]
Sums = NDArray[Any]
_LONGEST_GAP: Final = 7.0  # days
_ANOTHER_DAY: Final = 0.5  # days
_NEXT_DAY: Final = 0.95
_NEARLY_ALL: Final = 0.85
_SAME_NEWS: Final = 0.4  # of what a title tells
_RARE: Final = {"lead": 6.0, "names": 5.0}  # from which weight on, in both articles, a shared term is counted
_FEWEST_TERMS: Final = 32  # no shorter articles are among those that the weights are fitted on
_ALL: Final = 2.0**32  # hashes
_ALL_HASHES: Final = np.uint32(0xFFFFFFFF)
_LOW_BITS: Final = np.uint32(0xFFFF)
_NONE: Final = np.uint64(0xFFFFFFFFFFFFFFFF)  # above all keys
_LEAD, _TITLE, _WORDS = NUMBER["lead"], NUMBER["title"], NUMBER["words"]
_WEIGHED: Final = slice(NUMBER[WEIGHED[0]], NUMBER[WEIGHED[-1]] + 1)
_LEAST_RARE: Final = np.array([_RARE.get(name, np.inf) for name in COLUMNS], np.float32)
# A term's key is its code with its column's number above it.
_KEY_OF: Final = np.arange(len(COLUMNS), dtype=np.uint64) << np.uint64(32)
_KEY_AT: Final = _KEY_OF[COLUMN_OF]
_CROSSED: Final = _KEY_OF[_LEAD] ^ _KEY_OF[_TITLE]
# (WEIGHED_WIDTH, weighed columns): sums up each column of a row by one product.
_SUMMED: Final = np.zeros((WEIGHED_WIDTH, len(WEIGHED)), np.float32)
for _number, _name in enumerate(WEIGHED):
    _SUMMED[place_of(_name, weight=True), _number] = 1


class Probe:
    """One article, made ready to be compared with many.

    Attributes:
        digest: the article's.
        keys: of its terms, ascending, and one above all.
        may_be_shared: by a code's low bits, whether it may be one of the article's: most of a table need not be searched for.
        weights: (terms,) what each tells, 0 of those that have none.
        sums, norms: of each weighed column, the sum of the weights and the root of the sum of their squares.
        is_top: (terms,) whether it is among the words that tell most.
    """

    def __init__(self, digest: Digest) -> None:
        """Take a digest."""
        self.digest = digest
        keys = digest.codes | np.repeat(_KEY_OF, digest.lengths)
        self.keys = np.append(keys, _NONE)
        self.may_be_shared = np.zeros(_LOW_BITS + 1, np.bool_)
        self.may_be_shared[digest.codes & _LOW_BITS] = True
        begin = digest.lengths[0]
        self.weights = np.zeros(len(keys), np.float32)
        self.weights[begin : begin + len(digest.weights)] = digest.weights
        column = np.repeat(np.arange(len(WEIGHED)), digest.lengths[_WEIGHED])
        self.sums = np.bincount(column, digest.weights, len(WEIGHED))
        self.norms = np.sqrt(np.bincount(column, digest.weights**2, len(WEIGHED)))
        self.is_top = np.zeros(len(keys), np.bool_)
        if words := digest.lengths[_WORDS]:
            self.is_top[begin : begin + words] = digest.weights[:words] >= least_of_top(digest.weights[:words])


@dataclass(frozen=True, slots=True)
class Hits:
    """H terms of K articles that are among the probe's, of the same column.

    Attributes:
        row: (H,) the article. column: (H,) number of the column. code: (H,)
        mine: (H,) its place among the probe's terms.
        theirs: (H,) what it tells in the article; 0 where it has no weight.
        title_told: (2, K) what the other's lead tells of the article's title, and of the probe's.
    """

    row: NDArray[np.intp]
    column: NDArray[np.intp]
    code: NDArray[np.uint32]
    mine: NDArray[np.intp]
    theirs: Values
    title_told: Sums


def find(probe: Probe, many: Batch) -> Hits:
    """Return which terms of many articles the probe has too."""
    flat = many.codes.ravel()
    at = np.flatnonzero(probe.may_be_shared.take(flat & _LOW_BITS))
    row = at // WIDTH
    place = at - row * WIDTH
    code = flat.take(at)
    column = COLUMN_OF.take(place)
    keys = code | _KEY_AT.take(place)
    weight = np.minimum(np.maximum(place - FIRST_WEIGHED, 0), WEIGHED_WIDTH - 1)
    theirs = many.weights.ravel().take(row * WEIGHED_WIDTH + weight)
    crossed = np.flatnonzero((column == _TITLE) | (column == _LEAD))
    other = keys.take(crossed) ^ _CROSSED
    mine = probe.keys.searchsorted(other)
    same = probe.keys.take(mine) == other
    mine, crossed = mine[same], crossed[same]
    is_title = column.take(crossed) == _TITLE
    told = np.where(is_title, theirs.take(crossed), probe.weights.take(mine))
    count = len(many.codes)
    title_told = np.bincount(row.take(crossed) + count * ~is_title, told, 2 * count).reshape(2, count)
    mine = probe.keys.searchsorted(keys)
    hit = np.flatnonzero(probe.keys.take(mine) == keys)
    return Hits(row.take(hit), column.take(hit), code.take(hit), mine.take(hit), theirs.take(hit), title_told)


def features(one: Digest | Probe, day: float, many: Batch) -> dict[str, NDArray[Any]]:
    """Return what one article has in common with each of K others.

    Args:
        one: the article. day: when it was published, in days since 1970.
        many: K rows of the window.

    Returns:
        Name -> (K,) values, most between 0 and 1.
    """
    probe = one if isinstance(one, Probe) else Probe(one)
    mine, count = probe.digest, len(many.codes)
    hits = find(probe, many)
    lengths = np.minimum(many.lengths, np.array(mine.lengths)).T  # of the one of both that has fewer terms
    shared = np.bincount(hits.column * count + hits.row, minlength=len(COLUMNS) * count).reshape(-1, count)
    own = lengths - shared
    cosines, told, rare = _weighed(probe, many, hits)
    words, lead, title, names, _ = cosines
    words_told, lead_told, title_told, names_told, places_told = told
    their_sums = many.weights @ _SUMMED
    lead_all, lead_least = _covered(probe, their_sums[:, 1], hits)
    title_lead = _told_in_lead(probe, their_sums[:, 2], hits)
    contained, resemblance = _copied(mine, many, hits)
    figures_own, days_shared = own[NUMBER["figures"]], shared[NUMBER["days"]]
    figures = shared[NUMBER["figures"]] / np.maximum(lengths[NUMBER["figures"]], 1)
    shorter, ratio = _lengths(mine, many)
    outlet = (many.scalars["outlet"] == mine.outlet) & (mine.outlet != 0)
    both_placed = (many.scalars["dateline"] != 0) & (mine.dateline != 0)
    dateline = many.scalars["dateline"] == mine.dateline
    gap = np.minimum(np.abs(many.scalars["day"] - day), _LONGEST_GAP) / _LONGEST_GAP
    return {
        "words": words,
        "words_told": np.log1p(words_told),
        "words_gap": words * gap,
        "words_outlet": words * outlet,
        "lead": lead,
        "lead_told": np.log1p(lead_told),
        "lead_rare": np.log1p(rare[_LEAD]),
        "lead_gap": lead * gap,
        "lead_outlet": lead * outlet,
        "lead_least": lead_least,
        "lead_own": np.log1p(np.maximum(lead_all - lead_told, 0)),
        "title": title,
        "title_told": np.log1p(title_told),
        "title_lead": title_lead,
        "top_least": _top(probe, many, hits),
        "names": names,
        "names_told": np.log1p(names_told),
        "names_rare": np.log1p(rare[NUMBER["names"]]),
        "places_told": np.log1p(places_told),
        "figures": figures,
        "figures_shared": np.log1p(shared[NUMBER["figures"]]),
        "figures_own": np.log1p(figures_own),
        "days": days_shared / np.maximum(lengths[NUMBER["days"]], 1),
        "days_apart": (own[NUMBER["days"]] > 0) & (days_shared == 0),
        "dateline_same": both_placed & dateline,
        "dateline_other": both_placed & ~dateline,
        "gap": gap,
        "same_day": gap < 1 / _LONGEST_GAP,
        "outlet": outlet,
        "shorter": np.log1p(shorter),
        "ratio": np.log(ratio),
        "terms": np.log1p(np.maximum(lengths[_WORDS], _FEWEST_TERMS)),
        "other_fact": _other_fact(gap, contained, title_lead, figures_own, names_told, lengths[NUMBER["names"]]),
        "contained": contained,
        "resemblance": resemblance,
        "contained_gap": contained * gap,
        "contained_outlet": contained * outlet,
        "contained_names": contained * names,
        "contained_figures": contained * figures,
    }


def _weighed(probe: Probe, many: Batch, hits: Hits) -> tuple[Sums, Sums, NDArray[np.intp]]:
    """Return of each weighed column and article the cosine, what the shared terms tell, and how many of them are rare."""
    count = len(many.codes)
    mine = probe.weights.take(hits.mine)
    at = hits.column * count + hits.row
    size = len(COLUMNS) * count
    product = np.bincount(at, mine * hits.theirs, size).reshape(-1, count)[_WEIGHED]
    least = np.minimum(mine, hits.theirs)
    told = np.bincount(at, least, size).reshape(-1, count)[_WEIGHED]
    rare = np.bincount(at[least >= _LEAST_RARE.take(hits.column)], minlength=size).reshape(-1, count)
    norms = np.sqrt(many.weights**2 @ _SUMMED).T * probe.norms[:, None]
    return product / np.maximum(norms, 1e-6), told, rare


def _covered(probe: Probe, their_sum: Values, hits: Hits) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return of the lead what the one of both tells that tells less, and the lesser share of the two that is shared."""
    count, my_sum = len(their_sum), probe.sums[1]
    chosen = np.flatnonzero(hits.column == _LEAD)
    row = hits.row.take(chosen)
    common = np.bincount(row, probe.weights.take(hits.mine.take(chosen)), count)
    also = np.bincount(row, hits.theirs.take(chosen), count)
    share = np.minimum(common / max(my_sum, 1e-6), also / np.maximum(their_sum, 1e-6))
    return np.minimum(my_sum, their_sum), share


def _told_in_lead(probe: Probe, their_sum: Values, hits: Hits) -> NDArray[Any]:
    """Return the share of a title that the other's title and first sentence tell, of whichever title has the greater share."""
    of_theirs, of_mine = hits.title_told
    return np.asarray(np.maximum(of_theirs / np.maximum(their_sum, 1e-6), of_mine / max(probe.sums[2], 1e-6)))


def _top(probe: Probe, many: Batch, hits: Hits) -> NDArray[Any]:
    """Return how many of the words that tell most are in the other, of whichever article has fewer there."""
    count, least = len(many.codes), many.scalars["least_of_top"].astype(np.float32)
    chosen = np.flatnonzero(hits.column == _WORDS)
    row, told = hits.row.take(chosen), hits.theirs.take(chosen)
    of_theirs = np.bincount(row, (told >= least.take(row)) & (told > 0), count) / np.maximum(many.scalars["top"], 1)
    of_mine = np.bincount(row, probe.is_top.take(hits.mine.take(chosen)), count) / max(probe.is_top.sum(), 1)
    return np.asarray(np.minimum(of_mine, of_theirs))


def _other_fact(
    gap: NDArray[Any],
    contained: NDArray[Any],
    title_lead: NDArray[Any],
    figures_own: NDArray[Any],
    names_told: NDArray[Any],
    named: NDArray[Any],
) -> NDArray[np.bool_]:
    """Return whether one form tells two facts: figures of their own on another day, or names of their own and none in common.

    Where the title of one is told by the other, half a day is not another day: bulletins come once a day.
    """
    days = gap * _LONGEST_GAP
    figures = (figures_own > 0) & (days >= np.where(title_lead < _SAME_NEWS, _ANOTHER_DAY, _NEXT_DAY))
    names = (named > 0) & (names_told == 0)
    return np.asarray((contained < _NEARLY_ALL) & (figures | names), np.bool_)


def _reach(many: Batch) -> NDArray[np.uint32]:
    """Return of each article up to where its sketch has every hash of its text."""
    last = many.codes[:, FULL - 1]
    return np.where(last == 0, _ALL_HASHES, last)


def _lengths(one: Digest, many: Batch) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return how many phrases the shorter text has by its sketch, and how many times as many the longer one."""
    mine = _phrases(one.lengths[0], np.float64(reach(one.column("sketch"))))
    theirs = _phrases(many.lengths[:, 0], _reach(many))
    shorter, longer = np.minimum(theirs, mine), np.maximum(theirs, mine)
    return shorter, (longer + 1) / (shorter + 1)


def _phrases(hashes: Any, reached: Any) -> Any:
    return hashes * (_ALL / np.maximum(reached, 1.0))


def _copied(one: Digest, many: Batch, hits: Hits) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return, by the sketches, the share of the shorter text that is in the other, and the share of both that is common."""
    mine, theirs = one.column("sketch"), many.column("sketch")
    limit = np.minimum(_reach(many), np.uint32(reach(mine)))
    chosen = np.flatnonzero(hits.column == 0)
    row = hits.row.take(chosen)
    common = np.bincount(row, hits.code.take(chosen) <= limit.take(row), len(limit))
    their_size = np.count_nonzero(theirs - np.uint32(1) < limit[:, None], axis=1)  # an empty place becomes the greatest
    my_size = mine.searchsorted(limit, side="right")
    shorter = np.minimum(their_size, my_size)
    return common / np.maximum(shorter, 1), common / np.maximum(their_size + my_size - common, 1)
