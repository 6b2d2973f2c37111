"""Articles with what is said in them: the gold folder's, and khabar's own annotations beside their texts."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from khabar.engines.base import Engine
from khabar.entities.recognizer import Name
from khabar.text.document import Document
from training.entities.data import parse


@dataclass(frozen=True, slots=True)
class Said:
    """A quotation or statement.

    Attributes:
        start, end: raw offsets. kind: direct, partial, clause, nominal or according_to. speaker: None where not told.
        cue: raw span of the reporting word; None if the item has no such word, or if it was not found in the text.
    """

    start: int
    end: int
    kind: str
    speaker: str | None
    cue: tuple[int, int] | None
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Told:
    """An annotated article.

    Attributes:
        id, outlet: of the article. document: segmented, without layers.
        names: in text order, with the canonical name of each beside it.
        quotations, statements: in text order.
        has_statements: whether these were looked for.
        no_speech: raw spans of the stretches between glyphs that are not quotations. None if the annotation lists none: then each
            stretch outside `quotations` counts as one.
    """

    id: str
    outlet: str
    document: Document
    names: tuple[tuple[Name, str], ...]
    quotations: tuple[Said, ...]
    statements: tuple[Said, ...]
    has_statements: bool
    no_speech: tuple[tuple[int, int], ...] | None = None


def read_gold(folder: Path, engine: Engine) -> Iterator[Told]:
    """Yield the articles of a folder of `<id>.gold.json` and `<id>.article.json`."""
    for path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        article = json.loads(path.with_name(path.name.replace(".gold.", ".article.")).read_text(encoding="utf-8"))
        yield _told(gold["id"], article.get("source") or gold["id"], article["text"], gold, engine)


def read_standoff(path: Path, texts: Path, engine: Engine) -> Iterator[Told]:
    """Yield the articles of khabar's own annotations.

    Args:
        path: JSON lines: `ref`, `sha256` of the text, `entities`, `quotations`, `statements` (annotations/README.md).
        texts: gzipped JSON lines with `id`, `outlet`, `title` and `text`; an article is title, empty line, text.
        engine: segments.

    Raises:
        ValueError: an article is not among the texts, or not as it was annotated.
    """
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wanted = {row["ref"] for row in rows}
    with gzip.open(texts, "rt", encoding="utf-8") as file:
        found = {one["id"]: one for one in map(json.loads, file) if one["id"] in wanted}
    for row in rows:
        one = found.get(row["ref"])
        text = f"{one['title']}\n\n{one['text']}" if one and one["title"] else one["text"] if one else ""
        if one is None or sha256(text.encode()).hexdigest() != row["sha256"]:
            raise ValueError(f"{texts}: the article {row['ref']} is missing or not as it was annotated")
        yield _told(row["ref"], one["outlet"], text, row, engine)


def _told(article_id: str, outlet: str, text: str, gold: dict[str, Any], engine: Engine) -> Told:
    names = sorted(gold["entities"], key=lambda entity: entity["start"])
    return Told(
        article_id,
        outlet,
        parse(article_id, text, engine),
        tuple((Name(entity["type"], entity["start"], entity["end"]), entity["name"]) for entity in names),
        tuple(_said(text, one) for one in gold.get("quotations", [])),
        tuple(_said(text, one) for one in gold.get("statements", [])),
        "statements" in gold,
        tuple((start, end) for start, end in gold["no_speech"]) if "no_speech" in gold else None,
    )


def _said(text: str, one: dict[str, Any]) -> Said:
    cue = (one["cue_start"], one["cue_end"]) if "cue_start" in one else _cue(text, one)
    return Said(one["start"], one["end"], one["kind"], one.get("speaker"), cue, not one.get("unsure"))


def _cue(text: str, one: dict[str, Any]) -> tuple[int, int] | None:
    """Return where the cue's word stands: as near before what is said as can be, else behind it, else inside."""
    best: tuple[int, int] | None = None
    word = one.get("cue") or ""
    at = text.find(word) if word else -1
    while at >= 0:
        end = at + len(word)
        if end <= one["start"]:
            distance = one["start"] - end
        elif at >= one["end"]:
            distance = at - one["end"] + _BEHIND
        else:
            distance = at - one["start"] + _INSIDE
        if best is None or distance < best[0]:
            best = distance, at
        at = text.find(word, at + 1)
    return (best[1], best[1] + len(word)) if best and best[0] < _FARTHEST else None


_BEHIND = 60
_INSIDE = 150
_FARTHEST = 400
