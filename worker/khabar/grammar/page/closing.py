"""The credit at the end of a story: the agency in brackets or on a separate line, or the writer's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.credit_names import Kind, is_given_name
from khabar.grammar.page.credits import Part, read_parts
from khabar.grammar.surface import CONJUNCTIONS, PREPOSITIONS
from khabar.lexicons import entries
from khabar.text.document import Document
from khabar.text.sentences import STOPS

_LONGEST_LINE: Final = 10  # tokens
_LONGEST_BRACKET: Final = 20  # tokens; (إعداد فلان للنشرة العربية - تحرير فلان) has 10
_SIGNED: Final = frozenset({Kind.AGENCY, Kind.OUTLET, Kind.DESK, Kind.DATE, Kind.PLACE})
_LONGEST_AGENCY: Final = 6  # tokens; وكالة المغرب العربي للأنباء has 4
_AGENCY_HEADS: Final = ("وكاله", "الانباء")  # folded, after any proclitic
_OPENING: Final = frozenset("([")
_CLOSING: Final = frozenset(")]")
_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_PROCLITICS: Final = frozenset((*CONJUNCTIONS, *PREPOSITIONS))  # لـ(رويترز)
_SIGNATURES: Final = dict(line.split("\t") for line in entries("origin/signatures"))


@dataclass(frozen=True, slots=True)
class Closing:
    """The credit after the last sentence.

    Attributes:
        agencies: canonical names in text order.
        names: tokens of the credit, each as [first, last).
        stamps: tokens of dates after a writer's name (كتب: فلان | 13 يونيو), each as [first, last).
    """

    agencies: tuple[str, ...] = ()
    names: tuple[tuple[int, int], ...] = ()
    stamps: tuple[tuple[int, int], ...] = ()


def closing(document: Document, last: int) -> Closing:
    """Return the credit that ends the story.

    Args:
        document: has segmented tokens.
        last: one past the story's last token; remains of the page may begin there.
    """
    form = document.tokens.form
    while last and form[last - 1] in STOPS:
        last -= 1
    if not last or document.tokens.start[last - 1] < document.body_start:
        return Closing()
    if form[last - 1] in _CLOSING:
        return _in_brackets(document, last)
    sentence = document.sentences.first_token[document.sentences.of_token(last - 1)]
    if last - sentence > _LONGEST_LINE or document.tokens.start[sentence] <= document.body_start:
        return Closing()
    return _closing(document, sentence, last)


def _in_brackets(document: Document, last: int) -> Closing:
    """Return the credit in the brackets that close before `last`: (رويترز), (إعداد فلان للنشرة العربية - تحرير فلان)."""
    form = document.tokens.form
    earliest = max(last - _LONGEST_BRACKET, 0)
    first = next((index for index in range(last - 1, earliest, -1) if form[index] in _OPENING), 0)
    # «ذكرت وكالة (رويترز)» names the source of the sentence, not of the story.
    if not first or form[first - 1] in _FUNCTION_WORDS or form[first - 1] in _PROCLITICS:
        return Closing()
    if form[first - 1] not in STOPS and _is_gloss(form, first, last):
        return Closing()
    inside = form[first + 1 : last - 1]
    signed = next((_SIGNATURES[word] for word in inside if word in _SIGNATURES), None)
    if signed:
        return Closing((signed,), ((first, last),))
    return _closing(document, first, last)


def _is_gloss(form: Sequence[str], first: int, last: int) -> bool:
    """Whether the brackets explain the words before them: وكالة الأنباء السعودية (واس), باللغة (الفرنسية)."""
    before = form[max(first - _LONGEST_AGENCY, 0) : first]
    return form[last - 2].endswith("ية") or any(fold(word).endswith(_AGENCY_HEADS) for word in before)


def _closing(document: Document, first: int, last: int) -> Closing:
    parts = read_parts(document.tokens, first, last)
    agencies = tuple(part.known.agency for part in parts if part.kind is Kind.AGENCY)
    kinds = {part.kind for part in parts}
    is_source = Kind.AGENCY in kinds or {Kind.DESK, Kind.OUTLET} <= kinds  # خدمة «نيويورك تايمز»
    is_credit = is_source and parts[-1].ends_line and kinds <= _SIGNED
    if not is_credit:
        return _signature(document.tokens.form, parts)
    bullets = len(parts[0].before) - len(parts[0].before.lstrip("-"))
    return Closing(agencies, ((first + bullets, last),))


def _signature(form: Sequence[str], parts: Sequence[Part]) -> Closing:
    """Return the writer's line (كتب: محمد العلي | 13 يونيو، إعداد منى السيد): a word such as كتب with a person's name."""
    if not parts or parts[0].kind is not Kind.DESK or not parts[-1].ends_line:
        return Closing()
    is_named = any(is_given_name(form[index]) for part in parts[:2] for index in range(part.first, part.last))
    if not is_named or not {part.kind for part in parts} <= _SIGNED | {Kind.NAME}:
        return Closing()
    names = tuple((part.first, part.last) for part in parts if part.kind is not Kind.DATE)
    return Closing((), names, tuple((part.first, part.last) for part in parts if part.kind is Kind.DATE))
