"""The category of each quantity, such as people or money, from its noun, its sentence and the quantities beside it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from khabar.grammar.counts.casualties import FATES, WHOLE, casualty, event_phrase
from khabar.grammar.counts.draft import Draft
from khabar.grammar.counts.implied import implied_category
from khabar.grammar.counts.nouns import MONEY, OTHER, PEOPLE, PERCENT
from khabar.grammar.counts.reach import sentence_of
from khabar.lexicons import entries
from khabar.text.document import Document

_FROM: Final = frozenset({"من", "ومن"})
_TO: Final = frozenset(entries("quantities/targets"))
# "Others" means people: وإصابة 5 آخرين.
_OTHERS: Final = ("آخر", "اخر")
_MIN_MONEY: Final = 1_000_000
# A number at least this great, without a noun, counts the same as the number before it.
_MIN_SHARED: Final = 1_000_000
_OF_PEOPLE: Final = frozenset({PEOPLE, *FATES})
_LINKS: Final = frozenset({"و", "مقابل", "من", "إلى", "الى", "بينهم", "منهم"})
_CASE_HEADS: Final = frozenset(entries("quantities/case_heads"))
_CASES: Final = dict(line.split("\t") for line in entries("quantities/cases"))
# 3 نقاط مئوية
_POINTS: Final = frozenset(entries("quantities/points"))
_OF_HUNDRED: Final = ("مئوية", "مئويه", "مئويتين", "مئويتان")


def add_categories(document: Document, drafts: Sequence[Draft]) -> None:
    """Set the category of each draft, in text order."""
    form, sentences = document.tokens.form, document.sentences
    whole, sentence_of_whole = None, -1
    for draft in drafts:
        unit = draft.unit
        draft.category = _of_noun(form, draft)
        sentence = sentences.of_token(draft.first)
        whole = whole if sentence == sentence_of_whole else None
        is_of_people = not unit or draft.category == PEOPLE or form[unit.first].startswith(_OTHERS)
        if is_of_people:
            _add_casualty(document, draft, sentences.tokens(sentence), whole)
        if is_of_people and draft.category != OTHER:
            whole, sentence_of_whole = draft.category, sentence
    for left, right in pairwise(drafts):
        _share_category(document, left, right)
        _share_fate(document, left, right)


def _share_fate(document: Document, left: Draft, right: Draft) -> None:
    """Give the fate of the people on the left also to people joined to them by و: قضى زوجان وطفلان."""
    form = document.tokens.form
    if left.category not in FATES or right.category != PEOPLE or right.first > left.last + 2:
        return
    is_joined = form[right.first - 1] == "و" if right.first == left.last + 2 else form[right.first].startswith("و")
    if is_joined and right.first in sentence_of(document, left.first):
        right.category = left.category


def _add_casualty(document: Document, draft: Draft, sentence: range, whole: str | None) -> None:
    form, unit = document.tokens.form, draft.unit
    phrase = event_phrase(form, draft.first, sentence.start)
    if phrase == WHOLE:
        draft.category = PEOPLE if unit or whole not in (None, MONEY) else OTHER
        return
    found = phrase or casualty(form, draft.first, draft.last, sentence, whole=whole, has_unit=unit is not None)
    # "People" needs a noun or a whole of people: other numbers beside such words (rescued, hired) may count anything.
    if found and (found != PEOPLE or unit or phrase or whole == PEOPLE):
        draft.category = found
    elif not unit:
        # الآلاف without a noun usually means people; الملايين may mean money.
        is_crowd = draft.lower is not None and draft.lower < _MIN_MONEY and draft.modifier == "vague"
        implied = implied_category(form, draft.first, sentence.start)
        draft.category = implied or (PEOPLE if is_crowd else OTHER)


def _of_noun(form: Sequence[str], draft: Draft) -> str:
    """Return the category of the noun; the word after it may change it: حالات وفاة, نقاط مئوية."""
    unit = draft.unit
    if unit is None:
        return OTHER
    following = form[unit.last + 1] if unit.last + 1 < len(form) else ""
    noun = form[unit.first]
    if noun in _CASE_HEADS or noun[1:] in _CASE_HEADS:
        return _CASES.get(following.removeprefix("ال"), unit.category)
    if following in _OF_HUNDRED and noun in _POINTS:
        return PERCENT
    return unit.category


def _share_category(document: Document, left: Draft, right: Draft) -> None:
    """Give the category of one number to the other if one noun belongs to both: من 120 في عام 2011 إلى 143 شخصا."""
    form = document.tokens.form
    if (left.unit and right.unit) or right.first not in sentence_of(document, left.first):
        return
    if right.unit is None and right.category == OTHER and (right.value or 0) >= _MIN_SHARED:
        # دفع 500 مليون يورو، منها 250 مليون للاعب. The category of people is only given if و, مقابل or the like comes before.
        before = form[right.first - 1]
        if left.category == MONEY or (
            left.category in _OF_PEOPLE and (before in _LINKS or form[right.first][0] == "و")
        ):
            right.category = left.category
            return
    if event_phrase(form, right.first, left.last) == WHOLE and left.category == OTHER and not left.unit:
        left.category = right.category
        return
    is_change = form[left.first - 1] in _FROM and form[right.first - 1] in _TO
    if not is_change and right.first > left.last + 2:
        return
    is_joined = "و" in (form[right.first][0], form[right.first - 1])
    if left.unit is None and right.unit and is_joined and left.category in (OTHER, right.category):
        left.category, left.unit = right.category, right.unit  # 25 و60 دينار: one noun for both
    elif left.unit is None and left.category == OTHER:
        left.category = right.category
    elif right.unit is None and right.category == OTHER and is_change:
        right.category = left.category
