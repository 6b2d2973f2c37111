"""Records with types for DuckDB and Parquet, from the models: a column that is null in every record has its type all the same."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

import orjson
from pydantic import BaseModel

from khabar.consuming.delivery import Delivery
from khabar.errors import NotInstalled
from khabar.exporters.dates import as_local, as_utc
from khabar.messages.record import Record
from khabar.sinks.tables import UTC_OF, plain_type

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLE: Final = "records"
_SCALARS: Final = {int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN", dict: "JSON"}


def load_duckdb() -> ModuleType:
    """Import DuckDB.

    Raises:
        NotInstalled: it is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise NotInstalled("this sink needs DuckDB; run: pip install 'khabar-client[duckdb]'") from error
    return duckdb


CONFIG: Final = {"autoinstall_known_extensions": "false"}  # nothing is fetched


def structure() -> dict[str, Any]:
    """Return the columns in the words of DuckDB's json_transform: name -> type, a list around a type, or an object of its own.

    They are the record's keys, and before them each date twice: as the source wrote it, without zone, and in UTC where known.
    """
    dates = {column: kind for name in UTC_OF for column, kind in ((name, "TIMESTAMP"), (f"{name}_utc", "TIMESTAMPTZ"))}
    first, *rest = _structure(Record).items()
    return dict([first]) | dates | dict(rest)


def sql_type(part: Any) -> str:
    """Write a type of `structure` as SQL has it."""
    if isinstance(part, list):
        return f"{sql_type(part[0])}[]"
    if isinstance(part, dict):
        fields = ", ".join(f'"{name}" {sql_type(each)}' for name, each in part.items())
        return f"STRUCT({fields})"
    return str(part)


def table_sql() -> str:
    """Return the statement that makes the table, where it is missing."""
    fields = (
        f'"{name}" {sql_type(part)}{" PRIMARY KEY" if name == "outcome_id" else ""}'
        for name, part in structure().items()
    )
    return f"CREATE TABLE IF NOT EXISTS {TABLE} ({', '.join(fields)})"


def insert(db: "DuckDBPyConnection", deliveries: Iterable[Delivery]) -> None:
    """Put records into the table; one whose outcome is there changes nothing."""
    lines = [_line(each.event.id, each.event.data) for each in deliveries]
    shape = orjson.dumps(structure()).decode()
    # The shape is made of names of our own, and holds no quote.
    db.execute(
        f"INSERT OR IGNORE INTO {TABLE} BY NAME "  # noqa: S608
        f"SELECT unnest(json_transform(line, '{shape}')) FROM (SELECT unnest(?::JSON[]) AS line)",
        [lines],
    )


def write_parquet(db: "DuckDBPyConnection", records: Iterable[tuple[str, Mapping[str, Any]]], path: Path) -> None:
    """Write records, each behind its outcome id, to a Parquet file, in their order and with the columns of the table.

    Raises:
        duckdb.Error: the disk is full or broken.
    """
    lines = [_line(outcome_id, record) for outcome_id, record in records]
    shape = orjson.dumps(structure()).decode()
    quoted = str(path).replace("'", "''")
    db.execute("CREATE OR REPLACE TEMP TABLE lines AS SELECT unnest(?::JSON[]) AS line", [lines])
    db.execute(
        f"COPY (SELECT unnest(json_transform(line, '{shape}')) FROM lines) "  # noqa: S608
        f"TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)"
    )
    db.execute("DROP TABLE lines")


def _line(outcome_id: str, record: Mapping[str, Any]) -> str:
    article = record.get("article") or {}
    row: dict[str, Any] = {"outcome_id": outcome_id}
    for name in UTC_OF:
        row[name], row[f"{name}_utc"] = as_local(article.get(name)), as_utc(article.get(name))
    return orjson.dumps(row | {key: value for key, value in record.items() if key not in row}).decode()


def _structure(model: type[BaseModel]) -> dict[str, Any]:
    return {name: _part(field.annotation) for name, field in model.model_fields.items()}


def _part(annotation: Any) -> Any:
    kind = plain_type(annotation)
    if get_origin(kind) is list:
        return [_part(get_args(kind)[0])]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _structure(kind)
    if kind is datetime:
        return "VARCHAR"  # as the source wrote it, with or without a zone
    return _SCALARS.get(get_origin(kind) or kind, "VARCHAR")


def missing_columns(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the statements that bring a table of an earlier version up to date.

    Args:
        found: its columns' names and types.
    """
    there = dict(found)
    for name, part in structure().items():
        kind = sql_type(part)
        if name not in there:
            yield f'ALTER TABLE {TABLE} ADD COLUMN "{name}" {kind}'
        elif there[name].replace('"', "") != kind.replace('"', "").replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"):
            yield f'ALTER TABLE {TABLE} ALTER "{name}" TYPE {kind}'
