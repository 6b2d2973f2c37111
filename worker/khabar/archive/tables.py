"""Batches of other engines (lists, columns, Arrow tables, pandas frames): turn them into rows, and results back into batches.

pyarrow and pandas are taken from `sys.modules`: who passes such a batch has imported them, and nobody else needs them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from sys import modules
from typing import Any, Final, TypeAlias

from khabar.messages.items import present

Row: TypeAlias = Any
Batch: TypeAlias = Any  # a sequence of items, a mapping of columns, an Arrow table or record batch, a pandas frame

COLUMNS: Final = ("outcome_id", "article_id", "code", "record", "rejection")


def rows_of(batch: Batch) -> tuple[list[Row], Callable[[list[dict[str, str | None]]], Any]]:
    """Turn a batch into rows.

    Returns:
        Its rows, and a function that turns results into a batch of the same form.

    Raises:
        TypeError: the argument is not a batch, for example a single article.
    """
    if _is(batch, "pyarrow", "Table", "RecordBatch"):
        return [present(row) for row in batch.to_pylist()], lambda results: _arrow(type(batch), results)
    if _is(batch, "pandas", "DataFrame"):
        columns = {str(name): [_plain(value) for value in batch[name]] for name in batch.columns}
        return _rows(columns, len(batch)), lambda results: _frame(batch, results)
    if isinstance(batch, Mapping) and batch and all(hasattr(column, "tolist") for column in batch.values()):
        plain = {str(name): [_plain(value) for value in column] for name, column in batch.items()}
        return _rows(plain, len(next(iter(plain.values())))), _columns
    if isinstance(batch, Sequence) and not isinstance(batch, str | bytes | bytearray):
        return list(batch), lambda results: results
    raise TypeError(
        "a batch is a list of articles, an Arrow table, a pandas frame or a mapping of columns, and not of type "
        f"{type(batch).__name__}"
    )


def _rows(columns: Mapping[str, list[Any]], count: int) -> list[Row]:
    return [present({name: column[number] for name, column in columns.items()}) for number in range(count)]


def _plain(value: Any) -> Any:
    """Turn scalars and arrays of numpy and pandas into Python's, and their NaN, NaT and NA into None."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, datetime) and type(value) is not datetime:  # a pandas Timestamp; NaT is a datetime too
        return None if value != value else value.to_pydatetime(warn=False)  # type: ignore[attr-defined]
    if type(value).__name__ == "NAType":
        return None
    if hasattr(value, "tolist"):
        kind = getattr(getattr(value, "dtype", None), "kind", "")
        value = value.astype("datetime64[us]").tolist() if kind == "M" else value.tolist()
        return _plain(value)
    if hasattr(value, "asDict"):  # a Spark Row inside a row
        return _plain(value.asDict())
    return value


def _is(batch: Batch, package: str, *names: str) -> bool:
    module = modules.get(package)
    return module is not None and isinstance(batch, tuple(getattr(module, name) for name in names))


def _columns(results: list[dict[str, str | None]]) -> dict[str, Any]:
    numpy = modules["numpy"]
    return {name: numpy.array([row[name] for row in results], dtype=object) for name in COLUMNS}


def _arrow(kind: Any, results: list[dict[str, str | None]]) -> Any:
    pyarrow = modules["pyarrow"]
    schema = pyarrow.schema([(name, pyarrow.large_string()) for name in COLUMNS])
    return kind.from_pylist(results, schema=schema)


def _frame(batch: Any, results: list[dict[str, str | None]]) -> Any:
    return modules["pandas"].DataFrame(results, columns=list(COLUMNS), index=batch.index, dtype=object)
