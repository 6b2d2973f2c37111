"""A record for a person to read."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from khabar.cli.visible import cell, visible

SENTENCES_SHOWN = 4
TOKENS_SHOWN = 12
CLAIMS_SHOWN = 8


def render_record(record: dict[str, Any]) -> RenderableType:
    """Return a panel with what matters of a record; offsets stand in brackets as [start,end)."""
    article, text = record["article"], record["text"]
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="bold")
    rows.add_column()
    known = [str(article[key]) for key in ("id", "source", "published_at") if article[key]]
    rows.add_row("article", cell(" · ".join(known)))
    language = record["language"]
    rows.add_row("text", cell(f"{len(text):,} code points, {language['code']} {language['confidence']:.2f}"))
    sentences = record.get("sentences", [])
    rows.add_row("paragraphs", f"{len(record.get('paragraphs', []))} with {len(sentences)} sentences")
    for sentence in sentences[:SENTENCES_SHOWN]:
        rows.add_row("", _span(sentence, _shorten(text[sentence["start"] : sentence["end"]])))
    tokens = record.get("tokens")
    if tokens:
        rows.add_row("tokens", cell(f"{len(tokens['start'])}: " + "  ".join(tokens["segments"][:TOKENS_SHOWN]) + " …"))
    for layer, words in _CLAIMS.items():
        if layer in record:
            rows.add_row(layer, _claims(record[layer], words))
    if "origin" in record:
        rows.add_row("origin", _origin(record["origin"]))
    if "topics" in record:
        rows.add_row("topics", cell(", ".join(map(_topic, record["topics"])) or "none"))
    if "genre" in record:
        rows.add_row("genre", cell(record["genre"] or "not told"))
    rows.add_row("quality", cell(", ".join(record.get("quality", {}).get("flags", [])) or "clean"))
    for failure in record["failures"]:
        rows.add_row("failed", cell(f"{failure['extractor']}: {failure['error']}", "red"))
    provenance = record["provenance"]
    rows.add_row("made by", cell(f"khabar {provenance['khabar']}, {provenance['segmenter']}"))
    title = cell(_shorten(article["title"] or text))
    return Panel(Group(rows), title=title, title_align="right", border_style="cyan")


def render_rejection(rejection: dict[str, Any]) -> RenderableType:
    """Return one line for a rejection."""
    field = f"{rejection['field']}: " if rejection["field"] else ""
    return cell(f"rejected ({rejection['code']}) {field}{rejection['reason']}", "yellow")


def _claims(claims: Sequence[dict[str, Any]], words: Callable[[dict[str, Any]], str]) -> RenderableType:
    lines = [_span(claim.get("mentions", [claim])[0], words(claim)) for claim in claims[:CLAIMS_SHOWN]]
    if len(claims) > CLAIMS_SHOWN:
        lines.append(Text(f"… and {len(claims) - CLAIMS_SHOWN} more", style="dim"))
    return Text("\n").join(lines) if lines else Text("none", style="dim")


def _entity(entity: dict[str, Any]) -> str:
    latin = (entity.get("name_latin") or {}).get("text") or (entity.get("geo") or {}).get("name_en")
    return f"{entity['type']}  {entity['name']}  ({len(entity['mentions'])})" + (f"  {latin}" if latin else "")


def _quotation(quotation: dict[str, Any]) -> str:
    speaker = quotation["speaker"]["name"] if quotation["speaker"] else "?"
    return f"{speaker}: «{_shorten(quotation['text'], 60)}»"


def _statement(statement: dict[str, Any]) -> str:
    speaker = statement["speaker"]["name"] if statement["speaker"] else "?"
    return f"{speaker} ({statement['act']}): {_shorten(statement['text'], 60)}"


def _quantity(quantity: dict[str, Any]) -> str:
    value = quantity["value"]
    bounds = (f"{bound:,.10g}" for bound in (quantity["lower"], quantity["upper"]) if bound is not None)
    number = " to ".join(bounds) if value is None else f"{value:,.10g}"
    return f"{quantity['text']}  ({quantity['modifier']} {number}, {quantity['category']})"


def _temporal(expression: dict[str, Any]) -> str:
    return f"{expression['text']}  ({expression['type']} {expression['value'] or '?'})"


_CLAIMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "entities": _entity,
    "quotations": _quotation,
    "statements": _statement,
    "quantities": _quantity,
    "temporal": _temporal,
    "hashtags": lambda tag: f"{tag['text']}  ({' '.join(tag['words'])})",
    "links": lambda link: f"{link['text']}  ({link['kind']})",
}


def _origin(origin: dict[str, Any]) -> RenderableType:
    agency = f"agency {origin['agency']}" if origin["agency"] else "no agency"
    dateline = origin["dateline"]
    return _span(dateline, f"{dateline['place']}, {agency}") if dateline else cell(agency, "dim")


def _topic(topic: dict[str, Any]) -> str:
    return f"{topic['label_en']} {topic['score']:.2f}"


def _span(span: dict[str, Any], words: str) -> Text:
    return Text.assemble((f"[{span['start']},{span['end']}) ", "dim"), visible(words))


def _shorten(text: str, limit: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit] + "…"
