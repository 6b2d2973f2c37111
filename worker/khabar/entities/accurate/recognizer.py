"""The accurate recognizer: averages a pretrained encoder, fine-tuned on today's news, with the fast recognizer."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy

from khabar.entities.accurate.encoder import Encoder
from khabar.entities.accurate.labels import LABELS, Scores, best_labels, spans
from khabar.entities.accurate.repeated import with_repeated
from khabar.entities.accurate.second_opinion import second_opinion
from khabar.entities.accurate.units import Units, units
from khabar.entities.fast.consistency import consistent
from khabar.entities.fast.recognizer import FastRecognizer
from khabar.entities.recognizer import Name
from khabar.models import ACCURATE
from khabar.text.document import Document

WEIGHTS: Final = ACCURATE / "encoder.onnx"

# Most units of one article that the encoder reads, in a quarter of a second: enough for all of 97 % of the articles. The fast
# recognizer alone labels the rest; otherwise an article of 100 kB would take ten times as long as all other layers together.
MOST_UNITS: Final = 1_500

# If the fast recognizer gives every unit of a sentence a label with at least this probability, the encoder skips the sentence.
# That saves a third of the units and changes F1 by at most half a point (docs/explanation/quality.md). At 0.8 and below, names
# are missed that the encoder would have found.
SURE: Final = 0.92

# Weight of the fast recognizer's log-probabilities against the encoder's 1. Values from 0.75 to 1.5 score about the same, two
# to three points better than 0.
_SECOND: Final = 1.0


class AccurateRecognizer:
    """Finds names with the encoder and the fast recognizer together. Not safe for several threads at once."""

    def __init__(self, weights: Path = WEIGHTS, fast: FastRecognizer | None = None, *, domain: str = "news") -> None:
        """Open the weights.

        Args:
            weights: path of the encoder's weights.
            fast: the fast recognizer; by default the one in the package.
            domain: the annotation guidelines to follow: "news", khabar's own, or "anercorp", a corpus also used in training.

        Raises:
            EncoderUnavailable: onnxruntime or the weights are missing; the message says which.
        """
        self._encoder = Encoder(weights, domain=domain)
        self._fast = FastRecognizer(domain=domain) if fast is None else fast
        second = self._fast.models["entities"]
        self.models: Mapping[str, str] = {"entities": f"accurate {self._encoder.version}, {second}"}

    def recognize(self, document: Document) -> list[Name]:
        """Return the names in text order; they do not overlap, and none crosses the end of a sentence."""
        found = units(document)
        labels = best_labels(with_repeated(self.log_probabilities(document, found), found), found)
        numbers: dict[str, int] = {}
        words = [numbers.setdefault(form, len(numbers)) for form in found.form]
        whole = consistent(list(spans(labels, found.first)), words, found.form, found.first)
        return [Name(kind, found.start[_with_sign(found, first)], found.end[last]) for kind, first, last in whole]

    def log_probabilities(self, document: Document, found: Units) -> Scores:
        """Return the log-probabilities of the document's units, N x LABELS."""
        if not len(found):
            return numpy.zeros((0, len(LABELS)), numpy.float32)
        scores = second_opinion(self._fast, document, found)
        if read := doubtful(scores, found):
            units_read = numpy.concatenate(
                [numpy.arange(found.first[number], found.first[number + 1]) for number in read]
            )
            first = self._encoder.score(found.take(read))
            scores[units_read] = (first + _SECOND * scores[units_read]) / (1 + _SECOND)
        scores -= numpy.log(numpy.exp(scores).sum(axis=1, keepdims=True))
        return scores


def doubtful(scores: Scores, found: Units) -> list[int]:
    """Return the indexes of the sentences for the encoder: those with at least one doubtful unit, up to MOST_UNITS units."""
    shares = numpy.exp(scores)
    is_doubtful = (shares.max(axis=1) < SURE) | (
        shares.min(axis=1) > SURE
    )  # all 1: the fast recognizer does not label this unit
    read: list[int] = []
    left = MOST_UNITS
    for number, (first, end) in enumerate(pairwise(found.first)):
        if is_doubtful[first:end].any():
            left -= end - first
            if left < 0:
                break
            read.append(number)
    return read


def _with_sign(found: Units, first: int) -> int:
    """Return the unit where a name begins, including the '#' of a hashtag that begins with the name."""
    return first - 1 if first and found.form[first - 1] == "#" and found.is_prefix[first - 1] else first
