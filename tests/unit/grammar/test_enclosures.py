"""Spans that hold a whole pair of glyphs or none of it."""

from collections.abc import Callable

import pytest

from khabar.grammar.enclosures import whole_span
from khabar.text.document import Document
from tests.unit.growth import assert_linear

# The text with the span between bars, and the span that is left.
CASES = [
    ('قال |مدير إذاعة "البحر|" ذلك', 'مدير إذاعة "البحر"'),
    ("قال |مدير نادي «البحر|» ذلك", "مدير نادي «البحر»"),
    ('بلغ "|3058" مقعدا| أمس', '"3058" مقعدا'),
    ("بلغت (|71) مخالفة| أمس", "(71) مخالفة"),
    ('بلغ |30 "مقعدا| من مقاعد الدولة"', "30"),
    ("قال |إن «البحر» بعيد| جدا", "إن «البحر» بعيد"),
    ("قال |إن بـ”البحر” ماء| كثيرا", "إن بـ”البحر” ماء"),
    ('قال |إن " البحر " بعيد| جدا', 'إن " البحر " بعيد'),
    ("قال |إن البحر بعيد” ثم| عاد", "إن البحر بعيد"),
    ("سكن |في شقة 5″ صغيرة| هنا", "في شقة 5"),
    ("لا |شيء هنا| أبدا", "شيء هنا"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_span_is_mended(parse: Callable[[str], Document], text: str, expected: str) -> None:
    """The other half is taken in where it stands beside the span, else the glyph is left out."""
    before, span, after = text.split("|")
    document = parse(before + span + after)
    found = whole_span(document, len(before), len(before) + len(span))
    assert found is not None
    assert document.raw[slice(*found)] == expected


def test_nothing_may_be_left(parse: Callable[[str], Document]) -> None:
    """A glyph alone is no claim."""
    assert whole_span(parse("قال « نعم"), 4, 5) is None


@pytest.mark.parametrize("piece", ['"', "« ", "( ب ", "” "])
def test_time_is_linear(parse: Callable[[str], Document], piece: str) -> None:
    """One hostile article must not hold up a batch."""
    assert_linear(lambda text: whole_span(parse(text), 0, len(text.rstrip())), piece)
