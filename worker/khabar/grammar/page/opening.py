"""The credit at the beginning of a story: dateline, agency and names before its first sentence (بيروت - رويترز)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.credit_names import HEADS, Kind
from khabar.grammar.page.credits import SEPARATORS, Part, read_parts
from khabar.grammar.page.dateline import WHERE_AND_WHEN, is_credit, is_over, place_of
from khabar.grammar.page.remains import Remains
from khabar.text.document import Document
from khabar.text.tokens import Tokens

_MAX_LINES: Final = 5  # a few lines below the title, such as a caption, a reporter's line and the dateline
_SIGNERS: Final = frozenset({Kind.NAME, Kind.DESK, Kind.OUTLET})
_LONGEST_LINE: Final = 14  # tokens of a line that may be above the credit
_FIRST_SEPARATOR: Final = 12  # tokens; a credit has a separator within them, or is a whole line
_FROM: Final = "من"
_LONGEST_NAME: Final = 6  # tokens of من محمد عبد الرحمن العلي


@dataclass(frozen=True, slots=True)
class Opening:
    """The credit before the first sentence; each part of it may be missing.

    Attributes:
        place: tokens of the dateline's place, [first, last).
        agencies: canonical names in text order.
        names: tokens of names, desks, newspapers and agencies, each as [first, last), in text order; without place and date.
        stamps: tokens of dates after the names on a separate line, the time of publication (كتب: فلان | 13 يونيو).
    """

    place: tuple[int, int] | None = None
    agencies: tuple[str, ...] = ()
    names: tuple[tuple[int, int], ...] = ()
    stamps: tuple[tuple[int, int], ...] = ()


def opening(document: Document, body: Iterable[range], rest: Iterable[Remains]) -> Opening:
    """Return the credit that opens the story.

    Args:
        document: has segmented tokens.
        body: the lines of its body.
        rest: the remains of the page, which may come before the credit.
    """
    tokens = document.tokens
    after = {remain.first: remain.last for remain in rest}
    found = Opening()
    bylines: list[tuple[int, int]] = []
    certain = 0 if document.title_end else 1  # without a title, the first line may be the title
    for number, line in enumerate(islice(_with_story(body, after), _MAX_LINES)):
        first = after.get(line.start, line.start)
        parts = _credit(tokens, first, line.stop)
        is_closing = number > 0 and line.stop == len(tokens) and bool(parts) and parts[-1].ends_line
        if parts and not is_closing and (number <= certain or _is_sure(parts)):
            found = _opening(tokens.form, parts, [*found.names, *bylines])
        elif tokens.form[first : first + 1] == [_FROM] and line.stop - first <= _LONGEST_NAME:
            bylines.append((first, line.stop))  # من محمد علي, if a dateline follows
        if found.place or found.agencies or line.stop - first > _LONGEST_LINE:
            break
    return found


def _with_story(body: Iterable[range], after: Mapping[int, int]) -> Iterator[range]:
    """Yield the lines that are not entirely remains of the page, such as a repeated title, a stamp or buttons."""
    return (line for line in body if after.get(line.start, line.start) < line.stop)


def _credit(tokens: Tokens, first: int, last: int) -> list[Part]:
    """Return the parts of the longest credit at the beginning of the line; [] if it has none."""
    if last - first > _FIRST_SEPARATOR and SEPARATORS.isdisjoint(tokens.form[first : first + _FIRST_SEPARATOR]):
        return []
    parts = read_parts(tokens, first, last)
    for count in range(len(parts), 0, -1):
        if is_over(tokens, parts[:count], parts[count:]) and is_credit(tokens.form, parts[:count]):
            return parts[:count]
    return []


def _is_sure(parts: Sequence[Part]) -> bool:
    """Whether the parts are a credit even below another line: they fill the line, or have place and agency."""
    kinds = {part.kind for part in parts}
    if Kind.PLACE in kinds and Kind.AGENCY in kinds:
        return True
    return parts[-1].ends_line and len(parts) > 1 and not kinds.isdisjoint({Kind.PLACE, Kind.AGENCY, Kind.OUTLET})


def _opening(form: Sequence[str], parts: Sequence[Part], bylines: Sequence[tuple[int, int]]) -> Opening:
    place = place_of(form, parts)
    others = [part for part in parts if part is not place and part.kind not in WHERE_AND_WHEN]
    agencies = tuple(part.known.agency for part in others if part.kind is Kind.AGENCY)
    names = (*bylines, *((part.first, part.last) for part in others))
    is_byline = parts[-1].ends_line and not agencies and any(part.kind in _SIGNERS for part in others)
    stamps = tuple((part.first, part.last) for part in parts if is_byline and part.kind is Kind.DATE)
    return Opening((_after_head(form, place), place.last) if place else None, agencies, names, stamps)


def _after_head(form: Sequence[str], place: Part) -> int:
    """Return the first token of the place's name, after the class noun that an unknown place may have."""
    return place.first + (place.last - place.first > 1 and fold(form[place.first]) in HEADS)
