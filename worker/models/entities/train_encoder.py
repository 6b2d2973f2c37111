"""Train the accurate recognizer: fine-tune the pretrained encoder, export it, cross-validate it, write its card.

    python -m worker.models.entities.train_encoder --encoder FOLDER --news FILE --gold FOLDER [--anercorp FILE] --output FOLDER

Writes accurate.onnx and accurate.md. With two threads on a CPU that computes in bfloat16: four minutes for the weights
and 20 for the scores.
"""

import argparse
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy
import torch

from worker.engines.farasa_embedded.engine import FarasaEmbedded
from worker.entities.accurate import AccurateRecognizer
from worker.entities.labels import LABELS
from worker.entities.pieces import Pieces
from worker.models.entities import encoder
from worker.models.entities.data import Annotated, Domain, read_anercorp, read_gold, read_news
from worker.models.entities.evaluate import Scores, folds, score
from worker.models.entities.examples import example
from worker.models.entities.export import export
from worker.models.entities.fine_tune import HEADS, Settings, fine_tune

# Pieces of a window at run time: 0 reads each sentence alone.
LIMIT: Final = 0
_SPECIAL: Final = 2  # a window's begin and end


@dataclass(frozen=True, slots=True)
class Pretrained:
    """The encoder as it was downloaded.

    Attributes:
        parameters: float32.
        vocabulary: pieces, their scores, and the characters that are replaced, as JSON.
        pieces: the vocabulary.
    """

    parameters: encoder.Parameters
    vocabulary: str
    pieces: Pieces

    @classmethod
    def read(cls, folder: Path) -> "Pretrained":
        """Read encoder_fp16.npz, pieces.tsv and charmap.json."""
        lines = (folder / "pieces.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")
        rows = [line.rsplit("\t", 1) for line in lines]
        scored = [(str(json.loads(piece)), float(value)) for piece, value in rows]
        mapped = json.loads((folder / "charmap.json").read_text(encoding="utf-8"))["char_map"]
        characters = {chr(int(code)): text for code, text in mapped.items()}
        vocabulary = {
            "pieces": [piece for piece, _ in scored],
            "scores": [value for _, value in scored],
            "characters": characters,
        }
        parameters = encoder.load(folder / "encoder_fp16.npz")
        return cls(parameters, json.dumps(vocabulary, ensure_ascii=False), Pieces(scored, characters))


def train(pretrained: Pretrained, articles: Sequence[Annotated], settings: Settings) -> encoder.Parameters:
    """Fine-tune on the articles."""
    sources = [example(article, pretrained.pieces) for article in articles]
    return fine_tune(pretrained.parameters, sources, pretrained.pieces, settings)


def write(
    path: Path,
    pretrained: Pretrained,
    parameters: encoder.Parameters,
    settings: Settings,
    *,
    domain: Domain = "news",
    limit: int = LIMIT,
    is_quantized: bool = True,
) -> None:
    """Export the fine-tuned encoder to a file that AccurateRecognizer opens."""
    arrays = {name: value.numpy() for name, value in parameters.items()}
    digest = sha256()
    for name in sorted(arrays):
        digest.update(arrays[name].tobytes())
    metadata = {
        "labels": " ".join(LABELS),
        "limit": str(limit),
        "longest": str(settings.longest),
        "version": digest.hexdigest()[:12],
        "vocabulary": pretrained.vocabulary,
    }
    positions = settings.longest + _SPECIAL
    path.write_bytes(export(arrays, HEADS[domain], positions, metadata, is_quantized=is_quantized))
