"""The text that the benchmarks work on: a file of real articles; without that file, articles written for it."""

import argparse
import itertools
from pathlib import Path

import orjson

from tests.articles import article

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "news" / "sample.jsonl"


def add_text_option(parser: argparse.ArgumentParser) -> None:
    """Add --text to a benchmark's options."""
    parser.add_argument(
        "--text", type=Path, default=SHARED, help="articles as JSON lines; written ones if it is missing"
    )


def articles(source: Path, count: int) -> list[bytes]:
    """Return so many different articles as JSON lines: those of the source over and over, each time with other ids.

    Args:
        source: JSON lines with `content`; empty ones are left out.
        count: how many.
    """
    if not source.is_file():
        return [orjson.dumps(article(number, sentences=8)) for number in range(count)]
    items = [orjson.loads(line) for line in source.read_bytes().splitlines()]
    items = [item for item in items if item["content"].strip()]
    return [
        orjson.dumps({**item, "id": f"bench-{number}"}) for number, item in zip(range(count), itertools.cycle(items))
    ]
