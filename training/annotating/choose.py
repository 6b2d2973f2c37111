"""Which articles are worth annotating: none that is annotated, no copy of one, small outlets more than their share."""

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from khabar.messages.record import Record

LEAST_CHARS: Final = 500
MOST_CHARS: Final = 3600
_SHINGLE_WORDS: Final = 5
_SHARED: Final = 0.3  # of the shorter article's shingles: more makes a copy

Article = dict[str, Any]


class Seen:
    """The articles so far, by their shingles: five words in a row."""

    def __init__(self) -> None:
        self._articles: dict[int, list[int]] = defaultdict(list)
        self._sizes: list[int] = []

    def is_copy(self, text: str) -> bool:
        """Whether the text shares too much with one that was added."""
        shingles = _shingles(text)
        shared = Counter(number for shingle in shingles for number in self._articles.get(shingle, ()))
        return any(count > _SHARED * min(len(shingles), self._sizes[number]) for number, count in shared.items())

    def add(self, text: str) -> None:
        """Add an article."""
        shingles = _shingles(text)
        for shingle in shingles:
            self._articles[shingle].append(len(self._sizes))
        self._sizes.append(len(shingles))


def read_texts(path: Path) -> list[Article]:
    """Return the articles of gzipped JSON lines with `id`, `outlet`, `title` and `text`."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def text_of(article: Article) -> str:
    """Return an article's text as it is annotated: title, empty line, text."""
    return f"{article['title']}\n\n{article['text']}" if article["title"] else article["text"]


def known_ids(known: Path, folder: Path | None) -> set[str]:
    """Return the ids that are annotated: in a file of `ref`, and in a folder of `ID.gold.json`."""
    ids = {json.loads(line)["ref"] for line in known.read_text(encoding="utf-8").splitlines()}
    return ids | {path.name.removesuffix(".gold.json") for path in folder.glob("*.gold.json")} if folder else ids


def in_random_order(articles: Iterable[Article], seed: int) -> Iterator[Article]:
    """Yield the articles of a fitting length; an outlet comes early by the square root of its share."""
    fitting = [one for one in articles if LEAST_CHARS <= len(text_of(one)) <= MOST_CHARS]
    sizes = Counter(one["outlet"] for one in fitting)
    draw = random.Random(seed)  # noqa: S311 no secret
    yield from sorted(fitting, key=lambda one: draw.expovariate(sizes[one["outlet"]] ** -0.5))


def doubts(record: Record) -> int:
    """Return of how many quotations and statements the speaker is not told, or comes from before or from another sentence."""
    count = 0
    for said in (*(record.quotations or ()), *(record.statements or ())):
        who = said.speaker
        sentence = next(s for s in record.sentences or () if said.start < s.end)
        is_here = who is not None and who.start is not None and sentence.start <= who.start < sentence.end
        count += said.pro_drop or not is_here
    return count


def _shingles(text: str) -> set[int]:
    words = text.split()
    return {hash(tuple(words[at : at + _SHINGLE_WORDS])) for at in range(max(1, len(words) - _SHINGLE_WORDS + 1))}
