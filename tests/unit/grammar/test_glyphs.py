"""Quotation glyphs as scraped news has them: swapped, glued, nested, missing."""

import pytest

from khabar.grammar.speech.glyphs import quoted
from khabar.messages.article import Article
from khabar.pipeline.segment import split
from khabar.text.document import Document

CASES = [
    ('قال: "كلام كثير" وأضاف "شيء آخر."', ["كلام كثير", "شيء آخر"]),
    ('قال :" لا يمكن استخدام "زايت" لتحديد الزمن ". ثم', ['لا يمكن استخدام "زايت" لتحديد الزمن']),
    ("أعلنت «سابك « عن توزيع", ["سابك"]),
    ("قال لـ»الجزيرة « إن", ["الجزيرة"]),
    ('بـ"وانيت" و"كذا" ثم "شيء"قال', ["وانيت", "كذا", "شيء"]),
    ('"فقرة أولى.\n"فقرة ثانية.\n"فقرة ثالثة". ثم', ['فقرة أولى.\n"فقرة ثانية.\n"فقرة ثالثة']),
    ('"فقرة أولى.\nفقرة ثانية". ثم', ["فقرة أولى.\nفقرة ثانية"]),
    ('"فقرة أولى.\nنجاح "القاهرة" فيها". ثم', ['فقرة أولى.\nنجاح "القاهرة" فيها']),
    ("قال “كلام\" و((شيء آخر)) و''قول''", ["كلام", "شيء آخر", "قول"]),
    ("«أ «ب» ج»", ["أ «ب» ج"]),
    ("شاشة 5″ ثم 6″ أيضا", []),
    ("كلام بلا علامات", []),
]
OPEN_CASES = [
    ('قال "لا إغلاق هنا. وأضاف "جملة". نعم', [("لا إغلاق هنا", False), ("جملة", True)]),
    ('قال "لا إغلاق هنا.\nثم "جملة" أخرى', [("لا إغلاق هنا", False), ("جملة", True)]),
    ("قال «لا إغلاق هنا. ثم جملة", [("لا إغلاق هنا. ثم جملة", False)]),
]


def _stretches(text: str) -> list[tuple[str, bool]]:
    document = Document.of(Article(id="a", body=text))
    split(document)
    spans = [(document.token_span(found.first, found.last), found.is_closed) for found in quoted(document)]
    return [(text[start:end], is_closed) for (start, end), is_closed in spans]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_glyphs_are_paired(text: str, expected: list[str]) -> None:
    """The outermost stretch, without glyphs and punctuation at its edges."""
    assert _stretches(text) == [(stretch, True) for stretch in expected]


@pytest.mark.parametrize(("text", "expected"), OPEN_CASES)
def test_what_is_not_closed_ends_with_its_sentence(text: str, expected: list[tuple[str, bool]]) -> None:
    """One missing glyph must not swallow the rest of the article."""
    assert _stretches(text) == expected
