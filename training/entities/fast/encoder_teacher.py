"""The accurate recognizer's encoder as a teacher: its probabilities at the fast recognizer's words."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from khabar.entities.accurate.encoder import Encoder
from khabar.entities.accurate.labels import LABELS as ENCODER_LABELS
from khabar.entities.accurate.units import units as encoder_units
from khabar.entities.fast.features import units
from khabar.entities.fast.labels import LABELS, TYPES
from khabar.text.document import Document

Floats = NDArray[np.float32]

_OUTSIDE: Final = ENCODER_LABELS.index("O")


class EncoderTeacher:
    """Labels words as the encoder labels the last of its units in them; the others are proclitics."""

    def __init__(self, weights: Path) -> None:
        """Open the encoder's weights; for honest scores they were trained without the articles that are tested."""
        self._encoder = Encoder(weights)

    def __call__(self, document: Document) -> Floats:
        """Return the probability of each label at each unit of a document."""
        found, theirs = units(document), encoder_units(document)
        last = dict(zip(theirs.token, range(len(theirs)), strict=True))
        shares = np.exp(self._encoder.score(theirs))[[last[token] for token in found.tokens]]
        return _in_five_parts(shares, found.starts)


def _in_five_parts(shares: Floats, starts: list[int]) -> Floats:
    """Return BIO probabilities as BIOES: whether a name ends here is whether the next word goes on with it."""
    result = np.zeros((len(shares), len(LABELS)), np.float32)
    result[:, 0] = shares[:, _OUTSIDE]
    for kind in TYPES:
        begins = shares[:, ENCODER_LABELS.index(f"B-{kind}")]
        inside = shares[:, ENCODER_LABELS.index(f"I-{kind}")]
        goes_on = np.append(inside[1:], np.float32(0))
        goes_on[np.array(starts[1:], np.int64) - 1] = 0
        result[:, LABELS.index(f"S-{kind}")] = begins * (1 - goes_on)
        result[:, LABELS.index(f"B-{kind}")] = begins * goes_on
        result[:, LABELS.index(f"I-{kind}")] = inside * goes_on
        result[:, LABELS.index(f"E-{kind}")] = inside * (1 - goes_on)
    return result / np.maximum(result.sum(1, keepdims=True), np.float32(1e-9))
