"""The places where a statement may end: before another cue, before words that the reporter adds, at the end of the line."""

from functools import lru_cache
from typing import Final, NamedTuple

from khabar.reference.cues import Cue
from khabar.reference.weights import Features, Names
from khabar.statements.marks import LineMarks
from khabar.statements.openings import Opening, bucket

_MARKS: Final = frozenset(("comma", "dash", "stop", "close", "open", "colon", "mark"))
_NOT_BEFORE: Final = frozenset(("comma", "dash", "open", "colon"))
_CUES: Final = frozenset(("verb", "participle", "particle", "noun"))
_COUNTED: Final = frozenset(("comma", "that", "quoted", "verb", "participle", "open", "close"))
_SETTING: Final = frozenset(("break", "prep", "word"))
# Longest statement, in items. It bounds the time: a line may have thousands of items, and this runs for each of its cues.
_LONGEST: Final = 160
_SOURCE: Final = 12
_LONG: Final = 6
_LENGTHS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)


class Ending(NamedTuple):
    """A place where a statement may end.

    Attributes:
        last: position of the statement's last item.
        features: names of features, whose weights are summed.
    """

    last: int
    features: Features


def endings(marks: LineMarks, cue: Cue, opening: Opening) -> list[Ending]:
    """Return the places, in order; the last is the line's end, or the end of the longest statement.

    A statement that begins before its cue may end at the cue, or continue after the source: يهدف الملتقى، وفق اللجنة، إلى ...
    """
    found: list[Ending] = []
    passed = _Passed(opening.first)
    items = marks.items
    way = "b" if opening.is_before else opening.kind[0]
    start, size = opening.first + 1, min(len(marks.line), opening.first + _LONGEST)
    if opening.is_before:
        start, size = cue.position + 2, min(len(marks.line), cue.position + _LONGEST)
        at_cue = _features("B", marks, cue, opening, cue.position, passed.state)
        found.append(Ending(cue.position - 1, [*at_cue, f"B>{_behind_source(marks, cue.position)}"]))
    for index in range(start, size):
        mark, before = items[index], items[index - 1]
        if before.kind in _COUNTED:
            passed.take(index - 1, before.kind)
        is_place = mark.kind in _MARKS or mark.kind in _CUES or mark.kind in _SETTING or "و" in mark.proclitic
        if (is_place or index in marks.said) and before.kind not in _NOT_BEFORE:
            found.append(Ending(index - 1, _features(way, marks, cue, opening, index, passed.state)))
    found.append(Ending(size - 1, _features(way, marks, cue, opening, size, passed.state)))
    return found


class _Passed:
    """Counts of the items between an opening and a place.

    Attributes:
        state: the counts, each cut at the greatest number that the features tell apart.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self._commas = self._cues = self._thats = self._depth = self._quoted = 0
        self.state = "00000"

    def take(self, position: int, kind: str) -> None:
        """Count an item of a kind that is counted."""
        self._commas += kind == "comma"
        self._thats += kind == "that"
        self._quoted += kind == "quoted"
        self._cues += kind in ("verb", "participle") and position > self._first
        self._depth = max(0, self._depth + (kind == "open") - (kind == "close"))
        self.state = f"{min(self._commas, 3)}{min(self._cues, 2)}{min(self._thats, 2)}{min(self._depth, 1)}{min(self._quoted, 1)}"


def _features(way: str, marks: LineMarks, cue: Cue, opening: Opening, index: int, state: str) -> list[str | Names]:
    items = marks.items
    mark, before = items[index], items[index - 1]
    kind, is_mark = mark.kind, mark.kind in _MARKS
    after = items[index + 1] if is_mark else mark
    what, then, length = mark.label, after.label if is_mark else "=", bucket(index - opening.first, _LENGTHS)
    says = index + is_mark in marks.said
    share = marks.share_quoted(opening.first, index)
    found: list[str | Names] = [
        _of_place(way, kind, what, then, length, is_mark and items[index + 1].kind == "end"),
        _of_state(way, kind, what, then, state),
        _of_quoted(way, kind, what + then, share, state),
        _of_after(way, kind, says, after.kind, after.proclitic),
        _of_words(way, kind, after.text, items[index + 1 + is_mark].text),
        _of_opening(way, kind, items[opening.first].kind, before.label),
        _of_its_cue(way, what, f":{cue.reading.lemma}" if way == "n" else cue.reading.shape[0]),
    ]
    if kind == "comma":
        found.append(_of_comma(way, then, length, items[index + 2].label))
    if after.kind in _CUES:
        found.append(_of_next_cue(way, kind, after.kind, after.text, after.proclitic))
    if way == "n" and kind in _SETTING:
        found.append(f"n{what}n{length}")
    return found


@lru_cache(maxsize=8192)
def _of_its_cue(way: str, what: str, cue: str) -> Names:
    return Names((f"{way}{what}{cue}",))


@lru_cache(maxsize=8192)
def _of_comma(way: str, then: str, length: str, second: str) -> Names:
    return Names((f"{way},{then}n{length}", f"{way},{then}_{second}"))


@lru_cache(maxsize=8192)
def _of_next_cue(way: str, kind: str, cue: str, text: str, proclitic: str) -> Names:
    return Names((f"c{text}", f"{way}{kind}c{cue}{proclitic}"))


@lru_cache(maxsize=8192)
def _of_place(way: str, kind: str, what: str, then: str, length: str, is_last: bool) -> Names:
    return Names(
        (
            f"{way}{what}",
            f"{way}{what}{then}",
            f"{what}{then}",
            f"{way}n{length}",
            f"{way}{kind}n{length}",
            f"{way}last{is_last}",
        )
    )


@lru_cache(maxsize=4096)
def _of_state(way: str, kind: str, what: str, then: str, state: str) -> Names:
    return Names((f"{way}s{state}", f"{way}{kind}s{state}", f"{what}{then}s{state}"))


@lru_cache(maxsize=4096)
def _of_quoted(way: str, kind: str, both: str, share: str, state: str) -> Names:
    return Names((f"{way}q{share}", f"{way}q{share}{both}", f"{way}q{share}{kind}{state}"))


@lru_cache(maxsize=2048)
def _of_after(way: str, kind: str, says: bool, after: str, proclitic: str) -> Names:
    return Names((f"says{says}{kind}{after}", f"{way}says{says}{proclitic}"))


# The words after the place, and the shape of the first: a verb in the past or the present begins another clause.
@lru_cache(maxsize=2048)
def _of_words(way: str, kind: str, after: str, second: str) -> Names:
    shape = f"{after[:1]}{after[-1:]}{min(len(after), _LONG)}"
    return Names(
        (
            f"{kind}={after}",
            f"{way}{kind}={after}",
            f"{kind}^{shape}",
            f"{way}{kind}^{shape}",
            f"{kind}={after}={second}",
        )
    )


@lru_cache(maxsize=4096)
def _of_opening(way: str, kind: str, opening: str, before: str) -> Names:
    return Names((f"{way}o{opening}{kind}", f"<{before}"))


def _behind_source(marks: LineMarks, position: int) -> str:
    """Return the label of the word after a particle's source and its comma, or "stop", "end" or "far" if there is no comma."""
    for index in range(position + 1, min(position + _SOURCE, len(marks.line))):
        kind = marks.items[index].kind
        if kind == "comma":
            return marks.items[index + 1].label
        if kind == "stop":
            return "stop"
    return "end" if position + _SOURCE >= len(marks.line) else "far"
