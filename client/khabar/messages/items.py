"""From what a producer holds to JSON bytes to a dict of fields: all that can be wrong before any field is looked at."""

import json
import time
from collections.abc import Collection, Mapping
from typing import Any

import orjson

from khabar.errors import Code, RejectedArticle

PLACE = "validate"
MAX_DEPTH = 100  # orjson reads 1,024 levels and writes 254: what is accepted must also go out again
SHOWN_CHARS = 40  # of names of fields, in all that a person reads: longer than any real name, too short for an article
BOM = b"\xef\xbb\xbf"


def encode_item(item: Mapping[str, Any]) -> bytes:
    """Write an item as JSON, UTF-8, unescaped.

    Dates become ISO 8601, time structs lists, sets lists, NaN (which pandas writes for nothing) null.

    Raises:
        RejectedArticle: a value that JSON cannot hold (wrong_type) or a lone surrogate (undecodable), with its field.
    """
    try:
        return orjson.dumps(item if isinstance(item, dict) else dict(item), default=_plain)
    except MemoryError:
        raise
    except Exception as error:  # a mapping of the producer's own may raise anything
        not_interrupted(error)
        raise _unwritable(item, error) from error


def decode_item(raw: bytes | str, max_bytes: int) -> dict[str, Any]:
    """Read one JSON object.

    Raises:
        RejectedArticle: too_large, undecodable, invalid_json or not_an_object.
    """
    if len(raw) > max_bytes:
        raise too_large(len(raw), max_bytes)
    if isinstance(raw, str):
        try:
            raw = raw.encode()
        except UnicodeEncodeError as error:
            raise _rejected(Code.UNDECODABLE, f"holds a lone surrogate at character {error.start}") from error
        if len(raw) > max_bytes:
            raise too_large(len(raw), max_bytes)
    try:
        item = orjson.loads(raw.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        raise _unreadable(raw, error) from error
    if type(item) is not dict:
        raise _rejected(Code.NOT_AN_OBJECT, "is JSON, but not an object with named fields")
    return item


def check_depth(item: dict[str, Any]) -> None:
    """Refuse an item with a field that is nested too deep to be written again. Walks level by level, without recursion.

    Entries of `extra` count as fields of the item, as they do in an Article.

    Raises:
        RejectedArticle: wrong_type, with the field.
    """
    for name, value in item.items():
        if name == "extra" and type(value) is dict:
            _check_fields(value)
        else:
            _check_fields({name: value})


def _check_fields(fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if (type(value) is dict or type(value) is list) and is_too_deep(value):
            raise _rejected(Code.WRONG_TYPE, f"is nested more than {MAX_DEPTH} deep", field=show_name(name))


def is_too_deep(value: Any) -> bool:
    """Whether a value of JSON's types is nested more than MAX_DEPTH deep."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [part for outer in level for part in _parts(outer)]
        if not level:
            return False
    return True


def too_large(size_bytes: int, max_bytes: int) -> RejectedArticle:
    """Say that an item is over the limit."""
    return _rejected(Code.TOO_LARGE, f"has {size_bytes:,} bytes and the limit is {max_bytes:,}")


def original_of(item: Mapping[str, Any]) -> bytes:
    """Write an item that is not valid JSON as nearly as possible, for a rejection to carry."""
    try:
        return json.dumps(dict(item), default=repr, skipkeys=True).encode()
    except Exception as error:
        not_interrupted(error)
        return f"<an item of type {type(item).__name__} that cannot be written>".encode()


def present(value: Any) -> Any:
    """Leave out keys that hold None, at every level: a table has a cell in each of its columns, also where nothing was sent."""
    if isinstance(value, dict):
        return {name: present(each) for name, each in value.items() if each is not None}
    return [present(each) for each in value] if isinstance(value, list) else value


def show_name(name: str) -> str:
    """Return a field's name for a person: as it is, or its length where an article may stand in the name's place."""
    return name if len(name) <= SHOWN_CHARS and name.isprintable() else f"<a name of {len(name):,} characters>"


def show_names(names: Collection[str]) -> str:
    """Return names of fields for a person: the first that together take SHOWN_CHARS, and how many there are besides."""
    shown: list[str] = []
    for name in names:
        if not name.isprintable() or len(", ".join([*shown, name])) > SHOWN_CHARS:
            break
        shown.append(name)
    rest = len(names) - len(shown)
    if not shown:
        return f"{rest:,} whose names are not shown" if rest else "none"
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")


def not_interrupted(error: BaseException) -> None:
    """Raise the error again where it was made of an interruption, such as a time limit: that is no fault of the item."""
    cause: BaseException | None = error
    while cause is not None:
        if not isinstance(cause, Exception):
            raise error
        cause = cause.__cause__ or cause.__context__


def _parts(value: Any) -> list[Any]:
    if type(value) is dict:
        return list(value.values())
    return value if type(value) is list else []


def _plain(value: Any) -> Any:
    """Turn what scrapers put into items besides JSON's types into those."""
    if isinstance(value, time.struct_time | tuple | set | frozenset):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"is of type {type(value).__name__}")


def _unwritable(item: Mapping[str, Any], error: Exception) -> RejectedArticle:
    try:
        fields = list(item.items())
    except Exception:
        fields = []
    for name, value in fields:
        if not isinstance(name, str):
            return _rejected(Code.WRONG_TYPE, "is a field name and must be a string", field=_show_key(name))
        try:
            orjson.dumps({name: value}, default=_plain)
        except Exception as cause:
            shown = show_name(name.encode("utf-8", "backslashreplace").decode())
            if "surrogates" in str(cause):
                return _rejected(Code.UNDECODABLE, "holds a lone surrogate", field=shown)
            return _rejected(Code.WRONG_TYPE, f"cannot be written as JSON: {_why(cause)}", field=shown)
    return _rejected(Code.WRONG_TYPE, f"cannot be written as JSON: {_why(error)}")


def _show_key(key: object) -> str:
    return (
        show_name(repr(key)) if isinstance(key, bool | int | float | None) else f"<a key of type {type(key).__name__}>"
    )


def _why(error: Exception) -> str:
    """Return what orjson says, which names types and never quotes; of any other error only its type."""
    return str(error)[:200] if isinstance(error, orjson.JSONEncodeError) else type(error).__name__


def _unreadable(raw: bytes, error: orjson.JSONDecodeError) -> RejectedArticle:
    try:
        raw.decode()
    except UnicodeDecodeError as cause:
        return _rejected(Code.UNDECODABLE, f"is not UTF-8 at byte {cause.start} ({cause.reason})")
    # orjson's message names what it met and where, never the text itself.
    return _rejected(Code.INVALID_JSON, f"is not JSON: {error.msg}, line {error.lineno} column {error.colno}")


def _rejected(code: Code, reason: str, *, field: str | None = None) -> RejectedArticle:
    return RejectedArticle(code, field=field, reason=reason, place=PLACE)
