"""The accurate recognizer: a pretrained encoder fine-tuned on today's news, with the fast recognizer's second opinion."""

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

# Units that the encoder reads of one article, a quarter of a second: 97 % of articles whole. What is behind them is left to
# the fast recognizer, or an article of 100 kB would take ten times as long as all other layers together.
MOST_UNITS: Final = 1_500

# Sentences in which the fast recognizer is so sure of every unit are left to it: a third of the units, and scores stay within
# half a point (docs/explanation/quality.md). From 0.8 down what the encoder would have found is missed.
SURE: Final = 0.92

# Weight of the fast recognizer's log-probabilities beside the encoder's; 0.75 to 1.5 are alike, two to three points
# better than 0.
_SECOND: Final = 1.0


class AccurateRecognizer:
    """Finds names with the encoder and the fast recognizer together. Not safe for several threads at once."""

    def __init__(self, weights: Path = WEIGHTS, fast: FastRecognizer | None = None, *, domain: str = "news") -> None:
        """Open the weights.

        Args:
            weights: the encoder's.
            fast: gives the second opinion; by default the one that comes with the package.
            domain: whose guidelines to follow: those of khabar's news, or "anercorp", which helped in training.

        Raises:
            EncoderUnavailable: onnxruntime or the weights are missing; the message says which.
        """
        self._encoder = Encoder(weights, domain=domain)
        self._fast = FastRecognizer(domain=domain) if fast is None else fast
        second = self._fast.models["entities"]
        self.models: Mapping[str, str] = {"entities": f"accurate {self._encoder.version}, {second}"}

    def recognize(self, document: Document) -> list[Name]:
        """Return the names in text order; none overlaps another, none crosses sentences."""
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
    """Return the sentences that the encoder shall read: those in which one unit at least is in doubt, and not too many."""
    shares = numpy.exp(scores)
    is_doubtful = (shares.max(axis=1) < SURE) | (
        shares.min(axis=1) > SURE
    )  # or the fast recognizer knows nothing of it
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
    """Return the unit where a name begins: at the '#' of a hashtag that it begins."""
    return first - 1 if first and found.form[first - 1] == "#" and found.is_prefix[first - 1] else first
