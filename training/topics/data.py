"""Articles as what the models see of them, with labels where somebody has read them."""

import gzip
import json
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from khabar.engines.base import Engine
from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.errors import RejectedArticle
from khabar.messages.article import parse_article
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document
from khabar.topics.forms import forms
from khabar.topics.terms import terms

LABELS: Final = Path(__file__).parent / "labels.tsv"
SEEDS: Final = Path(__file__).parent / "seeds.tsv"
CODES: Final = tuple(f"{number:02d}" for number in range(1, 18))
# A weak label of SANAD's seven classes: code -> share.
SANAD: Final[Mapping[str, Mapping[str, float]]] = {
    "Culture": {"01": 0.9, "14": 0.1},
    "Finance": {"04": 1.0},
    "Medical": {"07": 1.0},
    "Politics": {"11": 0.6, "16": 0.4},
    "Religion": {"12": 1.0},
    "Sports": {"15": 1.0},
    "Technology": {"13": 1.0},
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An article as the models see it.

    Attributes:
        ref: its id or URL. outlet: whose it is. topic: SANAD's class, or the code of seed words; empty for all others.
        terms: weighted counts. form: features of form.
    """

    ref: str
    outlet: str
    topic: str
    terms: Counter[str]
    form: list[float]


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader gave an article.

    Attributes:
        main: code. also_good: a second code that is as good a main one, or empty. others: further codes. genre: or "?".
    """

    ref: str
    outlet: str
    main: str
    also_good: str
    others: tuple[str, ...]
    genre: str


def read_labels(path: Path = LABELS) -> list[Label]:
    """Read the stand-off labels."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [Label(ref, outlet, main, good, tuple(o.split()), genre) for ref, outlet, main, good, o, genre in rows]


def read_seen(folder: Path, cache: Path | None) -> list[Seen]:
    """Read all articles, or what an earlier run kept in `cache`; 90 s on one core.

    Args:
        folder: holds news_other/articles.jsonl.gz, news/sample.jsonl and topics/khaleej_train.jsonl.gz.
    """
    if cache and cache.exists():
        kept: list[Seen] = pickle.loads(cache.read_bytes())  # noqa: S301 our own file
        return kept
    engine = FarasaEmbedded()
    found = [seen for item in _items(folder) for seen in _see(item, engine)]
    if cache:
        cache.write_bytes(pickle.dumps(found))
    return found


def _items(folder: Path) -> Iterator[dict[str, Any]]:
    for row in _lines(folder / "news_other" / "articles.jsonl.gz"):
        yield {"id": row["id"], "title": row["title"], "text": row["text"], "source": row["outlet"]}
    for row in _lines(folder / "news" / "sample.jsonl"):
        yield {name: row[name] for name in ("url", "title", "author", "source")} | {"text": row["content"]}
    for number, row in enumerate(_lines(folder / "topics" / "khaleej_train.jsonl.gz")):
        if number % 4 == 0:  # one outlet; more of it would outweigh the others
            yield {"id": row["ref"], "text": row["text"], "source": "AlKhaleej", "class": row["topic"]}
    for number, line in enumerate(SEEDS.read_text(encoding="utf-8").splitlines()):
        if not line.startswith("#"):
            code, text = line.split("\t")
            yield {"id": f"seed-{number}", "text": text, "source": "", "class": code}


def _lines(path: Path) -> Iterable[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _see(item: dict[str, Any], engine: Engine) -> Iterator[Seen]:
    topic = item.pop("class", "")
    try:
        document = Document.of(parse_article(item))
    except RejectedArticle:
        return
    split(document)
    segment(document, engine)
    yield Seen(item.get("id") or item["url"], item["source"], topic, terms(document), forms(document))
