"""Trains the fast recognizer and writes its weights with a model card.

    python -m training.entities.train --news FILE --scraped FILE --gold FOLDER --anercorp FILE
        --vectors FILE --vector-words FILE --clusters FILE --out FOLDER

With `--articles 800` it also learns so much of the scraped news, as a network of its kind labels it; `--teacher FILE` is an
encoder that teaches beside it. No gold article takes part, so the scores on the card are those of the very weights beside it.
8 minutes on one core without, 15 with 600 articles.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

try:
    import torch
except ModuleNotFoundError:
    sys.exit("Training needs torch and onnx, which nothing else of khabar does: pip install --group training")

from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.entities.fast.recognizer import FastRecognizer
from khabar.entities.fast.weights import save
from khabar.models import FAST
from training.entities.arguments import training_parser
from training.entities.data import (
    Annotated,
    read_anercorp,
    read_gold,
    read_news,
    read_other,
    read_standoff,
    read_unlabelled,
    read_unlabelled_other,
    without_copies,
)
from training.entities.evaluate import Scores, score
from training.entities.fast.distill import Teacher, distill
from training.entities.fast.encoder_teacher import EncoderTeacher
from training.entities.fast.fit import Options, Trained, fit
from training.entities.fast.vectors import Vectors

# The teachers' probabilities are softer than annotations, and there are more of them: more epochs and less dropout pay.
LEARNING_EPOCHS: Final = 8
LEARNING_DROPOUT: Final = 0.3

_CARD: Final = """# Fast recognizer of names

A convolutional network with a CRF over Farasa's segments, spelling and word vectors, run with numpy.
Trained on {date} by `python -m training.entities.train`, seed {seed}{distilled}.

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

Of the weights in this folder, on gold articles that took no part in training, nor did near-duplicates of theirs. "exact":
offsets and type; "relaxed": type and any overlap.

{scores}
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the recognizer is trained."""

    unlabelled: Sequence[Annotated]
    vectors: Vectors
    seed: int
    networks: int
    teacher: Teacher | None

    def __call__(self, articles: Sequence[Annotated], unseen: Sequence[Annotated]) -> Trained:
        """Train on annotated articles, for a test on `unseen` ones; without unlabelled ones there is nothing to distill."""
        teaching = Options(seed=self.seed)
        if not self.unlabelled:
            return fit(articles, self.vectors, teaching)
        learning = Options(epochs=LEARNING_EPOCHS, dropout=LEARNING_DROPOUT, seed=self.seed)
        return distill(
            articles,
            self.unlabelled,
            self.vectors,
            teaching=teaching,
            learning=learning,
            networks=self.networks,
            other=self.teacher,
            unseen=unseen,
        )


def main() -> None:
    """Train, score and write what the command line asks for."""
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    engine = FarasaEmbedded()
    every = read_gold(options.gold, engine)
    gold = [article for article in every if not article.id.startswith(tuple(options.learn))]
    learned = [article for article in every if article.id.startswith(tuple(options.learn))]
    others = {
        "news": read_news(options.news, engine),
        "standoff": read_standoff(options.standoff, options.scraped, engine),
        "other": [*read_other(options.other, options.other_texts, engine), *learned],
        "anercorp": read_anercorp(options.anercorp, engine),
    }
    unlabelled: list[Annotated] = []
    if options.articles:
        half = options.articles // 2
        unlabelled = read_unlabelled(options.scraped, engine, half)
        unlabelled += read_unlabelled_other(options.other_texts, engine, half)
        unlabelled = without_copies(unlabelled, gold)
    teacher = EncoderTeacher(options.teacher) if options.teacher else None
    vectors = Vectors(options.vectors, options.vector_words, options.clusters)
    recipe = Recipe(unlabelled, vectors, options.seed, options.networks, teacher)
    others = {name: without_copies(articles, gold) for name, articles in others.items()}
    weights = recipe([article for articles in others.values() for article in articles], gold).weights()
    save(options.out, weights)
    card = _card({**others, "unlabelled": unlabelled}, score(FastRecognizer(weights), gold), options)
    (options.out / "README.md").write_text(card, encoding="utf-8")
    sys.stdout.write(card)


def _parser() -> argparse.ArgumentParser:
    parser = training_parser("Train the fast recognizer of names.", FAST)
    parser.add_argument(
        "--articles", type=int, default=0, help="unlabelled ones to distill on, half of them other outlets'"
    )
    parser.add_argument("--networks", type=int, default=1, help="of its kind that teach; they differ in their seeds")
    parser.add_argument(
        "--teacher", type=Path, help="weights of the accurate recognizer's encoder, trained without the gold articles"
    )
    return parser


_TERMS: Final = {
    "news": "SaudiNewsNet, CC BY-NC-SA 4.0, and SANAD AlKhaleej, CC BY 4.0; annotated for khabar",
    "standoff": "SaudiNewsNet, CC BY-NC-SA 4.0; annotated for khabar (annotations/)",
    "other": "twenty-two other outlets, most without stated terms; annotated for khabar (annotations/)",
    "anercorp": "ANERcorp, CC BY-SA 4.0",
    "unlabelled": "SaudiNewsNet, CC BY-NC-SA 4.0, and the other outlets; labelled by the teachers",
}


def _card(data: Mapping[str, Sequence[Annotated]], scores: Scores, options: argparse.Namespace) -> str:
    rows = []
    for name, articles in data.items():
        words = sum(len(article.document.tokens.words) for article in articles)
        names = sum(len(article.names) for article in articles)
        rows.append(f"| {name} | {len(articles)} | {words} | {names} | {_TERMS[name]} |")
    return _CARD.format(
        date=datetime.now(UTC).date().isoformat(),
        seed=options.seed,
        distilled=_teachers(options) if data["unlabelled"] else "",
        data="\n".join(rows),
        scores=scores.table(),
    )


def _teachers(options: argparse.Namespace) -> str:
    encoder = " and the accurate recognizer's encoder" if options.teacher else ""
    networks = "a network" if options.networks == 1 else f"{options.networks} networks"
    return f";\n{networks} of its kind{encoder} taught it the unlabelled news"


if __name__ == "__main__":
    main()
