"""Trains what khabar.reference decides and writes the weights.

    python -m training.reference.train --gold FOLDER --standoff FILE --texts FILE --out FOLDER
    python -m training.reference.train ... --evaluate [--without GROUP ...]

Every article is learned from twice: with its names as annotated, and as the fast recognizer finds them. `--evaluate` writes
nothing: it keeps each outlet out in turn and scores on it; `--without` leaves features out, by how their names begin. 2 minutes
on one core.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.entities.fast.recognizer import FastRecognizer
from khabar.models import REFERENCE
from khabar.reference.cues import Chooser
from khabar.reference.resolver import Resolver
from khabar.reference.weights import JoinedWeights, Weights
from khabar.statements.reading import SpeechReader
from khabar.text.document import Document
from training.reference.articles import Told, read_gold, read_standoff
from training.reference.cases import (
    by_rule,
    entity_extractor,
    examples,
    is_by_name,
    kind_examples,
    speakers,
    speech_examples,
    stretches,
    with_entities,
)
from training.reference.ranker import Example, fit, write
from training.reference.statement_cases import Score, learn_from, score

PENALTY: Final = 4.0
SPEECH_PENALTY: Final = 2.0
STATEMENT_PENALTY: Final = 4.0  # each article is learned from twice
_FOLDS: Final = 4
_ROUNDS: Final = 2  # who spoke before is first guessed by rule, then by what was learned
# Outlets of the gold folder's first articles, on which the rules were fitted.
_IN_DOMAIN: Final = "dev-"

Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its names, once as annotated and once as found."""

    told: Told
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """All that is learned together."""

    speakers: Features
    openings: Features
    endings: Features
    speech: Features
    kind: Features

    def reader(self) -> SpeechReader:
        """Return what reads documents with these weights."""
        return SpeechReader(Resolver(Weights(self.speakers)), JoinedWeights(self.openings), JoinedWeights(self.endings))


def main() -> None:
    """Do what the command line asks for."""
    options = _parser().parse_args()
    articles = list(_read(options))
    if options.evaluate:
        _evaluate(articles, tuple(options.without))
        return
    learned = learn(articles)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, weights in (
        ("speakers", learned.speakers),
        ("statement_openings", learned.openings),
        ("statement_endings", learned.endings),
        ("speech", learned.speech),
        ("speech_kind", learned.kind),
    ):
        write(options.out / f"{name}.tsv", weights)
        sys.stdout.write(f"{name}: {len(weights)} features\n")


def learn(articles: Sequence[Article], without: tuple[str, ...] = ()) -> Learned:
    """Return weights; features whose names begin with one of `without` are not learned."""
    choose: Chooser = by_rule
    weights: Features = {}
    half = 1 / len(articles[0].documents)
    for _ in range(_ROUNDS):
        outcomes = [one for a in articles for d in a.documents for one in speakers(a.told, d, choose)]
        weights = fit([_thin(one, without) for one in examples(outcomes, half)], penalty=PENALTY)
        choose = Resolver(Weights(weights))
    taught = [learn_from(a.told, d, choose) for a in articles if a.told.has_statements for d in a.documents]
    openings = fit([_thin(one, without) for each in taught for one in each.openings], penalty=STATEMENT_PENALTY)
    endings = fit([_thin(one, without) for each in taught for one in each.endings], penalty=STATEMENT_PENALTY)
    reader = SpeechReader(choose, JoinedWeights(openings), JoinedWeights(endings))
    rows = [row for a in articles for d in a.documents for row in stretches(a.told, d, reader)]
    speech = fit(list(speech_examples(rows, half)), penalty=SPEECH_PENALTY)
    kind = fit(list(kind_examples(rows, half)), penalty=SPEECH_PENALTY)
    return Learned(weights, openings, endings, speech, kind)


def _thin(example: Example, without: tuple[str, ...]) -> Example:
    if not without:
        return example
    return example._replace(features=[[n for n in names if not n.startswith(without)] for names in example.features])


def _read(options: argparse.Namespace) -> Iterable[Article]:
    engine, fast = FarasaEmbedded(), FastRecognizer()
    extractor, given = entity_extractor()
    told = [
        *read_gold(options.gold, engine),
        *(read_standoff(options.standoff, options.texts, engine) if options.standoff else ()),
    ]
    for one in told:
        annotated = with_entities(one, [name for name, _ in one.names], extractor, given)
        found = with_entities(one, fast.recognize(one.document), extractor, given)
        yield Article(one, (annotated, found))


def _evaluate(articles: Sequence[Article], without: tuple[str, ...]) -> None:
    outlets = sorted({article.told.outlet for article in articles})
    random.Random(1).shuffle(outlets)  # noqa: S311 no secret
    fold = {outlet: number % _FOLDS for number, outlet in enumerate(outlets)}
    counts: Counter[tuple[str, ...]] = Counter()
    for number in range(_FOLDS):
        learned = learn([a for a in articles if fold[a.told.outlet] != number], without)
        for article in articles:
            if fold[article.told.outlet] == number:
                _score(article, learned, counts)
    _print(counts)


def _score(article: Article, learned: Learned, counts: "Counter[tuple[str, ...]]") -> None:
    domains = ("in domain",) if article.told.id.startswith(_IN_DOMAIN) else ("out of domain", article.told.outlet)
    for domain in domains:
        _score_as(domain, article, learned, counts)


def _score_as(domain: str, article: Article, learned: Learned, counts: "Counter[tuple[str, ...]]") -> None:
    reader, choose = learned.reader(), Resolver(Weights(learned.speakers))
    for names, document in zip(("annotated", "fast"), article.documents, strict=False):
        for way, chooser in (("rules", by_rule), ("learned", choose)):
            for one in speakers(article.told, document, chooser, is_teaching=False):
                counts[domain, names, way, one.layer, "n"] += 1
                counts[domain, names, way, one.layer, "right"] += one.chosen in one.right
                counts[domain, names, way, one.layer, "sight"] += bool(one.right)
                counts[domain, names, way, one.layer, "name"] += is_by_name(one)
        if article.told.has_statements:
            for what, count in score(article.told, document, reader)._asdict().items():
                counts[domain, names, "statements", what] += count
        for row in stretches(article.told, document, reader):
            if row.truth == "?":
                continue
            is_speech = sum(learned.speech.get(name, 0.0) for name in row.features) > 0
            is_direct = sum(learned.kind.get(name, 0.0) for name in row.features) > 0
            said = row.truth != "none"
            counts[domain, names, "speech", "true"] += said
            counts[domain, names, "speech", "found"] += is_speech
            counts[domain, names, "speech", "both"] += said and is_speech
            counts[domain, names, "speech", "kind"] += said and is_speech and is_direct == (row.truth == "direct")


def _print(counts: "Counter[tuple[str, ...]]") -> None:
    outlets = sorted({key[0] for key in counts} - {"in domain", "out of domain"})
    for domain in ("in domain", "out of domain", *outlets):
        for names in ("annotated", "fast"):
            for layer in ("quotations", "statements"):
                for way in ("rules", "learned"):
                    n, right, name, sight = (
                        counts[domain, names, way, layer, what] for what in ("n", "right", "name", "sight")
                    )
                    if n:
                        share = right / n
                        error = 100 * (share * (1 - share) / n) ** 0.5
                        sys.stdout.write(
                            f"{domain}, names {names}, {layer}, {way}: {100 * share:.1f} +- {error:.1f} % of {n}, "
                            f"by canonical name {100 * name / n:.1f}, in sight {100 * sight / n:.1f}\n"
                        )
            annotated, given, right, kinds, who = (counts[domain, names, "statements", what] for what in Score._fields)
            if annotated and given:
                p, r = 100 * right / given, 100 * right / annotated
                sys.stdout.write(
                    f"{domain}, names {names}, statements: "
                    f"P {p:.1f} R {r:.1f} F1 {2 * p * r / (p + r):.1f} of {annotated}, "
                    f"with speaker {200 * who / (given + annotated):.1f}, kind {100 * kinds / right:.1f} %\n"
                )
            true, found, both, kind = (
                counts[domain, names, "speech", what] for what in ("true", "found", "both", "kind")
            )
            if true and found:
                p, r = both / found, both / true
                sys.stdout.write(
                    f"{domain}, names {names}, speech in glyphs: "
                    f"P {100 * p:.1f} R {100 * r:.1f} F1 {200 * p * r / (p + r):.1f} of {true}, "
                    f"kind {100 * kind / both:.1f} %\n"
                )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--gold", type=Path, required=True, help="folder of *.gold.json and *.article.json")
    parser.add_argument("--standoff", type=Path, help="khabar's own annotations")
    parser.add_argument("--texts", type=Path, help="their texts: gzipped JSON lines")
    parser.add_argument("--out", type=Path, default=REFERENCE)
    parser.add_argument("--evaluate", action="store_true", help="keep each outlet out in turn and score")
    parser.add_argument("--without", nargs="*", default=(), metavar="PREFIX", help="features to leave out")
    return parser


if __name__ == "__main__":
    main()
