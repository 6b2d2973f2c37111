"""How good a recognizer is on articles that took no part in its training.

    python -m worker.models.entities.evaluate --news FILE --gold FOLDER [--anercorp FILE] --trainer MODULE:FUNCTION

The trainer is a function that takes annotated articles and returns a recognizer. Each fifth of the gold articles is
scored by a recognizer trained on the news, the other gold articles and, where given, ANERcorp.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Final

from worker.engines.farasa_embedded.engine import FarasaEmbedded
from worker.entities.recognizer import Name, Recognizer
from worker.models.entities.data import Annotated, read_anercorp, read_gold, read_news, without_copies

FOLDS: Final = 5
TYPES: Final = ("PER", "ORG", "LOC")

Trainer = Callable[[Sequence[Annotated]], Recognizer]


@dataclass(slots=True)
class Tally:
    """Counts of right, annotated and found names; they give precision, recall and F1 in percent."""

    right: int = 0
    gold: int = 0
    found: int = 0

    def add(self, right: int, gold: int, found: int) -> None:
        """Count an article."""
        self.right += right
        self.gold += gold
        self.found += found

    @property
    def precision(self) -> float:
        """Right of those found."""
        return 100 * self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Right of those annotated."""
        return 100 * self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.gold + self.found
        return 200 * self.right / both if both else 0.0


@dataclass(slots=True)
class Scores:
    """The rows of the score table: exact (same offsets and type), each type exact, relaxed (same type, overlapping)."""

    rows: dict[str, Tally] = field(
        default_factory=lambda: {name: Tally() for name in ("exact", *TYPES, "relaxed")},
    )

    def add(self, article: Annotated, found: Sequence[Name]) -> None:
        """Score one article; what overlaps a doubtful name is not counted."""
        gold = [name for name in article.names if (name.start, name.end) not in article.unsure]
        found = [
            name for name in found if not any(name.start < end and start < name.end for start, end in article.unsure)
        ]
        right = set(gold) & set(found)
        self.rows["exact"].add(len(right), len(gold), len(found))
        for kind in TYPES:
            self.rows[kind].add(*(sum(name.type == kind for name in names) for names in (right, gold, found)))
        self.rows["relaxed"].add(_overlapping(gold, found), len(gold), len(found))

    def table(self) -> str:
        """Return the table as Markdown."""
        lines = ["| | precision | recall | F1 | annotated | found |", "|---|---|---|---|---|---|"]
        for name, row in self.rows.items():
            lines.append(
                f"| {name} | {row.precision:.1f} | {row.recall:.1f} | {row.f1:.1f} | {row.gold} | {row.found} |"
            )
        return "\n".join(lines)


def score(recognizer: Recognizer, articles: Iterable[Annotated], scores: Scores | None = None) -> Scores:
    """Score a recognizer; counts are added to `scores` where given."""
    scores = Scores() if scores is None else scores
    for article in articles:
        scores.add(article, recognizer.recognize(article.document))
    return scores


def folds(
    gold: Sequence[Annotated], others: Sequence[Annotated], count: int = FOLDS
) -> Iterator[tuple[list[Annotated], list[Annotated]]]:
    """Yield the training and the test articles of each fold.

    Args:
        gold: each `count`th article is of one fold; with a count of 1 all are tested, and none takes part in training.
        others: take part in every fold's training, but for near-duplicates of test articles.
        count: of folds.
    """
    for number in range(count):
        test = list(gold[number::count])
        rest = [article for index, article in enumerate(gold) if index % count != number]
        yield without_copies([*others, *rest], test), test


def cross_validate(train: Trainer, gold: Sequence[Annotated], others: Sequence[Annotated]) -> Scores:
    """Score a trainer over the gold articles; `others` take part in every fold's training."""
    scores = Scores()
    for training, test in folds(gold, others):
        score(train(training), test, scores)
    return scores


def errors(recognizer: Recognizer, articles: Iterable[Annotated]) -> Iterator[str]:
    """Yield a line for each name that was missed or wrongly found, as JSON: article, kind of error, type, text."""
    for article in articles:
        gold, found = set(article.names), set(recognizer.recognize(article.document))
        for name in sorted(gold ^ found, key=lambda name: name.start):
            kind = "missed" if name in gold else "spurious"
            text = article.document.raw[name.start : name.end]
            yield json.dumps([article.id, kind, name.type, name.start, text], ensure_ascii=False)


def _overlapping(gold: Sequence[Name], found: Sequence[Name]) -> int:
    """Count the pairs of a greedy one-to-one matching of overlapping names of one type, the best overlap first."""
    pairs = sorted(
        (
            (_overlap(one, other), first, second)
            for first, one in enumerate(gold)
            for second, other in enumerate(found)
            if one.type == other.type and one.start < other.end and other.start < one.end
        ),
        reverse=True,
    )
    used_gold: set[int] = set()
    used_found: set[int] = set()
    for _, first, second in pairs:
        if first not in used_gold and second not in used_found:
            used_gold.add(first)
            used_found.add(second)
    return len(used_gold)


def _overlap(one: Name, other: Name) -> float:
    """Return intersection over union of two overlapping names."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared / (max(one.end, other.end) - min(one.start, other.start))


def main() -> None:
    """Cross-validate the trainer that the command line names."""
    parser = argparse.ArgumentParser(description="Cross-validate a recognizer of names over the gold articles.")
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--anercorp", type=Path)
    parser.add_argument("--trainer", required=True, metavar="MODULE:FUNCTION")
    options = parser.parse_args()
    module, _, function = options.trainer.partition(":")
    engine = FarasaEmbedded()
    others = read_news(options.news, engine)
    if options.anercorp:
        others += read_anercorp(options.anercorp, engine)
    scores = cross_validate(getattr(import_module(module), function), read_gold(options.gold, engine), others)
    sys.stdout.write(scores.table() + "\n")


if __name__ == "__main__":
    main()
