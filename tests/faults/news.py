"""The articles of the campaign: real ones where the shared sample is there, else written ones; numbered by their ids."""

from functools import cache

import orjson

from benchmarks.texts import SHARED
from tests.articles import article


@cache
def _texts() -> list[dict[str, str]]:
    if not SHARED.is_file():
        return []
    items = [orjson.loads(line) for line in SHARED.read_bytes().splitlines()]
    return [{"title": item["title"], "text": item["content"]} for item in items if item["content"].strip()]


def news(number: int) -> dict[str, str]:
    """Return one article with the id `test-{number}`; the texts go round, the ids do not."""
    texts = _texts()
    return {**texts[number % len(texts)], "id": f"test-{number}"} if texts else article(number, sentences=8)
