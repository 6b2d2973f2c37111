"""The fast recognizer's probabilities for the encoder's units. The two make different errors, so their average makes fewer."""

from typing import Final

import numpy

from khabar.entities.accurate.labels import LABELS, TYPES, Scores
from khabar.entities.accurate.units import Units
from khabar.entities.fast.features import units as fast_units
from khabar.entities.fast.labels import LABELS as FAST_LABELS
from khabar.entities.fast.recognizer import FastRecognizer
from khabar.text.document import Document

# Lower bound on each probability, so that the other recognizer can still outweigh one that is certain.
_FLOOR: Final = 1e-6


def _columns() -> Scores:
    """Return a table, fast labels x labels: S and B become B, I and E become I."""
    table = numpy.zeros((len(FAST_LABELS), len(LABELS)), numpy.float32)
    table[0, 0] = 1
    for kind in TYPES:
        for part, prefix in zip("SBIE", "BBII", strict=True):
            table[FAST_LABELS.index(f"{part}-{kind}"), LABELS.index(f"{prefix}-{kind}")] = 1
    return table


_COLUMNS: Final = _columns()


def second_opinion(fast: FastRecognizer, document: Document, found: Units) -> Scores:
    """Return log-probabilities, N units x LABELS.

    The fast recognizer labels whole words. If a word begins a name for it, the encoder decides whether the name begins at the
    proclitic or after it. For '#' and '_', which the fast recognizer does not label, every label gets probability 1.
    """
    seen = fast_units(document)
    words = numpy.exp(fast.log_probabilities(seen)) @ _COLUMNS
    row_of_token = numpy.full(len(document.tokens), -1)
    row_of_token[seen.tokens] = numpy.arange(len(seen.tokens))
    rows = row_of_token[found.token]
    shares = words[rows]
    is_prefix = numpy.array(found.is_prefix, numpy.bool_)
    begins, inside = numpy.arange(1, len(LABELS), 2), numpy.arange(2, len(LABELS), 2)
    shares[is_prefix, 0] += shares[is_prefix][:, begins].sum(1)
    after = numpy.concatenate([[False], is_prefix[:-1]]) & ~is_prefix
    either = shares[after][:, begins] + shares[after][:, inside]
    shares[numpy.ix_(after, begins)] = either
    shares[numpy.ix_(after, inside)] = either
    shares[rows < 0] = 1
    opinion: Scores = numpy.log(numpy.maximum(shares, _FLOOR))
    return opinion
