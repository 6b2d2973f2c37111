"""Paragraphs, sentences and tokens."""

from collections.abc import Callable
from pathlib import Path

import pytest

from khabar.pipeline.segment import segment
from khabar.text.document import Document
from tests.unit.growth import assert_linear

Parse = Callable[..., Document]
_LINES = (Path(__file__).parent / "cases" / "sentences.txt").read_text(encoding="utf-8").splitlines()
SENTENCES = [line for line in _LINES if line and not line.startswith("#")]


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_end_where_a_reader_ends_them(parse: Parse, line: str) -> None:
    """Quotations, summaries and pro-drop speakers are all found sentence by sentence."""
    document = parse(line.replace("|", ""))
    spans = zip(document.sentences.start, document.sentences.end, strict=True)
    assert [document.raw[start:end] for start, end in spans] == [part.strip() for part in line.split("|")]


TOKENS = [
    ("أيلول/سبتمبر", ["أيلول", "/", "سبتمبر"]),
    ("15 ألف و1,500 و3.5 و7ر2", ["15", "ألف", "و", "1,500", "و", "3.5", "و", "7ر2"]),
    ("2015/08/06 في 10:30", ["2015/08/06", "في", "10:30"]),
    ("11-10-1436هـ 2015-08-06 2015-2016", ["11-10-1436", "هـ", "2015-08-06", "2015", "-", "2016"]),
    ("٣٫٥ ٪٢٠ 50%", ["٣٫٥", "٪", "٢٠", "50", "%"]),
    ("لـ«الشرق» وقال:", ["لـ", "«", "الشرق", "»", "وقال", ":"]),
    ("#قوات_سوريا", ["#", "قوات", "_", "سوريا"]),
    ("قالت.. (نعم)", ["قالت", ".", ".", "(", "نعم", ")"]),
    ("إس6 Galaxy S6 4G don't", ["إس", "6", "Galaxy", "S6", "4", "G", "don't"]),
    ("http://t.co/a?b=1، nafezah@yahoo.comللتواصل", ["http://t.co/a?b=1", "،", "nafezah@yahoo.com", "للتواصل"]),
    ("مُكتَبةٌ، شكراً", ["مُكتَبةٌ", "،", "شكراً"]),
    ("👩\u200d👧🇸🇾1\ufe0f\u20e3", ["👩\u200d👧", "🇸🇾", "1\ufe0f\u20e3"]),
    ("नमस्ते 123", ["नमस्ते", "123"]),
]


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_tokens_are_words_numbers_and_single_marks(parse: Parse, text: str, expected: list[str]) -> None:
    """The token columns are the record's backbone; each case is a boundary that segmenters get wrong."""
    tokens = parse(text).tokens
    assert [text[start:end] for start, end in zip(tokens.start, tokens.end, strict=True)] == expected


PARAGRAPHS = [
    ("قال نعم.\n\nثم قال لا.\r\nوذهب", ["قال نعم.", "ثم قال لا.", "وذهب"]),
    ("قال نعم., ثم قال لا", ["قال نعم.,", "ثم قال لا"]),
    ("قال نعم.,ثم قال «لا»., هل ذهب؟, وبقي", ["قال نعم.,", "ثم قال «لا».,", "هل ذهب؟,", "وبقي"]),
    ("الذي يغرف منه.., ويمتح منه,.. ويأ الأسى.,. يا", ["الذي يغرف منه.., ويمتح منه,.. ويأ الأسى.,. يا"]),
    ("وحدة فقط.، وأكد مصدر", ["وحدة فقط.، وأكد مصدر"]),
    ("قال\nنعم., لا", ["قال", "نعم., لا"]),
    ("<p>قال نعم</p><p>ثم لا</p>", ["<p>قال نعم</p>", "<p>ثم لا</p>"]),
    ("\u202bمهرجان\u202c\n\n* بدأ", ["\u202bمهرجان\u202c", "* بدأ"]),
]


@pytest.mark.parametrize(("text", "expected"), PARAGRAPHS)
def test_paragraphs_end_at_line_breaks_and_at_the_scrapers_joiner(parse: Parse, text: str, expected: list[str]) -> None:
    """A quarter of all articles arrive as one line; the joiner '.,' is what is left of their paragraphs."""
    paragraphs = parse(text).paragraphs
    assert [text[start:end] for start, end in zip(paragraphs.start, paragraphs.end, strict=True)] == expected


def test_the_title_is_a_paragraph_of_its_own(parse: Parse) -> None:
    """Title and body are joined by two line feeds; nothing may reach over them."""
    document = parse("بدأ الاجتماع", "قمة الرياض")
    assert document.paragraphs.end[0] == document.title_end
    assert document.paragraphs.start[1] == document.body_start


def test_only_arabic_words_go_to_the_engine_in_one_call(parse: Parse) -> None:
    """A call costs more than a word, and the engine's model knows nothing of links and numbers."""

    class Recorder:
        name = "recorder"
        calls: list[list[str]] = []  # noqa: RUF012

        def segment(self, words: list[str]) -> list[str]:
            self.calls.append(words)
            return [f"<{word}>" for word in words]

    document = parse("قالت Apple: «كُتُبٌ» 15")
    recorder = Recorder()
    segment(document, recorder)  # type: ignore[arg-type]
    assert recorder.calls == [["قالت", "كتب"]]
    assert document.tokens.segments == ["<قالت>", "Apple", ":", "«", "<كتب>", "»", "15"]


@pytest.mark.parametrize(
    "unit",
    [".", "a.", "-.", '."a', "من.", "من., ", "http://(", "www.", "a@a.", "#_", '"', ".»", "ا… ", "👩\u200d", "1-"],
)
def test_time_grows_linearly_with_any_punctuation(parse: Parse, unit: str) -> None:
    """A hostile or broken page must not hold a worker."""
    assert_linear(parse, unit, "قال الرئيس ", characters=100_000)
