"""How good the recognizers are on articles that took no part in their training.

python -m training.entities.evaluate --gold FOLDER [--errors]
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.entities.accurate.recognizer import AccurateRecognizer
from khabar.entities.fast.recognizer import FastRecognizer
from khabar.entities.recognizer import Name, Recognizer
from training.entities.data import Annotated, read_gold

TYPES: Final = ("PER", "ORG", "LOC")


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
    """Score the recognizers that come with the package."""
    parser = argparse.ArgumentParser(description="Score the recognizers of names on annotated articles.")
    parser.add_argument("--gold", type=Path, required=True, help="folder of *.gold.json and *.article.json")
    parser.add_argument(
        "--errors", action="store_true", help="print what was missed and what is spurious, as JSON lines"
    )
    options = parser.parse_args()
    gold = read_gold(options.gold, FarasaEmbedded())
    fast = FastRecognizer()
    for name, recognizer in (("fast", fast), ("accurate", AccurateRecognizer(fast=fast))):
        sys.stdout.write(f"{name}\n\n{score(recognizer, gold).table()}\n\n")
        if options.errors:
            sys.stdout.writelines(f"{line}\n" for line in errors(recognizer, gold))


if __name__ == "__main__":
    main()
