"""How a story opens: the dateline, agency and names before its first sentence (بيروت - رويترز، محمد العلي – جدة).

Position and separators tell a dateline from a sentence that begins with a place: الرياض تستضيف has none, الرياض: has one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from worker.grammar.credits import HEADS, SEPARATORS, Kind, Part, fold, is_person, read_parts
from worker.grammar.lines import body_lines
from worker.pipeline.document import Document, Tokens

_MAX_LINES: Final = 3  # a line under the title, a reporter's line, the dateline
_LONGEST_LINE: Final = 14  # tokens of a line that may stand above the credit
_FIRST_SEPARATOR: Final = 12  # tokens; a credit has one by then or is all of its line
_MAX_PLACES: Final = 3
_PAGE_WORDS: Final = frozenset({"Next", "Previous"})  # the arrows of a gallery above the story
_FROM: Final = "من"
_SOURCES: Final = frozenset({Kind.AGENCY, Kind.OUTLET})
_QUOTES: Final = ('"', '""')
_WHERE_AND_WHEN: Final = frozenset({Kind.PLACE, Kind.DATE})


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands before the first sentence; all of it may be missing.

    Attributes:
        place: tokens of the dateline's place, [first, last).
        agencies: canonical names in text order.
        credits: tokens of names, desks, papers and agencies, [first, last) each, in text order; not place and date.
    """

    place: tuple[int, int] | None = None
    agencies: tuple[str, ...] = ()
    credits: tuple[tuple[int, int], ...] = ()


def opening(document: Document) -> Opening:
    """Return the document's opening; found once and kept in `document.shared`."""
    found = document.shared.get("opening")
    if not isinstance(found, Opening):
        found = document.shared["opening"] = _find(document)
    return found


def _find(document: Document) -> Opening:
    tokens = document.tokens
    bylines: list[tuple[int, int]] = []
    for number, line in enumerate(body_lines(document)[:_MAX_LINES]):
        first = next((index for index in line if tokens.form[index] not in _PAGE_WORDS), line.stop)
        parts = _credit(tokens, first, line.stop)
        if parts and (number == 0 or _is_sure(parts)):
            return _opening(tokens.form, parts, bylines)
        if line.stop - first > _LONGEST_LINE:
            break
        if tokens.form[first : first + 1] == [_FROM]:
            bylines.append((first, line.stop))
    return Opening()


def _credit(tokens: Tokens, first: int, last: int) -> list[Part]:
    """Return the parts of the longest credit that the line begins with, none if it begins with none."""
    if last - first > _FIRST_SEPARATOR and SEPARATORS.isdisjoint(tokens.form[first : first + _FIRST_SEPARATOR]):
        return []
    parts = read_parts(tokens, first, last)
    for count in range(len(parts), 0, -1):
        if _is_over(tokens, parts[:count]) and _is_credit(tokens.form, parts[:count]):
            return parts[:count]
    return []


def _is_over(tokens: Tokens, parts: Sequence[Part]) -> bool:
    """Whether the story may begin after the parts."""
    last = parts[-1]
    if last.ends_line or ":" in last.after:
        return True
    if "-" in last.after and last.kind is not Kind.NAME:
        return last.kind in _SOURCES or _is_dash(tokens, last)
    if not last.after:
        return _runs_on(parts)
    if last.after.startswith("("):
        return last.kind in _SOURCES and _is_set_off(last)  # محمد العلي – سبق (تصوير: فلان) قال
    return last.is_enclosed and last.kind in _SOURCES and (len(parts) == 1 or parts[-2].kind in _WHERE_AND_WHEN)


def _runs_on(parts: Sequence[Part]) -> bool:
    """Whether the story follows without a separator: دبي - العربية.نت قال، الرياض 20 شوال واس قال، محمد العلي - جدة قال."""
    if len(parts) == 1:
        return False
    before, last = parts[-2:]
    if last.kind is Kind.PLACE:
        return _is_set_off(last) and before.kind is Kind.NAME
    is_after_place = last.kind is Kind.AGENCY and before.kind in _WHERE_AND_WHEN
    return last.kind in _SOURCES and (_is_set_off(last) or is_after_place)


def _is_set_off(part: Part) -> bool:
    return part.before.endswith(("-", ":"))


def _is_dash(tokens: Tokens, part: Part) -> bool:
    """Whether the mark after the part is a dash, neither a hyphen (السعودية-اليمن) nor part of a score (الرياض - 2)."""
    after = part.last + len(part.after)
    is_hyphen = tokens.touches_previous(part.last) and tokens.touches_previous(after)
    return not is_hyphen and not tokens.form[after][0].isdigit()


def _is_credit(form: Sequence[str], parts: Sequence[Part]) -> bool:
    """Whether the parts say together where the story is from or whose it is."""
    kinds = Counter(part.kind for part in parts)
    names = [part for part in parts if part.kind is Kind.NAME]
    if _is_label(form, parts[0]) or any(_is_clause(form, *pair) for pair in pairwise(parts)):
        return False
    if kinds[Kind.AGENCY]:
        return len(parts) > 1 or not parts[0].before.endswith('"')
    if kinds[Kind.OUTLET]:
        return len(parts) > 1
    ends = ":" in parts[-1].after or parts[-1].ends_line
    if kinds[Kind.PLACE]:
        ends = ends or (not parts[-1].after and parts[-1].kind is Kind.PLACE)
        return kinds[Kind.PLACE] <= _MAX_PLACES and (
            not names or (ends and all(_is_full(form, part) for part in names))
        )
    if kinds[Kind.DESK]:
        return ends and len(parts) > 1  # كتب - محمد العلي:
    return _unknown_place(form, parts) is not None


def _is_label(form: Sequence[str], first: Part) -> bool:
    """Whether the first part is a word with a colon (المكان: الرياض), not a reporter."""
    return first.kind is Kind.NAME and ":" in first.after and not first.ends_line and not _is_full(form, first)


def _is_clause(form: Sequence[str], before: Part, part: Part) -> bool:
    """Whether two parts belong to one sentence: وافق المجلس، اليوم (الاثنين)، and اتهمت منظمة "سلام" إسرائيل."""
    if part.kind is Kind.NAME and before.kind is not Kind.NAME:
        return False
    if part.before in _QUOTES:
        return before.kind is not part.kind and part.kind not in _SOURCES and before.kind not in _SOURCES
    return (
        part.before == "," and before.kind is Kind.NAME and part.kind is not Kind.NAME and not is_person(form, before)
    )


def _is_full(form: Sequence[str], part: Part) -> bool:
    return part.last - part.first > 1 or is_person(form, part)


def _is_sure(parts: Sequence[Part]) -> bool:
    """Whether the parts are a credit below another line too: all of a line, or place and agency."""
    kinds = {part.kind for part in parts}
    if Kind.PLACE in kinds and Kind.AGENCY in kinds:
        return True
    return parts[-1].ends_line and len(parts) > 1 and not kinds.isdisjoint({Kind.PLACE, Kind.AGENCY, Kind.OUTLET})


def _opening(form: Sequence[str], parts: Sequence[Part], bylines: Sequence[tuple[int, int]]) -> Opening:
    place = _place(form, parts)
    others = [part for part in parts if part is not place and part.kind not in _WHERE_AND_WHEN]
    agencies = tuple(part.known.agency for part in others if part.kind is Kind.AGENCY)
    names = (*bylines, *((part.first, part.last) for part in others))
    return Opening((_after_head(form, place), place.last) if place else None, agencies, names)


def _after_head(form: Sequence[str], place: Part) -> int:
    """Return the first token of the name; the class noun of a place that no lexicon has is still before it."""
    return place.first + (place.last - place.first > 1 and fold(form[place.first]) in HEADS)


def _place(form: Sequence[str], parts: Sequence[Part]) -> Part | None:
    """Return the part that is the dateline's place: the first of several (جدة، الرياض)."""
    place = next((part for part in parts if part.kind is Kind.PLACE), None)
    if place:
        return place
    for part in parts:
        is_beside_source = any(other.kind in _SOURCES for other in parts if other is not part)
        is_agency_of_reporter = part.kind is Kind.AGENCY and not part.is_enclosed and len(parts) > 1
        if part.known.maybe_place and (is_beside_source or is_agency_of_reporter):
            return part
    return _unknown_place(form, parts)


def _unknown_place(form: Sequence[str], parts: Sequence[Part]) -> Part | None:
    """Return the name that is a place by its position: سعود العلي - سبق - تثليث، تثليث (واس)، محمد العلي – الخرمة."""
    candidates = [part for part in parts if part.kind is Kind.NAME and _can_be_place(form, part)]
    if len(candidates) > 1:
        candidates = [part for part in candidates if part.last - part.first == 1]
    if len(candidates) != 1:
        return None
    place = candidates[0]
    others = [part for part in parts if part is not place]
    if any(part.kind in _SOURCES for part in others):
        # A name of two words beside a paper alone is a reporter's that no lexicon has.
        is_town = place.last - place.first == 1 or len(parts) > 2 or any(part.kind is Kind.AGENCY for part in others)
        return place if is_town else None
    is_signed = any(part.kind is Kind.NAME and is_person(form, part) and _is_full(form, part) for part in others)
    ends = ":" in parts[-1].after or parts[-1].ends_line
    return place if is_signed and ends and len(parts) == 2 and "-" in parts[0].after else None


def _can_be_place(form: Sequence[str], part: Part) -> bool:
    """Whether an unknown name is short enough for a place, and neither a person's nor one that ends like a surname."""
    words = part.last - part.first
    last = form[part.last - 1]
    is_surname = last.startswith("ال") and last.endswith(("ي", "ى"))
    return words <= 2 and not is_surname and not is_person(form, part)
