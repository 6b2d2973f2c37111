"""Records in, one by one; of each, the story that it belongs to and whose copy it is.

Deterministic: the same records in the same order give the same answers. Bounded: what is older than the window is forgotten, and
an article is compared with at most `_MOST_CANDIDATES` others and `_MOST_MEMBERS` of each story that they lead to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from khabar.messages.record import Record
from khabar.stories.columns import NUMBER
from khabar.stories.decisions import COPIED, LIKELY, Decision, Decisions, can_be_copies
from khabar.stories.digest import Digest, digest
from khabar.stories.index import Index
from khabar.stories.members import GONE, Article, Members, Story
from khabar.stories.pairs import Probe, features
from khabar.stories.terms import LiveRarity, Rarity
from khabar.stories.window import Batch, Window

WINDOW_DAYS: Final = 7.0
_MOST_CANDIDATES: Final = 48
_MOST_MEMBERS: Final = 12
_KEY_COLUMNS: Final = ("words", "names", "places")
_MOST_TERMS: Final = 24
_MOST_KEYS: Final = 32  # with those of the sketch
_SAMPLED: Final = 16  # of the hashes of a sketch every 16th is looked up: a copy shares several
# A story's other members need not be as like as the closest, or a story could not move on; but they must be somewhat.
_COHESION: Final = 0.4
_MERGE: Final = 0.8
_MOST_COMPARED: Final = 4  # articles of the smaller story, before two become one
# In a row, before the clock follows them: one article with a wrong date must not empty the window, nor the first one stop it.
_ENOUGH_STRANGERS: Final = 8
_MADE_AT_ONCE: Final = 4_096  # articles, when the index is made again


@dataclass(frozen=True, slots=True)
class Change:
    """The changes by one record.

    Attributes:
        story: the story that the article belongs to, as it is now.
        article: the article in it; None where its id was in the window already, and nothing changed.
        digest: what the article was compared by, its weights more exact than the window keeps them.
        merged: stories that this article showed to be the same, by their ids: they were merged into `story`.
        closed: stories whose articles have all left the window: no more articles join them.
        shrunk: stories of which some articles have left the window.
    """

    story: Story
    article: Article | None
    digest: Digest | None = None
    merged: Mapping[str, Story] = field(default_factory=dict)
    closed: Sequence[Story] = ()
    shrunk: Sequence[Story] = ()


class Grouping:
    """Groups records into stories."""

    def __init__(
        self,
        rarity: Rarity | None = None,
        *,
        copy: Decision | None = None,
        same: Decision | None = None,
        window_days: float = WINDOW_DAYS,
    ) -> None:
        """Begin with an empty window.

        Args:
            rarity, copy, same: what decides; by default as khabar ships them.
            window_days: articles further apart are not compared.
        """
        self._rarity = LiveRarity(rarity or Rarity.load())
        same = same or Decision.load("same")
        self._same, self._both = Decisions(same), Decisions(same, copy or Decision.load("copy"))
        self._days = window_days
        self._clock: float | None = None
        self._strangers: list[float] = []
        self._window = Window(self._rarity)
        self._index = Index()
        self._members = Members()

    def __len__(self) -> int:
        return len(self._members)

    @property
    def nbytes(self) -> int:
        """Bytes of the tables; ids and stories come on top."""
        return self._window.nbytes + self._index.nbytes

    def open_stories(self) -> Iterator[Story]:
        """Yield the stories that have an article in the window, the oldest first."""
        return self._members.stories()

    def add(self, record: Record) -> Change:
        """Take the next record."""
        known = self._members.story_of(record.article.id)
        if known:
            return Change(known, None)
        seen = digest(record, self._rarity)
        closed, shrunk = self._slide(seen.day)
        serial = self._window.next
        day = seen.day if seen.day is not None else self._clock or 0.0
        row = self._window.add(seen, day=day)
        if not seen.lengths[NUMBER["sketch"]]:  # no story's text: nothing to compare
            story = self._members.begin(record, row, day)
            merged: dict[str, Story] = {}
        else:
            buckets = self._index.buckets_of(_keys(seen))
            story, merged = self._place(seen, day, row, record, self._candidates(buckets, day))
            self._remember(buckets, serial)
        self._window.set_story([row], story.number)
        article = story.articles[-1]
        article.serial = serial
        return Change(story, article, replace(seen, day=day), merged, closed, shrunk)

    def _place(
        self, seen: Digest, day: float, row: int, record: Record, rows: NDArray[np.int64]
    ) -> tuple[Story, dict[str, Story]]:
        """Put the article into the story that fits best, or begin one."""
        if not len(rows):
            return self._members.begin(record, row, day), {}
        probe = Probe(seen)
        common = features(probe, day, self._window.gather(rows))
        alike, copy = self._both.likely(common)
        copy[~can_be_copies(common)] = 0.0
        same = np.maximum(alike, copy)
        stories = self._window.stories(rows)
        near = stories[(same >= LIKELY) | (copy >= COPIED)].tolist()
        if not near:
            return self._members.begin(record, row, day), {}
        known = dict(zip(rows.tolist(), alike.tolist(), strict=True))
        cohesion = self._cohesion(probe, day, list(dict.fromkeys(near)), known)
        fits = _fitting(cohesion, copy, same, stories)
        if not fits:
            return self._members.begin(record, row, day), {}
        story, merged = self._merged(fits, same, stories)
        found = {article.row: article for article in story.articles}
        best = int(np.where(self._window.stories(rows) == story.number, copy, 0).argmax())
        original = found.get(int(rows[best])) if copy[best] >= COPIED else None
        share = float(np.float32(common["contained"][best]))
        article = self._members.join(story, record, row, day, original=original, share=share)
        for each, like in zip(rows.tolist(), same.tolist(), strict=True):
            if each in found:
                found[each].links += like
                article.links += like
        return story, merged

    def _merged(
        self, fits: Sequence[int], same: NDArray[np.float64], stories: NDArray[np.uint32]
    ) -> tuple[Story, dict[str, Story]]:
        """Return the story that fits best, and those that the article shows to be the same, which go into it."""
        story = self._members[fits[0]]
        merged: dict[str, Story] = {}
        for number in fits[1:]:
            other = self._members[number]
            if same[stories == number].max() < _MERGE or not self._are_alike(story, other):
                continue
            older, younger = sorted((story, other), key=lambda each: each.number)
            self._window.set_story([each.row for each in younger.articles if each.row != GONE], older.number)
            merged[younger.id] = younger
            self._members.merge(younger, older)
            story = older
        return story, merged

    def _are_alike(self, story: Story, other: Story) -> bool:
        """Whether the stories' own articles are alike: a round-up of the day is like many stories that are not alike."""
        fewer, more = sorted((story, other), key=lambda each: len(each.articles))
        likely = 0.0
        rows = fewer.newest_rows(_MOST_COMPARED)
        for row in rows:
            probe = Probe(self._window.digest(row))
            likely += self._cohesion(probe, self._window.day(row), [more.number], {})[more.number]
        return likely >= _COHESION * len(rows)

    def _cohesion(
        self, probe: Probe, day: float, stories: Sequence[int], known: Mapping[int, float]
    ) -> dict[int, float]:
        """Return how like the article is to each story's newest members on average.

        Args:
            known: how like it is to some rows of the window.
        """
        members = {number: self._members[number].newest_rows(_MOST_MEMBERS) for number in stories}
        others = [row for rows in members.values() for row in rows if row not in known]
        if others:
            likely = self._same.likely(features(probe, day, self._window.gather(others)))[0].tolist()
            known = {**known, **dict(zip(others, likely, strict=True))}
        return {number: fmean(known[row] for row in rows) for number, rows in members.items()}

    def _candidates(self, buckets: NDArray[np.int64], day: float) -> NDArray[np.int64]:
        rows = self._index.find(buckets, self._window.rows_of, most=_MOST_CANDIDATES)
        found: NDArray[np.int64] = rows[np.abs(self._window.days(rows) - day) <= self._days]
        return found

    def _remember(self, buckets: NDArray[np.int64], serial: int) -> None:
        self._index.add(buckets, serial)
        if self._index.is_full(len(self._members) * _MOST_KEYS):
            self._make_index(2 * self._index.size)

    def _make_index(self, buckets: int) -> None:
        """Make the index again from the codes that the window holds."""
        self._index = Index(buckets)
        for serials, batch in self._window.known(at_once=_MADE_AT_ONCE):
            codes = _all_keys(batch)
            self._index.add_all(codes[codes != 0], np.repeat(serials, (codes != 0).sum(1)))

    def _slide(self, day: float | None) -> tuple[list[Story], list[Story]]:
        """Move the clock on, forget what is too old, and return the stories that are over, and those that lose articles."""
        if day is not None:
            self._tick(day)
        if self._clock is None:
            return [], []
        gone, closed, shrunk = self._members.drop_before(self._clock - self._days)
        self._window.drop(gone)
        return closed, shrunk

    def _tick(self, day: float) -> None:
        """Let the clock follow the articles' time; single articles far from it are not followed."""
        if self._clock is None:
            self._clock = day
        if abs(day - self._clock) <= self._days:
            self._clock = max(self._clock, day)
            self._strangers.clear()
            return
        self._strangers.append(day)
        if len(self._strangers) == _ENOUGH_STRANGERS:
            self._clock = median(self._strangers)
            self._strangers.clear()


def _fitting(
    cohesion: Mapping[int, float],
    copy: NDArray[np.float64],
    same: NDArray[np.float64],
    stories: NDArray[np.uint32],
) -> list[int]:
    """Return the numbers of the stories that the article may belong to, the best first.

    Args:
        cohesion: of each story that is close to it, how like the article is to it on average.
        copy, same: of each candidate, how likely it is. stories: the candidates'.
    """
    fits: list[tuple[float, int]] = []
    for number, average in cohesion.items():
        ours = stories == number
        is_copy = bool((copy[ours] >= COPIED).any())
        if is_copy or average >= _COHESION:
            fits.append((-float(same[ours].max()) - average - is_copy, number))
    return [number for _, number in sorted(fits)]


def _keys(seen: Digest) -> NDArray[np.uint32]:
    """Return the codes by which an article is found: its most telling words and names, and some of its sketch."""
    terms = np.concatenate([seen.column(name) for name in _KEY_COLUMNS])
    # Rounded as the window keeps them: an index that is made again must have the same keys.
    values = np.concatenate([seen.told(name) for name in _KEY_COLUMNS]).astype(np.float16)
    rarest = terms[np.argsort(-values, kind="stable")[:_MOST_TERMS]]
    sketch = seen.column("sketch")
    return np.concatenate([rarest, sketch[sketch % _SAMPLED == 0]])


def _all_keys(batch: Batch) -> NDArray[np.uint32]:
    """Return what `_keys` does for each row, 0 in empty places; none of rows without a sketch."""
    terms = np.concatenate([batch.column(name) for name in _KEY_COLUMNS], axis=1)
    values = np.concatenate([batch.told(name) for name in _KEY_COLUMNS], axis=1)
    values[terms == 0] = -1
    rarest = np.take_along_axis(terms, np.argsort(-values, axis=1, kind="stable")[:, :_MOST_TERMS], axis=1)
    sketch = batch.column("sketch")
    rarest[~sketch.any(1)] = 0
    return np.concatenate([rarest, np.where(sketch % _SAMPLED == 0, sketch, 0)], axis=1)
