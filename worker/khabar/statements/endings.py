"""Where a statement may end: before what somebody else says, before what the reporter adds, with the line."""

from typing import Final, NamedTuple

from khabar.reference.cues import Cue
from khabar.statements.marks import LineMarks, Mark
from khabar.statements.openings import Opening, bucket

_MARKS: Final = frozenset(("comma", "dash", "stop", "close", "open", "colon", "mark"))
_NOT_BEFORE: Final = frozenset(("comma", "dash", "open", "colon"))
_CUES: Final = frozenset(("verb", "participle", "particle", "noun"))
_SETTING: Final = frozenset(("break", "prep", "word"))
# A statement is so many items long at most; a line may have thousands, and each of its cues asks.
_LONGEST: Final = 160
_SOURCE: Final = 12
_LENGTHS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)


class Ending(NamedTuple):
    """A place where a statement may end.

    Attributes:
        last: position of its last item. features: names of what speaks for it.
    """

    last: int
    features: list[str]


def endings(marks: LineMarks, cue: Cue, opening: Opening) -> list[Ending]:
    """Return the places, in order; the last is the line's end, or as far as is looked.

    What begins before its cue may end at the cue or run on behind the source: يهدف الملتقى، وفق اللجنة، إلى ...
    """
    found: list[Ending] = []
    passed = _Passed(opening.first)
    way = "b" if opening.is_before else opening.kind[0]
    start, size = opening.first + 1, min(len(marks.line), opening.first + _LONGEST)
    if opening.is_before:
        start, size = cue.position + 2, min(len(marks.line), cue.position + _LONGEST)
        at_cue = _features("B", marks, cue, opening, cue.position, passed.state)
        found.append(Ending(cue.position - 1, [*at_cue, f"B>{_behind_source(marks, cue.position)}"]))
    for index in range(start, size):
        mark, before = marks.at(index), marks.at(index - 1)
        passed.take(index - 1, before)
        is_place = mark.kind in _MARKS or mark.kind in _CUES or mark.kind in _SETTING or "و" in mark.proclitic
        if (is_place or index in marks.said) and before.kind not in _NOT_BEFORE:
            found.append(Ending(index - 1, _features(way, marks, cue, opening, index, passed.state)))
    found.append(Ending(size - 1, _features(way, marks, cue, opening, size, passed.state)))
    return found


class _Passed:
    """Counts of what stands between an opening and a place."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._commas = self._cues = self._thats = self._depth = self._quoted = 0

    def take(self, position: int, mark: Mark) -> None:
        """Step over an item."""
        kind = mark.kind
        self._commas += kind == "comma"
        self._thats += kind == "that"
        self._quoted += kind == "quoted"
        self._cues += kind in ("verb", "participle") and position > self._first
        self._depth = max(0, self._depth + (kind == "open") - (kind == "close"))

    @property
    def state(self) -> str:
        """The counts, each as far as it matters."""
        return f"{min(self._commas, 3)}{min(self._cues, 2)}{min(self._thats, 2)}{min(self._depth, 1)}{min(self._quoted, 1)}"


def _features(way: str, marks: LineMarks, cue: Cue, opening: Opening, index: int, state: str) -> list[str]:
    mark, before = marks.at(index), marks.at(index - 1)
    is_mark = mark.kind in _MARKS
    after = marks.at(index + 1) if is_mark else mark
    what, then, length = mark.label, after.label if is_mark else "=", bucket(index - opening.first, _LENGTHS)
    says = index + is_mark in marks.said
    is_last = is_mark and marks.at(index + 1).kind == "end"
    quoted = marks.share_quoted(opening.first, index)
    found = [
        f"{way}{what}", f"{way}{what}{then}", f"{what}{then}", f"{way}n{length}", f"{way}{mark.kind}n{length}", f"{way}s{state}",
        f"{way}{mark.kind}s{state}", f"{what}{then}s{state}", f"<{before.label}", f"{way}last{is_last}",
        f"{way}{what}:{cue.reading.lemma}" if way == "n" else f"{way}{what}{cue.reading.shape[0]}",
        f"{way}o{marks.at(opening.first).kind}{mark.kind}", f"says{says}{mark.kind}{after.kind}",
        f"{way}says{says}{after.proclitic}",
        f"{way}q{quoted}", f"{way}q{quoted}{what}{then}", f"{way}q{quoted}{mark.kind}{state}",
    ]  # fmt: skip
    if mark.kind == "comma":
        found += (f"{way},{then}n{length}", f"{way},{then}_{marks.at(index + 2).label}")
    if after.kind in _CUES:
        found += (f"c{after.text}", f"{way}{mark.kind}c{after.kind}{after.proclitic}")
    if way == "n" and mark.kind in _SETTING:
        found.append(f"n{what}n{length}")
    return found


def _behind_source(marks: LineMarks, position: int) -> str:
    """Return what follows the source of a particle: the word behind its comma, or that nothing does."""
    for index in range(position + 1, min(position + _SOURCE, len(marks.line))):
        kind = marks.at(index).kind
        if kind == "comma":
            return marks.at(index + 1).label
        if kind == "stop":
            return "stop"
    return "end" if position + _SOURCE >= len(marks.line) else "far"
