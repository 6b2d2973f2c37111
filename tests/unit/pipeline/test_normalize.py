"""Normalization, one kind of dirt a case."""

import pytest

from khabar.text.normalize import normalize
from tests.unit.growth import assert_linear

CASES = [
    ("كُتُبٌ", "كتب", "vowel signs"),
    ("ٱلرَّحْمَٰنِ ۖ", "الرحمن ", "Quranic spelling and a pause mark without a base"),
    ("لـ«الشرق»", "ل«الشرق»", "tatweel between a proclitic and a quote"),
    ("الرياض ـ واس", "الرياض - واس", "a tatweel alone is a dash"),
    ("2015ـ2016", "2015-2016", "a tatweel between digits is a dash"),
    ("ﻻ ﻷن ﺍﻟﻌﺮﺑﻴﺔ", "لا لأن العربية", "presentation forms"),
    ("ﷲ ﷺ", "الله ﷺ", "one code point cannot be four tokens: the honorific stays a symbol"),
    ("100﷼", "100ريال", "the sign of the currency is its word"),
    ("\u0627\u0654\u0633\u0648\u0654\u064a\u0654\u0627\u0653", "أسؤئآ", "hamza and madda typed as marks (NFD)"),
    ("ا\u064e\u0654مر", "أمر", "hamza after a vowel sign"),
    ("٢٠١٥ ۱۲", "2015 12", "both digit systems"),
    ("٣٫٥ ١٬٥٠٠", "3.5 1,500", "Arabic separators in numbers"),
    ("الأسماك٬ إن", "الأسماك, إن", "the thousands separator typed for a comma"),
    ("٥٠٪", "50%", "Arabic percent sign"),
    ("علی محمد علي", "على محمد علي", "the yeh of a Persian keyboard stands for ى here; a real ي is left alone"),
    ("فی کل", "في كل", "Persian yeh and kaf"),
    ("\u202bمهرجان\u202c\u200f", "مهرجان", "bidi marks"),
    ("\ufeffوزارة \u200bالعمل\x00\x1a", "وزارة العمل", "BOM, zero width and control characters"),
    ("1438ه\u200dـ.", "1438ه.", "a joiner typed to shape the letter"),
    ("قال\xa0\u202fثم\u2028نعم\r\n", "قال  ثم\nنعم\n\n", "spaces and line breaks"),
    ("&quot;أبل&quot;&nbsp;&#1575;&#x644;", '"أبل" ال', "entities"),
    ("&amp;quot;أبل&amp;amp;nbsp;", '"أبل ', "entities escaped twice and more"),
    ("A&B; &zz; &#0; R&D", "A&B; &zz; \ufffd R&D", "what only looks like an entity is left alone"),
    ("قال<br/>نعم <b>جد</b>اً</p>", "قال\nنعم جدا\n", "tags: some begin a line, some vanish"),
    ("&lt;p class=&quot;x&quot;&gt;قال", "\nقال", "escaped tags"),
    ("<script>var a = 1;</script>قال<!-- x -->", "\nقال ", "scripts go with their content"),
    ("أقل < من 5 > ثلاثة <سوريا>", "أقل < من 5 > ثلاثة <سوريا>", "comparison signs and Arabic brackets are text"),
    ("👩\u200d👧 ❤\ufe0f 👍🏽", "👩\u200d👧 ❤ 👍", "a family stays glued, variants and skin tones are dropped"),
    ("cafe\u0301", "café", "accents of other scripts are composed"),
]


@pytest.mark.parametrize(("raw", "expected"), [case[:2] for case in CASES], ids=[case[2] for case in CASES])
def test_dirt_becomes_plain_arabic(raw: str, expected: str) -> None:
    """Extractors match on this text; each case is a kind of dirt from the field."""
    assert normalize(raw).text == expected


def test_clean_text_is_not_copied() -> None:
    """Most text is clean: it must cost one search and no map."""
    raw = "قال الرئيس إن الحكومة 15 وزيراً"[:20]
    assert normalize(raw).text is raw
    assert normalize(raw).is_identity


def test_the_span_of_a_word_holds_its_trailing_signs_and_no_bidi_mark() -> None:
    """A reader sees the span: a lost fathatan is a misquotation, a bidi mark is invisible baggage."""
    raw = "\u200fشكراً\u200f لك"
    normalized = normalize(raw)
    start, end = normalized.raw_span(0, 4)
    assert raw[start:end] == "شكراً"
    assert normalized.span(start, end) == (0, 4)


@pytest.mark.parametrize(
    "unit", ["ّ", "&", "<", "<a", "&amp;", "&lt;a ", "<script>", "<!--", "ـ", "\u200d", "\x00", "ﻻ"]
)
def test_time_grows_linearly_with_any_dirt(unit: str) -> None:
    """A hostile or broken page must not hold a worker: quadratic time on a million characters would take hours."""
    assert_linear(normalize, unit, "ا", characters=200_000)
