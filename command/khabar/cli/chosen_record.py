"""The one record that `khabar view` shows: from a file of records or articles, a pipe, or the running service."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import orjson

from khabar.bootstrap import build_pipeline
from khabar.cli.inputs import open_inputs, readable
from khabar.cli.record_lines import read_records
from khabar.errors import CommandError, Exit, RejectedArticle
from khabar.messages.envelope import outcome_id
from khabar.pipeline.assemble import record_bytes
from khabar.pipeline.verdict import Extracted, judge
from khabar.settings import load_settings
from khabar.sources.shape import Shape

Record = dict[str, Any]
_ENOUGH = 8
_MOST_REJECTIONS = 1000  # that are looked at, for a record behind them
MOST_BYTES = 64 << 20  # of a record that is written over several lines


def record_of_file(path: str, *, line: int | None, id: str | None) -> tuple[Record, bool]:
    """Return a record of a file, and whether the file holds more.

    Args:
        path: of records as JSON lines or one JSON object, or of articles in any form that khabar reads; - for standard input.
        line: the one with this number; the first, if neither is given.
        id: the one of this article or outcome.

    Raises:
        CommandError: it cannot be read, or holds no such record.
    """
    if path != "-":
        return _chosen(path, path, line, id)
    with NamedTemporaryFile(prefix="khabar-") as spool:  # looked at twice
        shutil.copyfileobj(sys.stdin.buffer, spool)
        spool.flush()
        return _chosen(spool.name, "standard input", line, id)


def is_of(record: Mapping[str, Any], event_id: str | None, id: str) -> bool:
    """Whether a record is of an article or outcome with this id, or of the address; eight characters of an id will do."""
    article = record.get("article") or {}
    names = [str(name) for name in (article.get("id"), event_id or record.get("outcome_id")) if name]
    return id in (*names, article.get("url")) or (len(id) >= _ENOUGH and any(name.startswith(id) for name in names))


def _chosen(path: str, name: str, line: int | None, id: str | None) -> tuple[Record, bool]:
    found = _records(path, name)
    if id is not None:
        found = ((number, record) for number, record in found if is_of(record, None, id))
    if line is not None:
        found = ((number, record) for number, record in found if number == line)
    first = list(islice(found, 2 if line is None and id is None else 1))
    if not first:
        wanted = f" {id}" if id else f" on line {line}" if line else ""
        raise CommandError(f"{name} holds no record{wanted}", Exit.UNREADABLE)
    return first[0][1], len(first) > 1


def _records(path: str, name: str) -> Iterator[tuple[int, Record]]:
    whole = _one_object(path)
    if whole is not None and is_record(whole):
        return iter([(1, whole)])
    if _begins_with_record(path):
        return read_records(path)
    return _extracted(path, name)


def is_record(value: object) -> bool:
    """Whether a value is a record, and no article of a producer."""
    return isinstance(value, dict) and isinstance(value.get("text"), str) and {"article", "provenance"} <= value.keys()


def _begins_with_record(path: str) -> bool:
    """Whether the first line that is not a rejection is a record or an event; True also for a file of only rejections."""
    has_rejections = False
    try:
        with Path(path).open("rb") as file:
            for line in islice((line for line in file if line.strip()), _MOST_REJECTIONS):
                value = orjson.loads(line)
                if not (isinstance(value, dict) and {"code", "reason"} <= value.keys()):
                    return is_record(value) or (isinstance(value, dict) and "specversion" in value)
                has_rejections = True
    except (OSError, orjson.JSONDecodeError):
        return False
    return has_rejections


def _one_object(path: str) -> Record | None:
    try:
        if not Path(path).is_file() or Path(path).stat().st_size > MOST_BYTES:
            return None
        value = orjson.loads(Path(path).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    if isinstance(value, dict) and "specversion" in value:
        value = value.get("data")
    return value if isinstance(value, dict) else None


def _extracted(path: str, name: str) -> Iterator[tuple[int, Record]]:
    """Yield the records of articles, extracted here; what becomes none is left out, unless it is all that exists."""
    settings = load_settings()
    sources = open_inputs([path], stdin_is_terminal=False, format=None, encoding="utf-8", shape=Shape())
    pipeline = build_pipeline(settings)
    refused: RejectedArticle | None = None
    made = 0
    with readable():
        for item in (item for source in sources for item in source.items(max_bytes=settings.max_article_bytes)):
            verdict = None if item.error else judge(item.raw, pipeline, max_bytes=settings.max_article_bytes)
            if isinstance(verdict, Extracted):
                made += 1
                article = verdict.article
                record: Record = orjson.loads(record_bytes(verdict.record))
                yield item.number, record | {"outcome_id": outcome_id(article.id, article.text, pipeline.version)}
            else:
                refused = refused or (verdict.error if verdict else item.error)
    if not made and refused is not None:
        raise CommandError(f"{name}: the article was rejected: {refused}", Exit.ALL_REJECTED)
