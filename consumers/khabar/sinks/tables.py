"""Flat tables of a record: columns from the models, so that a key that a model gains is a column without more ado."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel

from khabar.exporters.dates import as_utc
from khabar.messages.record import Entity, Mention, Quantity, Quotation, Source, Statement, Temporal

OUTCOME_ID: Final = "outcome_id"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: the path's parts with '_' between.
        path: keys from the row's object to the value.
        kind: str, int, float or bool; list and dict for what stays JSON.
    """

    name: str
    path: tuple[str, ...]
    kind: type


def plain_type(annotation: Any) -> Any:
    """Return what a field holds, without Annotated and None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        (annotation,) = (plain_type(each) for each in get_args(annotation) if each is not type(None))
    return annotation


def columns(model: type[BaseModel], *, leave_out: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Return a model's columns: a part's fields stand in columns of their own, behind its name."""
    found: list[Column] = []
    for name, field in model.model_fields.items():
        kind = plain_type(field.annotation)
        if name in leave_out:
            continue
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += (Column(f"{name}_{each.name}", (name, *each.path), each.kind) for each in columns(kind))
        else:
            found.append(Column(name, (name,), _KINDS.get(get_origin(kind) or kind, str)))
    return tuple(found)


_KINDS: Final = {int: int, float: float, bool: bool, list: list, dict: dict}

# Each layer whose items are rows. An item begins with the id of its outcome, which joins it to `articles`.
TABLES: Final[Mapping[str, tuple[Column, ...]]] = {
    "entities": columns(Entity, leave_out=("mentions",)),
    "quotations": columns(Quotation),
    "statements": columns(Statement),
    "quantities": columns(Quantity),
    "temporal": columns(Temporal),
}
ARTICLE: Final = (
    *(Column(each.name, ("article", *each.path), each.kind) for each in columns(Source)),
    Column("language", ("language", "code"), str),
    Column("text", ("text",), str),
)
MENTION: Final = columns(Mention)
UTC_OF: Final = ("published_at", "scraped_at")  # each has a column beside it: published_at_utc

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "articles": (OUTCOME_ID, *(each.name for each in ARTICLE), *(f"{name}_utc" for name in UTC_OF)),
    "mentions": (OUTCOME_ID, "entity", *(each.name for each in MENTION)),
    **{table: (OUTCOME_ID, *(each.name for each in found)) for table, found in TABLES.items()},
}


def rows(outcome_id: str, record: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield a record's rows, each with its table's name; values in the order of `HEADERS`.

    Args:
        outcome_id: the event's id.
        record: as JSON, of any version: what a record does not have is None.
    """
    article = [value_at(record, each) for each in ARTICLE]
    utc = [as_utc(value_at(record, Column(name, ("article", name), str))) for name in UTC_OF]
    yield "articles", (outcome_id, *article, *utc)
    for table, found in TABLES.items():
        for item in record.get(table) or ():
            yield table, (outcome_id, *(value_at(item, each) for each in found))
    for entity in record.get("entities") or ():
        for mention in entity["mentions"]:
            yield "mentions", (outcome_id, entity["id"], *(value_at(mention, each) for each in MENTION))


def value_at(item: Mapping[str, Any], column: Column) -> Any:
    """Return a column's value; None where the item does not have it."""
    value: Any = item
    for key in column.path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
