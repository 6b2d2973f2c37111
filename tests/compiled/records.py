"""Writes records of articles as JSON lines, for a comparison of two builds.

python -m tests.compiled.records OUT [RECOGNIZER [ARTICLES.jsonl[.gz] COUNT]]

The last line on standard output is the file of one of the modules that may be compiled.
"""

import gzip
import itertools
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from khabar.errors import RejectedArticle
from khabar.library import open_pipeline
from khabar.statements import openings
from tests.articles import article

_WRITTEN = 60


def main(out: Path, recognizer: str = "fast", source: str = "", count: str = "0") -> None:
    """Write a record or the reason against one for each article."""
    pipeline = open_pipeline(recognizer="accurate" if recognizer == "accurate" else "fast")
    with out.open("w", encoding="utf-8") as file:
        for item in _articles(source, int(count)):
            try:
                line = pipeline(item).model_dump_json()
            except RejectedArticle as error:
                line = str(error)
            file.write(line + "\n")
    sys.stdout.write(f"{openings.__file__}\n")


def _articles(source: str, count: int) -> Iterator[Mapping[str, Any]]:
    """Yield so many articles, evenly from the whole file; without a file, those that tests write."""
    if not source:
        yield from (article(number, sentences=number % 9 + 1) for number in range(_WRITTEN))
        return
    data = Path(source).read_bytes()
    rows = [json.loads(line) for line in (gzip.decompress(data) if source.endswith(".gz") else data).splitlines()]
    for row in itertools.islice(rows[:: max(1, len(rows) // count)], count):
        yield {"id": row["id"], "title": row.get("title"), "text": row["text"]}


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
