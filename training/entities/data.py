"""Annotated articles: the news of the target kind and ANERcorp, as documents with the names that are in them."""

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from khabar.engines.base import Engine
from khabar.entities.recognizer import Name
from khabar.messages.article import Article
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document

Domain = Literal["news", "anercorp"]

# ANERcorp has no articles; so many of its sentences make one, for what a recognizer learns about whole articles.
_SENTENCES_AN_ARTICLE: Final = 20
_ANERCORP_TYPES: Final = {"PERS": "PER", "ORG": "ORG", "LOC": "LOC"}
# Articles of one event share a few phrases; those that share every fifth run of five words are the same story.
_SHARED_SHINGLES: Final = 0.2
_SHINGLE_WORDS: Final = 5
_LEAST_CHARS: Final = 300
_MOST_CHARS: Final = 6_000


@dataclass(frozen=True, slots=True)
class Annotated:
    """An article with its names.

    Attributes:
        id: the article's.
        document: segmented.
        names: in text order; none overlaps another.
        unsure: raw spans of doubtful names; they are among `names` and are not scored.
        domain: whose guidelines the names follow; ANERcorp's differ from the news's.
    """

    id: str
    document: Document
    names: tuple[Name, ...]
    unsure: tuple[tuple[int, int], ...] = ()
    domain: Domain = "news"


def read_news(path: Path, engine: Engine) -> list[Annotated]:
    """Read a file of annotated news: one JSON object a line with `id`, `text`, `entities`."""
    with path.open(encoding="utf-8") as file:
        return [_annotated(row, engine) for row in map(json.loads, file)]


def read_standoff(path: Path, texts: Path, engine: Engine) -> list[Annotated]:
    """Read annotations that stand apart from their texts.

    Args:
        path: JSON lines with `id`; `ref`, the article's URL; `sha256` of its text; `entities` as [type, start, end], and
            true behind them where the annotator was in doubt.
        texts: scraped news with `url`, `title` and `content`; the text is title, empty line, content.
        engine: segments.

    Raises:
        ValueError: an article is not among the texts, or not as it was when it was annotated.
    """
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wanted = {row["ref"] for row in rows}
    with texts.open(encoding="utf-8") as file:
        found = {
            scraped["url"]: f"{scraped['title']}\n\n{scraped['content']}"
            for scraped in map(json.loads, file)
            if scraped["url"] in wanted
        }
    for row in rows:
        row["text"] = found.get(row["ref"], "")
        if sha256(row["text"].encode()).hexdigest() != row["sha256"]:
            what = "not as it was annotated" if row["text"] else "not there"
            raise ValueError(f"{texts}: the article {row['ref']} is {what}; {path.name} belongs to other texts")
        row["entities"] = [
            {"type": kind, "start": start, "end": end, "unsure": bool(unsure)}
            for kind, start, end, *unsure in row["entities"]
        ]
    return [_annotated(row, engine) for row in rows]


def read_other(path: Path, texts: Path, engine: Engine) -> list[Annotated]:
    """Read annotations of other outlets' news, which stand apart from their texts.

    Args:
        path: JSON lines with `ref`, the article's id; `sha256` of its text; `entities`.
        texts: gzipped JSON lines with `id`, `title` and `text`; the text is title, empty line, text.
        engine: segments.

    Raises:
        ValueError: an article is not among the texts, or not as it was when it was annotated.
    """
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wanted = {row["ref"] for row in rows}
    with gzip.open(texts, "rt", encoding="utf-8") as file:
        found = {one["id"]: _joined(one) for one in map(json.loads, file) if one["id"] in wanted}
    for row in rows:
        row["id"], row["text"] = row["ref"], found.get(row["ref"], "")
        if sha256(row["text"].encode()).hexdigest() != row["sha256"]:
            raise ValueError(f"{texts}: the article {row['ref']} is missing or not as it was annotated")
    return [_annotated(row, engine) for row in rows]


def _joined(article: dict[str, Any]) -> str:
    return f"{article['title']}\n\n{article['text']}" if article["title"] else str(article["text"])


def read_gold(folder: Path, engine: Engine) -> list[Annotated]:
    """Read a folder of `<id>.article.json` with `text` and `<id>.gold.json` with `entities`, in the order of ids."""
    articles = []
    for path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        article = json.loads(path.with_name(path.name.replace(".gold.", ".article.")).read_text(encoding="utf-8"))
        articles.append(_annotated({**gold, "text": article["text"]}, engine))
    return articles


def read_anercorp(path: Path, engine: Engine) -> list[Annotated]:
    """Read a file of `word tag` lines with empty lines between sentences; MISC is left out."""
    sentences = list(_sentences(path))
    chunks = [sentences[i : i + _SENTENCES_AN_ARTICLE] for i in range(0, len(sentences), _SENTENCES_AN_ARTICLE)]
    return [_from_tags(f"anercorp-{number}", chunk, engine) for number, chunk in enumerate(chunks)]


def read_unlabelled(path: Path, engine: Engine, limit: int) -> list[Annotated]:
    """Read `limit` articles, spread over a file of scraped news with `title` and `content`, without names.

    Very short and very long ones are passed over.
    """
    with path.open(encoding="utf-8") as file:
        texts = [f"{row['title']}\n\n{row['content']}" for row in map(json.loads, file)]
    return _spread(texts, "unlabelled", engine, limit)


def read_unlabelled_other(path: Path, engine: Engine, limit: int) -> list[Annotated]:
    """Read as many articles, spread over the other outlets' news: gzipped JSON lines with `title` and `text`."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = [_joined(article) for article in map(json.loads, file)]
    return _spread(texts, "unlabelled-other", engine, limit)


def _spread(texts: Sequence[str], name: str, engine: Engine, limit: int) -> list[Annotated]:
    fitting = [text for text in texts if _LEAST_CHARS <= len(text) <= _MOST_CHARS]
    chosen = fitting[:: max(1, len(fitting) // limit)][:limit]
    return [Annotated(f"{name}-{n}", parse(f"{name}-{n}", text, engine), ()) for n, text in enumerate(chosen)]


def without_copies(articles: Iterable[Annotated], of: Sequence[Annotated]) -> list[Annotated]:
    """Return the articles that are no near-duplicates of one of `of`: what is scored must not have been seen."""
    known = [_shingles(article) for article in of]
    all_known = frozenset().union(*known)

    def is_copy(shingles: set[tuple[str, ...]]) -> bool:
        shared = shingles & all_known
        return any(len(shared & other) > _SHARED_SHINGLES * min(len(shingles), len(other)) for other in known)

    return [article for article in articles if article.domain != "news" or not is_copy(_shingles(article))]


def parse(article_id: str, text: str, engine: Engine) -> Document:
    """Segment a text whose title, if any, is above its first empty line."""
    title, gap, body = text.partition("\n\n")
    article = Article(id=article_id, title=title, body=body) if gap and body.strip() else None
    document = Document.of(article or Article(id=article_id, body=text))
    if document.raw != text:
        raise ValueError(f"{article_id}: the document's text is not the annotated text")
    split(document)
    segment(document, engine)
    return document


def _annotated(row: dict[str, Any], engine: Engine) -> Annotated:
    entities = sorted(row["entities"], key=lambda entity: entity["start"])
    return Annotated(
        id=row["id"],
        document=parse(row["id"], row["text"], engine),
        names=tuple(Name(entity["type"], entity["start"], entity["end"]) for entity in entities),
        unsure=tuple((entity["start"], entity["end"]) for entity in entities if entity.get("unsure")),
    )


def _sentences(path: Path) -> Iterator[list[tuple[str, str]]]:
    sentence: list[tuple[str, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            word, _, tag = line.rstrip().rpartition(" ")
            sentence.append((word, tag))
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _from_tags(article_id: str, sentences: Sequence[Sequence[tuple[str, str]]], engine: Engine) -> Annotated:
    """Join words with spaces and sentences with line feeds; the tags become spans."""
    text = ""
    names: list[Name] = []
    for sentence in sentences:
        previous = "O"
        for word, tag in sentence:
            start = len(text)
            text += word + " "
            kind = _ANERCORP_TYPES.get(tag[2:])
            if kind and tag.startswith("I-") and previous[2:] == tag[2:]:
                names[-1] = Name(names[-1].type, names[-1].start, start + len(word))
            elif kind:
                names.append(Name(kind, start, start + len(word)))  # type: ignore[arg-type]
            previous = tag
        text = text[:-1] + "\n"
    return Annotated(article_id, parse(article_id, text, engine), tuple(names), domain="anercorp")


def _shingles(article: Annotated) -> set[tuple[str, ...]]:
    form = article.document.tokens.form
    return set(zip(*(form[shift:] for shift in range(_SHINGLE_WORDS)), strict=False))
