"""Precision and recall of the origin layer on articles read by hand: benchmarks/origin/{dev,test}.jsonl.

The annotation is stand-off: an article's id, the agency, the dateline with its offsets, and no text. The articles are those of
--text (SaudiNewsNet); without that file there is nothing to score.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import orjson

from benchmarks.texts import SHARED
from khabar.extractors.origin import extractor
from khabar.messages.article import Article, parse_article
from khabar.messages.record import Origin
from khabar.pipeline.segment import split
from khabar.text.document import Document

FOLDER: Final = Path(__file__).parent / "origin"
HALVES: Final = ("dev", "test")


def main() -> None:
    """Print the scores of both halves, and what was missed or wrong in the half that may be looked at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, default=SHARED, help="the articles as JSON lines")
    arguments = parser.parse_args()
    if not arguments.text.is_file():
        parser.exit(1, f"{arguments.text} is missing: the annotation holds no text, so nothing can be scored\n")
    articles = _articles(arguments.text)
    for half in HALVES:
        gold = [orjson.loads(line) for line in (FOLDER / f"{half}.jsonl").read_bytes().splitlines()]
        found = [_origin(articles[item["id"]]) for item in gold]
        for field in ("agency", "dateline"):
            pairs = [(item[field], getattr(origin, field)) for item, origin in zip(gold, found, strict=True)]
            print(f"{half:5} {field:9} {_score(pairs)}")
            if half == "dev":
                wrong = (
                    item["id"] for item, (right, answer) in zip(gold, pairs, strict=True) if not _same(right, answer)
                )
                print(*(f"      wrong: {identifier}" for identifier in wrong), sep="\n", end="")


def _articles(path: Path) -> dict[str, Article]:
    found = {}
    for line in path.read_bytes().splitlines():
        item = orjson.loads(line)
        if item["content"].strip() or item["title"].strip():
            article = parse_article(item)
            found[article.id] = article
    return found


def _origin(article: Article) -> Origin:
    document = Document.of(article)
    split(document)
    origin = extractor().extract(document)
    assert isinstance(origin, Origin)
    return origin


def _same(right: Any, answer: Any) -> bool:
    """Whether an answer is right: the agency's canonical name, or place and offsets of a dateline."""
    return bool(right == (answer.model_dump() if hasattr(answer, "model_dump") else answer))


def _score(pairs: Iterable[tuple[Any, Any]]) -> str:
    """Return n, precision and recall; null on both sides counts for neither."""
    count: Counter[str] = Counter()
    for right, answer in pairs:
        count["articles"] += 1
        count["gold"] += right is not None
        count["found"] += answer is not None
        count["right"] += right is not None and _same(right, answer)
    precision = count["right"] / count["found"] if count["found"] else 1.0
    recall = count["right"] / count["gold"] if count["gold"] else 1.0
    return f"{dict(count)} precision {precision:.3f} recall {recall:.3f}"


if __name__ == "__main__":
    main()
