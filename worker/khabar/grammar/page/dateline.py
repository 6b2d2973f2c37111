"""Decide which parts together are a credit, and which of them is the place of the dateline.

Position and separators distinguish a dateline from a sentence that begins with a place: الرياض: is one, الرياض تستضيف is not.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.credit_names import DATE_WORDS, Kind, is_given_name
from khabar.grammar.page.credits import Part
from khabar.lexicons import entries
from khabar.text.tokens import Tokens

_MAX_PLACES: Final = 3
SOURCES: Final = frozenset({Kind.AGENCY, Kind.OUTLET})
WHERE_AND_WHEN: Final = frozenset({Kind.PLACE, Kind.DATE})
_QUOTES: Final = ('"', '""')
_ASIDES: Final = frozenset(entries("origin/asides"))


def is_over(tokens: Tokens, parts: Sequence[Part], following: Sequence[Part]) -> bool:
    """Whether the story may begin after the parts.

    Args:
        tokens: tokens of the text.
        parts: the parts that are a credit if the story begins after them.
        following: the parts after these.
    """
    last = parts[-1]
    if last.ends_line or ":" in last.after:
        return True
    if "-" in last.after and last.kind is not Kind.NAME:
        is_list = bool(following) and following[0].ends_line  # تشاد - ليبيا
        return last.kind in SOURCES or (_is_dash(tokens, last) and not is_list)
    if not last.after:
        return _runs_on(parts)
    if last.after.startswith("("):
        return last.kind in SOURCES and _is_set_off(last)  # محمد العلي – سبق (تصوير: فلان) قال
    return last.is_enclosed and last.kind in SOURCES and (len(parts) == 1 or parts[-2].kind in WHERE_AND_WHEN)


def _runs_on(parts: Sequence[Part]) -> bool:
    """Whether the story follows without a separator: دبي - العربية.نت قال، الرياض 20 شوال واس قال، محمد العلي - جدة قال."""
    if len(parts) == 1:
        return False
    before, last = parts[-2:]
    if last.kind is Kind.PLACE:
        return _is_set_off(last) and before.kind is Kind.NAME
    is_after_place = last.kind is Kind.AGENCY and before.kind in WHERE_AND_WHEN
    return last.kind in SOURCES and (_is_set_off(last) or is_after_place)


def _is_set_off(part: Part) -> bool:
    return part.before.endswith(("-", ":"))


def _is_dash(tokens: Tokens, part: Part) -> bool:
    """Whether the mark after the part is a dash, not a hyphen (السعودية-اليمن), score (الرياض - 2) or aside (بيروت - التي)."""
    after = part.last + len(part.after)
    following = tokens.form[after]
    is_hyphen = tokens.touches_previous(part.last) and tokens.touches_previous(after)
    return not is_hyphen and not following[0].isdigit() and following not in _ASIDES


def is_credit(form: Sequence[str], parts: Sequence[Part]) -> bool:
    """Whether the parts together are a credit: they name the story's place, its agency or its writer."""
    first, last = parts[0], parts[-1]
    kinds = Counter(part.kind for part in parts)
    is_label = _is_label(form, first) and not kinds[Kind.AGENCY] and not kinds[Kind.OUTLET]
    if first.kind is Kind.DATE or is_label or any(_is_clause(form, *pair) for pair in pairwise(parts)):
        return False
    if kinds[Kind.AGENCY]:
        return len(parts) > 1 or ":" in last.after or not first.before.endswith('"')
    if kinds[Kind.OUTLET]:
        return len(parts) > 1 and kinds[Kind.DATE] < len(parts) - 1  # not only a newspaper and a date: اليوم (الأربعاء)
    ends = ":" in last.after or last.ends_line
    if kinds[Kind.DESK]:
        is_signed = len(parts) > 1 or any(map(is_given_name, form[first.first + 1 : first.last]))
        return ends and is_signed  # كتب - محمد العلي:، كتبت منى السيد
    if kinds[Kind.NAME]:
        return _is_signed_place(form, parts) if kinds[Kind.PLACE] else _unknown_place(form, parts) is not None
    is_list = kinds[Kind.PLACE] > _MAX_PLACES or (last.ends_line and "," in first.after)  # السعودية، مصر، الأردن
    return not is_list and not first.before.endswith("(")


def _is_signed_place(form: Sequence[str], parts: Sequence[Part]) -> bool:
    """Whether names and places are reporters and their locations: الرياض - محمد العلي:، محمد العلي – نجران أعلنت."""
    last = parts[-1]
    ends = ":" in last.after or last.ends_line or (not last.after and last.kind is Kind.PLACE)
    places = sum(part.kind is Kind.PLACE for part in parts)
    return ends and places <= _MAX_PLACES and all(_is_full(form, part) for part in parts if part.kind is Kind.NAME)


def _is_label(form: Sequence[str], first: Part) -> bool:
    """Whether the first part is a word with a colon (المكان: الرياض), not a reporter."""
    return first.kind is Kind.NAME and ":" in first.after and not first.ends_line and not _is_full(form, first)


def _is_clause(form: Sequence[str], before: Part, part: Part) -> bool:
    """Whether two parts belong to one sentence: وافق المجلس، اليوم (الاثنين)، and اتهمت منظمة "سلام" إسرائيل."""
    if part.before in _QUOTES:
        return Kind.NAME in (before.kind, part.kind) or SOURCES.isdisjoint((before.kind, part.kind))
    return (
        part.before == "," and before.kind is Kind.NAME and part.kind is not Kind.NAME and not _is_person(form, before)
    )


def _is_person(form: Sequence[str], part: Part) -> bool:
    return is_given_name(form[part.first])


def _is_full(form: Sequence[str], part: Part) -> bool:
    return part.last - part.first > 1 or _is_person(form, part)


def place_of(form: Sequence[str], parts: Sequence[Part]) -> Part | None:
    """Return the part that is the dateline's place, the first if there are several (جدة، الرياض); None without one."""
    place = next((part for part in parts if part.kind is Kind.PLACE), None)
    if place:
        return place
    for part in parts:
        is_beside_source = any(other.kind in SOURCES for other in parts if other is not part)
        is_agency_of_reporter = part.kind is Kind.AGENCY and not part.is_enclosed and len(parts) > 1
        if part.known.maybe_place and (is_beside_source or is_agency_of_reporter):
            return part
    return _unknown_place(form, parts)


def _unknown_place(form: Sequence[str], parts: Sequence[Part]) -> Part | None:
    """Return an unknown name whose position shows a place: سعود العلي - سبق - تثليث، تثليث (واس)، محمد العلي – الخرمة."""
    candidates = [part for part in parts if part.kind is Kind.NAME and _can_be_place(form, part)]
    if len(candidates) > 1:
        candidates = [part for part in candidates if part.last - part.first == 1]
    if len(candidates) != 1:
        return None
    place = candidates[0]
    others = [part for part in parts if part is not place]
    if any(part.kind in SOURCES for part in others):
        # With only a newspaper beside it, a name of two words is a reporter whose name no lexicon has.
        is_town = place.last - place.first == 1 or len(parts) > 2 or any(part.kind is Kind.AGENCY for part in others)
        return place if is_town else None
    is_signed = any(part.kind is Kind.NAME and _is_person(form, part) and _is_full(form, part) for part in others)
    ends = ":" in parts[-1].after or parts[-1].ends_line
    is_one_word = place.last - place.first == 1
    return place if is_signed and ends and is_one_word and len(parts) == 2 and parts[1].before in ("-", "(") else None


def _can_be_place(form: Sequence[str], part: Part) -> bool:
    """Whether an unknown name can be a place: it is short, does not begin with a given name or end like a surname."""
    words = part.last - part.first
    last = form[part.last - 1]
    is_surname = last.startswith("ال") and last.endswith(("ي", "ى"))
    is_arabic = "ء" <= last[0] <= "ي"
    return words <= 2 and is_arabic and not is_surname and not _is_person(form, part) and fold(last) not in DATE_WORDS
