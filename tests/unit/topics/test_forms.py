"""Features of form: each tells what its name says, and nothing that is no story tells any."""

from typing import Any

import pytest

from khabar.bootstrap import build_engine
from khabar.engines.base import Engine
from khabar.messages.article import Article
from khabar.pipeline.segment import segment, split
from khabar.settings import Settings
from khabar.text.document import Document
from khabar.topics.forms import NAMES, forms
from khabar.topics.live import is_live
from khabar.topics.terms import terms

NEWS = "أعلن الوزير أمس الثلاثاء أن المصنع سيفتح أبوابه قريبا، وقال إن العمل بدأ"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return build_engine(Settings())


def document_of(engine: Engine, body: str, **given: Any) -> Document:
    document = Document.of(Article(id="a", body=body, **given))
    split(document)
    segment(document, engine)
    return document


@pytest.mark.parametrize(
    ("name", "given", "expect"),
    [
        ("title_denies", {"title": "هذه الصورة قديمة وليست من الزلزال"}, True),
        ("title_denies", {"title": "الوزير: المصنع ليس للبيع"}, False),
        ("title_denies", {"title": "صورة الفائز"}, False),
        ("title_opens_asking", {"title": "كيف تبني بيتا"}, True),
        ("title_opens_asking", {"title": "الوزير يشرح كيف يبنى البيت"}, False),
        ("title_digests", {"title": "بلومبيرغ: السوق في خطر"}, True),
        ("title_digests", {"title": "الوزير: السوق بخير"}, False),
        ("title_explains", {"title": "نصائح للسفر"}, True),
        ("no_title", {}, True),
        ("no_title", {"title": "خبر"}, False),
        ("reportage", {"author": "الرياض، تحقيق- سمير الكاتب"}, True),
        ("reportage", {"author": "الرياض - سمير الكاتب"}, False),
        ("no_dates", {}, False),
        ("lead_dates", {}, True),
        ("lead_reports", {}, True),
        ("lead_first_person", {}, False),
    ],
)
def test_a_feature_is_what_its_name_says(engine: Engine, name: str, given: dict[str, Any], expect: bool) -> None:
    """What no other feature of the article tells."""
    value = forms(document_of(engine, NEWS, **given))[NAMES.index(name)]
    assert (value > 0) is expect


def test_quoted_words_are_those_between_the_marks(engine: Engine) -> None:
    """A press release quotes little, an interview much."""
    at = NAMES.index("quoted")
    assert forms(document_of(engine, "قال «كل الكلام بين علامتين»"))[at] == pytest.approx(4 / 5)
    assert forms(document_of(engine, "قال كلاما بلا علامات"))[at] == 0


def test_how_a_text_begins_is_a_term_of_its_own(engine: Engine) -> None:
    """A forecast opens with "expects", a release with "celebrated"; the same word later tells less."""
    found = terms(document_of(engine, "احتفل الفريق بالكأس في مقره", title="حفل كبير"))
    assert [term for term in found if term[0] in "#^"] == ["#حفل", "#كبير", "^احتفل", "^فريق"]


def test_a_byline_is_no_beginning(engine: Engine) -> None:
    """The lead begins where the story does."""
    plain = terms(document_of(engine, NEWS, author="سمير الكاتب"))
    signed = terms(document_of(engine, "سمير الكاتب\n" + NEWS, author="سمير الكاتب"))
    assert [term for term in plain if term[0] == "^"] == [term for term in signed if term[0] == "^"]


@pytest.mark.parametrize(
    ("title", "body", "expect"),
    [
        ("تغطية حية للمباراة", "نص", True),
        ("خبر", "12:30 بدأت\n12:45 هدف\n13:00 راحة\n13:20 هدف", True),
        ("خبر", "12:30 بدأت\nثم كان هدف\nثم راحة", False),
    ],
)
def test_minute_by_minute(engine: Engine, title: str, body: str, expect: bool) -> None:
    """The title says so, or most paragraphs open with a time of day."""
    assert is_live(document_of(engine, body, title=title)) is expect
