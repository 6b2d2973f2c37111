"""The accurate recognizer with its weights, as the service runs it."""

import multiprocessing
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

import khabar.cli
from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.entities.accurate.recognizer import MOST_UNITS, AccurateRecognizer
from khabar.entities.recognizer import Name
from khabar.messages.article import Article
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document

SAMPLE = Path(khabar.cli.__file__).parent / "samples" / "article.txt"

Parse = Callable[[str], Document]


@pytest.fixture(scope="module")
def recognizer() -> AccurateRecognizer:
    return AccurateRecognizer()


@pytest.fixture(scope="module")
def parse() -> Parse:
    engine = FarasaEmbedded()

    def parse(text: str) -> Document:
        document = Document.of(Article(id="a", body=text))
        split(document)
        segment(document, engine)
        return document

    return parse


def _texts(document: Document, names: list[Name]) -> list[tuple[str, str]]:
    return [(name.type, document.raw[name.start : name.end]) for name in names]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "وصل وزير الخارجية المصري سامح شكري إلى بغداد.",
            [("PER", "سامح شكري"), ("LOC", "بغداد")],
        ),
        (
            "انسحب تنظيم داعش من مدينة الرمادي وبغداد.",
            [("ORG", "تنظيم داعش"), ("LOC", "الرمادي"), ("LOC", "بغداد")],
        ),
        (
            "أعلنت قوات سوريا الديمقراطية تقدمها في دير الزور.",
            [("ORG", "قوات سوريا الديمقراطية"), ("LOC", "دير الزور")],
        ),
        ("وقال متحدث باسم وزارة الداخلية إن الطقس معتدل.", [("ORG", "وزارة الداخلية")]),
        ("هاجم #داعش مدينة الرمادي.", [("ORG", "#داعش"), ("LOC", "الرمادي")]),
        ("كان الطقس معتدلا والرياح خفيفة أمس.", []),
    ],
)
def test_names(recognizer: AccurateRecognizer, parse: Parse, text: str, expected: list[tuple[str, str]]) -> None:
    """Proclitics outside, the article inside, no place in an organisation."""
    document = parse(text)
    assert _texts(document, recognizer.recognize(document)) == expected


def test_the_sample_article(recognizer: AccurateRecognizer, parse: Parse) -> None:
    """Organisations that corpora of ten years before do not know."""
    document = parse(SAMPLE.read_text(encoding="utf-8").split("\n\n", 1)[1])
    names = recognizer.recognize(document)
    organisations = {text for kind, text in _texts(document, names) if kind == "ORG"}
    assert any("قوات سوريا الديمقراطية" in text for text in organisations)
    assert any("المرصد السوري" in text for text in organisations)
    assert all(one.end <= other.start for one, other in pairwise(names))


def test_marks_change_offsets_alone(recognizer: AccurateRecognizer, parse: Parse) -> None:
    """Diacritics, tatweel and no-break spaces are how it is written, not who it is."""
    plain = parse("وصل سامح شكري إلى بغداد.")
    marked = parse("وصل سَامِح شكـــري\u00a0إلى بَغْداد.")
    expected = [name.type for name in recognizer.recognize(plain)]
    names = recognizer.recognize(marked)
    assert [name.type for name in names] == expected
    assert [marked.form(name.start, name.end) for name in names] == ["سامح شكري", "بغداد"]


@pytest.mark.parametrize("text", ["و" * 50_000, "قال " * 1_500, "1 " * 1_500, "«" * 1_500, "بغداد\n" * 1_000])
def test_hostile_texts_stay_linear(recognizer: AccurateRecognizer, parse: Parse, text: str) -> None:
    """A window is bounded, so is a word; twice the text may take about twice the time."""
    document = parse(text)
    begin = time.process_time()
    names = recognizer.recognize(document)
    assert time.process_time() - begin < 30
    assert all(one.end <= other.start for one, other in pairwise(names))


def test_a_long_article_is_read_to_its_end(recognizer: AccurateRecognizer, parse: Parse) -> None:
    """Behind what the encoder reads the fast recognizer goes on alone."""
    document = parse(
        "وصل سامح شكري إلى بغداد. " + "وقال إن الأمر سيبحث في الأيام القادمة. " * 300 + "ثم عاد سامح شكري إلى القاهرة."
    )
    assert len(document.tokens) > MOST_UNITS
    assert _texts(document, recognizer.recognize(document)) == [
        ("PER", "سامح شكري"),
        ("LOC", "بغداد"),
        ("PER", "سامح شكري"),
        ("LOC", "القاهرة"),
    ]


def test_it_opens_in_under_a_second() -> None:
    """A service that restarts must not wait for its weights."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        AccurateRecognizer()
        times.append(time.process_time() - begin)
    assert min(times) < 1


def test_it_works_in_a_forked_child(recognizer: AccurateRecognizer, parse: Parse) -> None:
    """The weights are opened once, before the workers fork, and shared by them."""
    document = parse("وصل سامح شكري إلى بغداد.")
    expected = recognizer.recognize(document)
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=lambda: send.send(recognizer.recognize(document)))
    child.start()
    assert receive.poll(20)
    assert receive.recv() == expected
    child.join(20)
    assert child.exitcode == 0
