"""Quality flags: what was dirty, by name. docs/reference/quality_flags.md describes each; nothing is repaired in the text."""

import re
from collections.abc import Callable
from typing import Final
from unicodedata import is_normalized

from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.temporal.anchor import SCRAPED_LATER
from khabar.lexicons import entries
from khabar.pipeline.language import LATIN_SUPPLEMENT_RUN, has_mojibake
from khabar.text.characters import (
    ARABIC_INDIC_DIGITS,
    ARABIC_MARKS,
    BIDI_MARKS,
    COMMON_MARKS,
    CONTROLS,
    NO_BREAK_SPACES,
    PERSIAN_DIGITS,
    PRESENTATION_FORMS,
    TATWEEL,
    ZERO_WIDTH,
)
from khabar.text.document import Document

_PAIRS: Final = tuple(tuple(line.split("\t")) for line in entries("punctuation/quotes"))
_CODE: Final = re.compile(r"\{[^{}]{0,500}:[^{}]{0,500};|\bfunction\s*\(")
_SPACED_MARK: Final = re.compile(r"[^\s.،؛:!؟] [،؛:؟!.](?!\.)")
_PERSIAN_KEYS: Final = frozenset("یکھہ")
_GOES_ON: Final = frozenset(",،:؛)")
_VERY_SHORT_WORDS: Final = 20

_DIRT_FLAGS: Final = {
    "bidi_marks": BIDI_MARKS,
    "control_characters": CONTROLS,
    "diacritics": ARABIC_MARKS,
    "nbsp": NO_BREAK_SPACES,
    "persian_letters": _PERSIAN_KEYS,
    "presentation_forms": frozenset(PRESENTATION_FORMS),
    "tatweel": frozenset(TATWEEL),
    "zero_width": ZERO_WIDTH,
}
_CAN_COMPOSE: Final = ARABIC_MARKS | COMMON_MARKS | frozenset(PRESENTATION_FORMS)

_CHECKS: Final[dict[str, Callable[[Document], bool]]] = {
    "code_remains": lambda d: ("{" in d.raw or "function" in d.raw) and _CODE.search(d.raw) is not None,
    "empty_body": lambda d: not d.article.body or d.article.body.isspace(),
    "html_entities": lambda d: d.normalized.entities,
    "html_remains": lambda d: d.normalized.tags,
    "mixed_digit_systems": lambda d: _has_mixed_digits(d),
    "mojibake": lambda d: LATIN_SUPPLEMENT_RUN.search(d.raw) is not None or has_mojibake(d),
    "no_title": lambda d: not d.article.title or d.article.title.isspace(),
    "not_nfc": lambda d: not d.normalized.dirt.isdisjoint(_CAN_COMPOSE) and not is_normalized("NFC", d.raw),
    "paragraph_split_at_inline_tag": lambda d: _has_split_paragraph(d),
    "replacement_character": lambda d: "\ufffd" in d.raw,
    "single_paragraph": lambda d: _body_paragraphs(d) == 1,
    "space_before_punctuation": lambda d: _SPACED_MARK.search(d.text) is not None,
    "unbalanced_quotation_marks": lambda d: _has_unbalanced_quotes(d.raw),
    "very_short": lambda d: len(d.tokens.words) < _VERY_SHORT_WORDS,
}
# Found on the way by the segmentation step.
_SEGMENTATION_FLAGS: Final = ("glued_sentences", "hard_wrapped", "paragraphs_joined_with_dot_comma")

# Found by the extractor of times, because no other reads the text's dates: absent without that layer.
_TEMPORAL_FLAGS: Final = (SCRAPED_LATER,)

# Kind of text that is not story -> its flag.
_BOILERPLATE_FLAGS: Final = {
    "byline": "byline_in_text",
    "caption": "caption_remains",
    "code": "code_remains",
    "contact": "contact_remains",
    "furniture": "furniture",
    "link": "link_remains",
    "paragraph": "paragraph_repeated",
    "site": "furniture",
    "stamp": "furniture",
    "tags": "tags_in_text",
    "title": "title_repeated",
}

FLAGS: Final = tuple(
    sorted({*_DIRT_FLAGS, *_CHECKS, *_SEGMENTATION_FLAGS, *_TEMPORAL_FLAGS, *_BOILERPLATE_FLAGS.values()})
)


def flag(document: Document) -> None:
    """Add the flags that apply to `document.flags`.

    Args:
        document: segmented.
    """
    dirt = document.normalized.dirt
    flags = document.flags
    if dirt:
        flags.update(name for name, characters in _DIRT_FLAGS.items() if not dirt.isdisjoint(characters))
    flags.update(name for name, applies in _CHECKS.items() if applies(document))
    flags.update(_BOILERPLATE_FLAGS[stretch.kind] for stretch in boilerplate(document).stretches)


def _has_mixed_digits(document: Document) -> bool:
    dirt = document.normalized.dirt
    systems = [not dirt.isdisjoint(ARABIC_INDIC_DIGITS), not dirt.isdisjoint(PERSIAN_DIGITS)]
    return any(systems) and (all(systems) or re.search("[0-9]", document.raw) is not None)


def _has_unbalanced_quotes(raw: str) -> bool:
    if raw.count('"') % 2:
        return True
    return any(raw.count(opening) != raw.count(closing) for opening, closing in _PAIRS)


def _has_split_paragraph(document: Document) -> bool:
    """Whether a paragraph begins with a mark that can only continue a sentence: each <a> or <b> became a paragraph."""
    form = document.tokens.form
    first_token = document.sentences.first_token
    firsts = [first_token[index] for index in document.paragraphs.first_sentence[1:-1]]
    return any(form[first] in _GOES_ON and not _is_smiley(document, first) for first in firsts)


def _is_smiley(document: Document, first: int) -> bool:
    """Whether the mark is one of several that touch (:) and ...), or stands alone on its line."""
    tokens = document.tokens
    following = tokens.form[first + 1 : first + 2]
    return not following or (tokens.touches_previous(first + 1) and not following[0][0].isalnum())


def _body_paragraphs(document: Document) -> int:
    return sum(start >= document.body_start for start in document.paragraphs.start)
