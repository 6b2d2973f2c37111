"""The encoder: turns units into log-probabilities of labels, with onnxruntime on one thread."""

import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy

from khabar.entities.accurate.labels import LABELS, Scores
from khabar.entities.accurate.pieces import Pieces, pieces_of
from khabar.entities.accurate.units import Units
from khabar.entities.accurate.windows import windows
from khabar.entities.environment import variable
from khabar.errors import KhabarError


class EncoderUnavailable(KhabarError):
    """The accurate recognizer cannot run here; the message says what is missing."""


class Encoder:
    """Scores units. Built once, before the workers fork. Between articles it keeps only a cache of words cut into pieces.

    Attributes:
        version: version of the weights.
    """

    def __init__(self, path: Path, *, domain: str = "news") -> None:
        """Open the weights.

        Args:
            path: a file that training/entities/train_encoder.py wrote.
            domain: the annotation guidelines to follow: "news", khabar's own, or "anercorp", a corpus also used in training.

        Raises:
            EncoderUnavailable: onnxruntime is not installed, the file of weights is missing, or its labels differ.
        """
        self._session = _session(path)
        self._output = domain
        metadata = self._session.get_modelmeta().custom_metadata_map
        if metadata["labels"].split() != list(LABELS):
            raise EncoderUnavailable(f"{path.name} has other labels than this khabar: {metadata['labels']}")
        self.version: str = metadata["version"]
        self._limit = int(metadata["limit"])
        self._longest = int(metadata["longest"])
        vocabulary = json.loads(metadata["vocabulary"])
        self._pieces = Pieces(zip(vocabulary["pieces"], vocabulary["scores"], strict=True), vocabulary["characters"])

    def score(self, found: Units) -> Scores:
        """Return the log-probabilities of the units' labels, N x LABELS."""
        pieces = pieces_of(found, self._pieces)
        lengths = list(map(len, pieces))
        parts = [
            self._score(pieces[read.start : read.stop])
            for read in windows(found.first, lengths, self._limit, self._longest)
        ]
        return numpy.concatenate(parts) if parts else numpy.zeros((0, len(LABELS)), numpy.float32)

    def _score(self, pieces: Sequence[tuple[int, ...]]) -> Scores:
        at = numpy.ones(len(pieces), numpy.int64)
        numpy.cumsum(list(map(len, pieces[:-1])), out=at[1:])
        at[1:] += 1
        ids = [self._pieces.begin, *chain.from_iterable(pieces), self._pieces.end]
        scores: Scores = self._session.run([self._output], {"pieces": numpy.array(ids, numpy.int64), "at": at})[0]
        return scores


def _session(path: Path) -> Any:
    try:
        # onnxruntime 1.29 and later report the opened models to Microsoft, unless this variable is set during the import.
        with variable("ORT_DISABLE_TELEMETRY", "1"):
            import onnxruntime
    except ImportError as error:
        raise EncoderUnavailable(
            "the accurate recognizer needs onnxruntime, which is not installed; run: pip install 'khabar[accurate]'"
        ) from error
    if not path.is_file():
        raise EncoderUnavailable(f"the accurate recognizer's weights are not there: {path}")
    options = onnxruntime.SessionOptions()
    # One thread for each article, because the workers are processes. Without a thread pool the session also survives a fork.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # The saved graph is fused already; more fusing by onnxruntime makes it slower.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
