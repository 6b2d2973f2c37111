"""The accurate recognizer: a pretrained encoder fine-tuned on today's news."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from worker.entities.encoder import Encoder
from worker.entities.labels import best_labels, spans
from worker.entities.recognizer import Name
from worker.entities.units import units
from worker.pipeline.document import Document

WEIGHTS: Final = Path(__file__).parents[1] / "models" / "entities" / "accurate.onnx"


class AccurateRecognizer:
    """Finds names with the encoder."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        """Open the weights.

        Raises:
            EncoderUnavailable: onnxruntime or the weights are missing; the message says which.
        """
        self._encoder = Encoder(weights)
        self.models: Mapping[str, str] = {"entities-accurate": self._encoder.version}

    def recognize(self, document: Document) -> list[Name]:
        """Return the names in text order; none overlaps another, none crosses sentences."""
        found = units(document)
        labels = best_labels(self._encoder.score(found), found.first)
        return [
            Name(kind, found.start[first], found.end[after - 1]) for kind, first, after in spans(labels, found.first)
        ]
