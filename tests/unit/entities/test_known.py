"""Organisations whose names hold a place's name."""

import pytest

from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.entities.known import with_known
from khabar.entities.nominals import without_bare_nouns
from khabar.entities.recognizer import Name
from khabar.messages.article import Article
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document


def _document(text: str) -> Document:
    document = Document.of(Article(id="a", body=text))
    split(document)
    segment(document, FarasaEmbedded())
    return document


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("مقتل عنصرين من قوات سوريا الديمقراطية", ["LOC سوريا"], ["ORG قوات سوريا الديمقراطية"]),
        ("وقُتل قائد في وقوات سوريا الديمقراطيه أمس", [], ["ORG قوات سوريا الديمقراطيه"]),
        ("اتفاق لقـوات سوريا  الديمقراطية مع دمشق", ["LOC دمشق"], ["ORG قـوات سوريا  الديمقراطية", "LOC دمشق"]),
        ("قيادة قوات سوريا الديمقراطية", ["ORG قيادة قوات سوريا الديمقراطية"], ["ORG قيادة قوات سوريا الديمقراطية"]),
        ("أعلن تنظيم القاعدة في جزيرة العرب", ["LOC جزيرة العرب"], ["ORG تنظيم القاعدة في جزيرة العرب"]),
        ("انتشرت قوات في سوريا. الديمقراطية مطلب", ["LOC سوريا"], ["LOC سوريا"]),
        ("دخلت قوات سوريا. الديمقراطية مطلب", ["LOC سوريا"], ["LOC سوريا"]),
    ],
)
def test_nothing_inside_is_a_name_of_its_own(text: str, found: list[str], expected: list[str]) -> None:
    """With proclitics, careless spelling, tatweel; not across sentences; a longer name around it stays."""
    document = _document(text)
    names = []
    for item in found:
        kind, _, words = item.partition(" ")
        start = text.index(words)
        names.append(Name(kind, start, start + len(words)))  # type: ignore[arg-type]
    assert [f"{name.type} {text[name.start : name.end]}" for name in with_known(document, names)] == expected


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("وقال إن التنظيم انسحب", "التنظيم", []),
        ("خسائر للتنظيم في المعركة", "لتنظيم", []),
        ("وفاز الاتحاد بهدف", "الاتحاد", ["الاتحاد"]),
        ("انسحب تنظيم داعش", "تنظيم داعش", ["تنظيم داعش"]),
        ("وأعلن داعش انسحابه", "داعش", ["داعش"]),
    ],
)
def test_a_bare_noun_is_no_name(text: str, found: str, expected: list[str]) -> None:
    """It stands for an organisation named before, and is a nominal mention of that; but a club is called الاتحاد."""
    document = _document(text)
    name = Name("ORG", text.index(found), text.index(found) + len(found))
    assert [text[name.start : name.end] for name in without_bare_nouns(document, [name])] == expected
