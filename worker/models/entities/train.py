"""Trains the fast recognizer and writes its weights with a model card.

    python -m worker.models.entities.train --news FILE --gold FOLDER --anercorp FILE
        --vectors FILE --vector-words FILE --clusters FILE --out FOLDER

The scores on the card are of cross-validation over the gold articles; the weights are trained on everything.
"""

import argparse
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import torch

from worker.engines.farasa_embedded.engine import FarasaEmbedded
from worker.entities.fast.weights import FOLDER, save
from worker.models.entities.data import Annotated, read_anercorp, read_gold, read_news
from worker.models.entities.evaluate import FOLDS, Scores, cross_validate
from worker.models.entities.fast.fit import Options, fit, fit_weights
from worker.models.entities.fast.vectors import Vectors

_CARD: Final = """# Fast recognizer of names

A convolutional network with a CRF over Farasa's segments, spelling and word vectors, run with numpy.
Trained on {date} by `python -m worker.models.entities.train`; seed {seed}, {epochs} epochs.

## Data

| what | articles | words | names | terms |
|---|---|---|---|---|
{data}

Word vectors and clusters were trained on the texts of SaudiNewsNet and SANAD AlKhaleej. Features are parts of words
that Farasa's segmenter cut; Farasa's model is for research use and is not among these files.
ANERcorp (Benajiba, Rosso, Benedí Ruiz 2007) follows other guidelines: it trains the layers that both share, and has
its own last layer. SaudiNewsNet is for research only, not for commercial use; whoever uses these weights is bound by
the terms above.

## Scores

On articles that took no part in training: {folds} folds over the gold articles, each scored by a recognizer trained on
all else. "exact": offsets and type; "relaxed": type and any overlap. The weights in this folder are trained on
everything, the gold articles too.

{scores}
"""


def main() -> None:
    """Train, score and write what the command line asks for."""
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    engine = FarasaEmbedded()
    gold = read_gold(options.gold, engine)
    others = {"news": read_news(options.news, engine), "anercorp": read_anercorp(options.anercorp, engine)}
    vectors = Vectors(options.vectors, options.vector_words, options.clusters)
    settings = Options(epochs=options.epochs, seed=options.seed)
    rest = [article for articles in others.values() for article in articles]

    scores = None if options.no_scores else cross_validate(partial(fit, vectors=vectors, options=settings), gold, rest)
    save(options.out, fit_weights([*rest, *gold], vectors, settings))
    card = _card({**others, "gold": gold}, scores, settings)
    (options.out / "README.md").write_text(card, encoding="utf-8")
    sys.stdout.write(card)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Train the fast recognizer of names.")
    for name, what in (
        ("news", "annotated news, JSON lines"),
        ("gold", "folder of gold articles"),
        ("anercorp", "ANERcorp's training part, one word and tag a line"),
        ("vectors", "int8 word vectors with scales, .npz"),
        ("vector-words", "their words, one a line, the most frequent first"),
        ("clusters", "word and clusters a line, .tsv.gz"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=True, help=what)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the weights")
    parser.add_argument("--epochs", type=int, default=Options().epochs)
    parser.add_argument("--seed", type=int, default=Options().seed)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-scores", action="store_true", help="leave the cross-validation out")
    return parser


_TERMS: Final = {
    "news": "SaudiNewsNet, CC BY-NC-SA 4.0, and SANAD AlKhaleej, CC BY 4.0; annotated for khabar",
    "anercorp": "CC BY-SA 4.0",
    "gold": "SaudiNewsNet, CC BY-NC-SA 4.0; annotated for khabar",
}


def _card(data: dict[str, list[Annotated]], scores: Scores | None, settings: Options) -> str:
    rows = []
    for name, articles in data.items():
        words = sum(len(article.document.tokens.words) for article in articles)
        names = sum(len(article.names) for article in articles)
        rows.append(f"| {name} | {len(articles)} | {words} | {names} | {_TERMS[name]} |")
    return _CARD.format(
        date=datetime.now(UTC).date().isoformat(),
        seed=settings.seed,
        epochs=settings.epochs,
        data="\n".join(rows),
        folds=FOLDS,
        scores="not computed" if scores is None else scores.table(),
    )


if __name__ == "__main__":
    main()
