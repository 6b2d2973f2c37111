"""Topics and genre of a segmented document."""

from functools import cache
from typing import Final

from khabar.lexicons import entries
from khabar.messages.record import Genre, Topic
from khabar.text.document import Document
from khabar.topics import model
from khabar.topics.forms import forms
from khabar.topics.live import is_live
from khabar.topics.terms import weighted

_DIGITS: Final = 2  # of a score; more are noise


def topics_of(document: Document) -> list[Topic]:
    """Return the topics that an editor would give, the likeliest first; none where the words tell nothing."""
    linear = model.load("topics")
    vector = document.once(_vector)
    if not len(vector[0]):
        return []
    likely = linear.probabilities(vector)
    scores = linear.fits(likely)
    labels = _labels()
    found = [
        Topic(code=code, label_ar=labels[code][0], label_en=labels[code][1], score=round(float(score), _DIGITS))
        for code, score in zip(linear.classes, scores, strict=True)
        if score >= linear.threshold
    ]
    return sorted(found, key=lambda topic: (-topic.score, topic.code))


def genre_of(document: Document) -> Genre | None:
    """Return the genre, None where none is likely enough."""
    if is_live(document):
        return "live"
    linear = model.load("genre")
    likely = linear.probabilities(document.once(_vector), forms(document))
    best = int(likely.argmax())
    if likely[best] < linear.threshold:
        return None
    genre: Genre = linear.classes[best]  # type: ignore[assignment]  # the model's classes are genres; a test says so
    return genre


def _vector(document: Document) -> model.Vector:
    return model.vocabulary().vector(*weighted(document))


@cache
def _labels() -> dict[str, tuple[str, str]]:
    """Return code -> Arabic and English label."""
    rows = (line.split("\t") for line in entries("topics/media_topics"))
    return {code: (arabic, english) for code, arabic, english in rows}
