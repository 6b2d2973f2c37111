"""What holds for every text whatever it contains."""

from collections.abc import Callable
from unicodedata import category, normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from khabar.messages.article import Article
from khabar.messages.record import Record
from khabar.pipeline.pipeline import Pipeline
from khabar.text.document import Document

Parse = Callable[..., Document]

WORDS = [
    "قال",
    "الرئيس",
    "إن",
    "و",
    "للتنظيم",
    "مَدْرَسَةٌ",
    "لـ",
    "كتـــاب",
    "ﻻ",
    "ﷲ",
    "ﷺ",
    "أيلول/سبتمبر",
    "شمالاً.إلا",
    "د",
    "U.S.",
]
DIRT = [
    *("ً", "ّ", "ٰ", "ٓ", "ٔ", "ۖ", "ـ", "\u200f", "\u202b", "\u202c", "\u2066", "\u200b", "\u200c", "\u200d", "\ufeff"),
    *("\xa0", "\u202f", " ", "  ", "\t", "\n", "\r\n", "\u2028", "\x00", "\x1a", "\x1f", "\x85", "\xad", "\ufe0f"),
    *(
        "&quot;",
        "&nbsp;",
        "&#1575;",
        "&#1611;",
        "&amp;quot;",
        "&amp;",
        "&",
        "&#0;",
        "&zz;",
        "<b>",
        "</b>",
        "<br/>",
        "<p class='x'>",
    ),
    *(
        "</p>",
        "&lt;p&gt;",
        "<!-- x -->",
        "<script>x</script>",
        "<",
        ">",
        "1,500",
        "٣٫٥",
        "٢٠١٥",
        "۱۲",
        "3.5",
        "72. 4",
        "50%",
        "٪",
    ),
    *(
        '"',
        "«",
        "»",
        "“",
        "”",
        "((",
        "))",
        ".",
        "..",
        "...",
        "…",
        ".,",
        "،",
        "؟",
        "!",
        ":",
        "#",
        "_",
        "@",
        "#قوات_سوريا",
    ),
    *(
        "👍🏽",
        "👩‍👩‍👧",
        "🇸🇾",
        "❤️",
        "1️⃣",
        "e\u0301",
        "नि",
        "http://a.sa/x?y=1",
        "www.x.com.",
        "a@b.co",
        "@user_1",
        "ی",
        "ک",
    ),
]
dirty = st.lists(
    st.one_of(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(DIRT), st.just(" ")), max_size=30
).map("".join)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
texts = st.one_of(dirty, st.builds("".join, st.lists(st.one_of(dirty, anything), max_size=4)))


@settings(max_examples=300, deadline=None)
@given(body=texts, title=st.one_of(st.none(), texts))
@example(body="\u200f\n\nقال", title=None)
@example(body="<p>قال</p><p>ذهب</p>", title="\n")
@example(body="قال\u200f", title="ـ")
def test_spans_are_in_range_sorted_nested_and_miss_no_visible_character(
    parse: Parse, body: str, title: str | None
) -> None:
    """Consumers slice the text by these offsets; one wrong offset makes every later claim wrong."""
    document = parse(body, title)
    raw, tokens, sentences, paragraphs = document.raw, document.tokens, document.sentences, document.paragraphs
    if not tokens.form:
        assert not sentences.start
        return
    for columns in (tokens, sentences, paragraphs):
        assert all(0 <= start < end <= len(raw) for start, end in zip(columns.start, columns.end, strict=True))
        assert all(end <= start for end, start in zip(columns.end, columns.start[1:], strict=False))
    for index in range(len(sentences)):
        assert (
            raw[sentences.start[index] : sentences.end[index]].strip()
            == raw[sentences.start[index] : sentences.end[index]]
        )
        assert paragraphs.start[sentences.paragraph[index]] <= sentences.start[index]
        assert sentences.end[index] <= paragraphs.end[sentences.paragraph[index]]
        for token in sentences.tokens(index):
            assert sentences.start[index] <= tokens.start[token]
            assert tokens.end[token] <= sentences.end[index]
            assert sentences.of_token(token) == index
    for columns in (sentences, paragraphs):
        covered = set()
        for start, end in zip(columns.start, columns.end, strict=True):
            covered.update(range(start, end))
        assert not [offset for offset, character in enumerate(raw) if not character.isspace() and offset not in covered]


@settings(max_examples=200, deadline=None)
@given(body=texts)
@example(body="1️⃣")
@example(body="قال \u064bذهب")
def test_no_token_is_cut_inside_a_grapheme_cluster(parse: Parse, body: str) -> None:
    """A span that ends before a word's last vowel sign shows a broken word to the reader."""
    document = parse(body)
    raw, tokens = document.raw, document.tokens
    for start, end in zip(tokens.start, tokens.end, strict=True):
        if category(raw[start]).startswith("M") and start:
            assert category(raw[start - 1])[0] in "ZC", "a mark begins a token although it has a base"
        if end < len(raw):
            assert not category(raw[end]).startswith("M")


@settings(max_examples=200, deadline=None)
@given(body=texts)
def test_the_map_back_is_monotonic_and_reaches_every_normalized_character(parse: Parse, body: str) -> None:
    """Extractors match on normalized text; the way back must never cross or point outside."""
    normalized = parse(body).normalized
    starts = list(normalized.starts)
    assert len(starts) == len(normalized.text)
    assert starts == sorted(starts)
    for index in range(len(starts)):
        start, end = normalized.raw_span(index, index + 1)
        assert 0 <= start < end <= len(body)
    assert not any(character.isspace() and character not in " \n" for character in normalized.text)


@settings(max_examples=200, deadline=None)
@given(noise=texts)
def test_a_record_repeats_the_text_at_its_claims_and_comes_out_the_same_twice(pipeline: Pipeline, noise: str) -> None:
    """text[start:end] is the claim, and equal articles have equal bytes: both are promised to consumers."""
    body = "وقال الرئيس إن الحكومة في البلاد سوف تعمل على ذلك من أجل الجميع بعد اليوم. " * 5 + noise
    article = Article(id="a", body=body)
    record = pipeline(article)
    assert record.text == body
    for claim in [*(record.hashtags or []), *(record.links or [])]:
        assert record.text[claim.start : claim.end] == claim.text
    assert pipeline(article) == record
    assert not record.failures


def _words_between(text: str, mark: str) -> str:
    """Put a mark after every Arabic letter that another follows."""
    letters = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"
    pairs = zip(text, text[1:] + " ", strict=True)
    return "".join(c + mark if c in letters and following in letters else c for c, following in pairs)


CHANGES: dict[str, Callable[[str], str]] = {
    "diacritics": lambda text: _words_between(text, "ّ"),
    "two diacritics and a dagger alef": lambda text: _words_between(text, "ِّٰ"),
    "tatweel": lambda text: _words_between(text, "ــ"),
    "bidi marks": lambda text: text.replace(" ", " \u200f").replace("ا", "ا\u202c"),
    "zero-width": lambda text: text.replace(" ", "\u200b ").replace("ال", "ا\u200cل"),
    "no-break spaces": lambda text: text.replace(" ", "\xa0"),
    "Arabic-Indic digits": lambda text: text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    "Persian digits": lambda text: text.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
    "NFD": lambda text: normalize("NFD", text),
    "ligatures": lambda text: text.replace("لا", "ﻻ").replace("لأ", "ﻷ"),
    "presentation forms": lambda text: text.translate(str.maketrans("بتمنهو", "ﺑﺗﻣﻧﻫﻭ")),
    "entities": lambda text: text.replace('"', "&quot;").replace("ا", "&#1575;"),
    "double-escaped entities": lambda text: text.replace('"', "&amp;quot;"),
    "Persian kaf": lambda text: text.replace("ك", "ک"),
    "inline tags": lambda text: text.replace("الأخير", "<b>الأخير</b>"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_dirt_moves_offsets_and_changes_nothing_else(pipeline: Pipeline, sample_article: Article, change: str) -> None:
    """The same story typed in another way must give the same words."""
    assert sample_article.title
    body = CHANGES[change](sample_article.body)
    title = CHANGES[change](sample_article.title)
    assert body != sample_article.body
    record, clean = pipeline(Article(id="a", title=title, body=body)), pipeline(sample_article)
    assert record.tokens
    assert clean.tokens
    assert record.tokens.segments == clean.tokens.segments
    assert _shape(record) == _shape(clean)


def _shape(record: Record) -> object:
    return (
        [h.words for h in record.hashtags or []],
        [s.paragraph for s in record.sentences or []],
        len(record.paragraphs or []),
    )
