"""Arabic passes, everything else is refused with a reason."""

from pathlib import Path

import pytest

from khabar.errors import Code, RejectedArticle
from khabar.messages.article import Article
from khabar.pipeline.pipeline import Pipeline

_LINES = (Path(__file__).parent / "cases" / "language.txt").read_text(encoding="utf-8").splitlines()
CASES = [tuple(line.split("\t")) for line in _LINES if line and not line.startswith("#")]
ARABIC = "أعلنت الحكومة اليوم أن الوزراء سوف يجتمعون في العاصمة"


@pytest.mark.parametrize("text", [text for expected, text in CASES if expected == "ar"])
def test_arabic_in_every_dress_passes(pipeline: Pipeline, text: str) -> None:
    """A refused article is lost: short headlines, dialect, much Latin and Persian keyboards must get through."""
    language = pipeline(Article(id="a", body=text)).language
    assert language.code == "ar"
    assert 0 < language.confidence <= 1


@pytest.mark.parametrize(("looks_like", "text"), [case for case in CASES if case[0] != "ar"])
def test_other_languages_are_refused_by_name(pipeline: Pipeline, looks_like: str, text: str) -> None:
    """Farasa would answer for Persian too, wrongly; the producer is told what was seen and never gets words back."""
    with pytest.raises(RejectedArticle) as caught:
        pipeline(Article(id="a", body=text))
    assert caught.value.code is Code.NOT_ARABIC
    assert caught.value.field == "text"
    assert caught.value.place == "language"
    assert looks_like in caught.value.reason


@pytest.mark.parametrize(
    ("decoded_as", "encoded_as"), [("cp1252", "cp1256"), ("latin-1", "utf-8"), ("cp1256", "utf-8")]
)
def test_mojibake_is_refused(pipeline: Pipeline, decoded_as: str, encoded_as: str) -> None:
    """Wrongly decoded text is beyond repair here; naming the two encodings lets the producer mend it."""
    text = (ARABIC * 3).encode(encoded_as).decode(decoded_as, errors="replace")
    with pytest.raises(RejectedArticle, match=r"was read as Windows-125[26]"):
        pipeline(Article(id="a", body=text))


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200f\ufeff", "... !! «»", "ًٌ", "<br/>&nbsp;", "👍"])
def test_a_text_without_words_is_refused(pipeline: Pipeline, text: str) -> None:
    """There is nothing to extract from it."""
    with pytest.raises(RejectedArticle) as caught:
        pipeline(Article(id="a", body=text))
    assert caught.value.code is Code.NO_TEXT
