"""`khabar replay`: the articles of earlier records again, through this version."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import orjson
import typer
from pydantic import ValidationError

from khabar.bootstrap import build_pipeline
from khabar.cli.record_lines import read_records
from khabar.errors import CommandError, Exit
from khabar.messages.article import Article
from khabar.messages.values import PARAGRAPH
from khabar.pipeline.assemble import record_bytes
from khabar.pipeline.pipeline import Pipeline
from khabar.pipeline.verdict import Refusal, judge
from khabar.settings import load_settings

WHOLE = "record"  # stands for all layers where there is no record now
NAMING = ("provenance", "outcome_id")  # name the version, so they differ between versions
SHOWN_CHARS = 100

Place = tuple[str, Any, Any]  # path within the layer, value before, value now


def replay(
    against: Annotated[
        str, typer.Option("--against", metavar="FILE|-", help="Records of an earlier version, one JSON object a line.")
    ],
    show: Annotated[int, typer.Option("--show", metavar="N", help="Examples of each layer that differs.", min=0)] = 3,
) -> None:
    """Extract the articles of earlier records again, and say which layers differ.

    The settings of this run decide the layers: use those that made the records. Rejections among the lines are left out.

    Examples:
        khabar replay --against records-0.4.jsonl

        khabar records | khabar replay --against -
    """
    compare(against, build_pipeline(load_settings()), show=show)


def compare(against: str, pipeline: Pipeline, *, show: int) -> None:
    """Write what differs to standard output.

    Raises:
        CommandError: records differ (Exit.DIFFERENT), or a line is no record (Exit.UNREADABLE).
    """
    report = Report(show)
    for number, record in read_records(against):
        report.take(record, _again(_article_of(record, number), pipeline))
    sys.stdout.writelines(f"{line}\n" for line in report.lines())
    sys.stdout.flush()
    if not report.read:
        raise CommandError(f"{against} holds no record", Exit.UNREADABLE)
    if report.different:
        raise CommandError(f"{report.different:,} of {report.read:,} records differ", Exit.DIFFERENT)


class Report:
    """Differences, layer by layer.

    Args:
        show: examples kept of each layer.
    """

    def __init__(self, show: int) -> None:
        self.read = 0
        self.different = 0
        self._show = show
        self._layers: Counter[str] = Counter()
        self._made_by: Counter[str] = Counter()
        self._examples: defaultdict[str, list[str]] = defaultdict(list)

    def take(self, before: dict[str, Any], now: dict[str, Any] | str) -> None:
        """Compare one record with what its article gives now; a string says why that is no record."""
        self.read += 1
        self._made_by[str(before.get("provenance", {}).get("khabar", "an unknown version"))] += 1
        found = {WHOLE: ("", "a record", now)} if isinstance(now, str) else differences(before, now)
        self.different += bool(found)
        for layer, (path, old, new) in found.items():
            self._layers[layer] += 1
            if len(self._examples[layer]) < self._show:
                article = _shown(before["article"]["id"])
                self._examples[layer].append(f"  {article}: {layer}{path}: {_shown(old)} -> {_shown(new)}")

    def lines(self) -> Iterator[str]:
        """Write the report for a person."""
        versions = ", ".join(f"{_shown(version)}: {count:,}" for version, count in sorted(self._made_by.items()))
        yield f"{self.read:,} records ({versions or 'none'}), {self.read - self.different:,} equal"
        for layer, count in sorted(self._layers.items()):
            yield f"{layer}: {count:,} differ"
            yield from self._examples[layer]


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Place]:
    """Compare two records as JSON: the first place that differs in each layer. Custom layers count one by one.

    Provenance and outcome id are left out, because they name the version.
    """
    old, new = _layers_of(before), _layers_of(now)
    found = {}
    for layer in sorted(old.keys() | new.keys()):
        place = first_difference(old.get(layer, ABSENT), new.get(layer, ABSENT))
        if place:
            found[layer] = place
    return found


ABSENT = "(absent)"


def first_difference(before: Any, now: Any, path: str = "") -> Place | None:
    """Return the first place where two JSON values differ; None where they are equal."""
    if isinstance(before, dict) and isinstance(now, dict):
        parts = [(f".{key}", before.get(key, ABSENT), now.get(key, ABSENT)) for key in before | now]
    elif isinstance(before, list) and isinstance(now, list):
        parts = [(f"[{index}]", old, new) for index, (old, new) in enumerate(zip(before, now, strict=False))]
        if len(before) != len(now):
            parts.append((".length", len(before), len(now)))
    else:
        return None if (type(before), before) == (type(now), now) else (path, before, now)
    places = (first_difference(old, new, path + step) for step, old, new in parts)
    return next(filter(None, places), None)


def _layers_of(record: Mapping[str, Any]) -> dict[str, Any]:
    layers = {name: value for name, value in record.items() if name not in (*NAMING, "custom")}
    return layers | {f"custom.{name}": value for name, value in (record.get("custom") or {}).items()}


def _article_of(record: dict[str, Any], number: int) -> Article:
    """Return the article that a record was made of: the same id, fields and text.

    Raises:
        CommandError: the line is no record.
    """
    try:
        fields, text = record["article"], record["text"]
        head = f"{fields['title']}{PARAGRAPH}" if fields.get("title") else ""
        if not text.startswith(head):
            raise ValueError("its text does not begin with its title")
        return Article.model_validate({**fields, "body": text[len(head) :]})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        reason = "a field of its article is unknown or wrong" if isinstance(error, ValidationError) else str(error)
        raise CommandError(f"line {number} is not a record of khabar: {_shown(reason)}", Exit.UNREADABLE) from error


def _again(article: Article, pipeline: Pipeline) -> dict[str, Any] | str:
    """Extract; a string says why there is no record now."""
    try:
        verdict = judge(article, pipeline, max_bytes=sys.maxsize)
    except Exception as error:  # a fault of this version, which the report must show
        return f"{type(error).__name__} in extraction"
    if isinstance(verdict, Refusal):
        return f"rejected as {verdict.error.code.value}"
    return dict(orjson.loads(record_bytes(verdict.record)))


def _shown(value: Any) -> str:
    """Write a value for a terminal: short, and nothing in it moves the cursor or the direction of writing."""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    text = text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + "…"
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
