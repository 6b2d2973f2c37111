"""From what a producer holds to JSON bytes to a dict of fields: all that can be wrong before any field is looked at."""

import json
import time
from collections.abc import Mapping
from typing import Any

import orjson

from khabar.errors import Code, RejectedArticle

PLACE = "validate"
MAX_DEPTH = 100  # orjson reads 1,024 levels and writes 254: what is accepted must also go out again
BOM = b"\xef\xbb\xbf"


def encode_item(item: Mapping[str, Any]) -> bytes:
    """Write an item as JSON, UTF-8, unescaped.

    Dates become ISO 8601, time structs lists, sets lists, NaN (which pandas writes for nothing) null.

    Raises:
        RejectedArticle: a value that JSON cannot hold (wrong_type) or a lone surrogate (undecodable), with its field.
    """
    try:
        return orjson.dumps(item if isinstance(item, dict) else dict(item), default=_plain)
    except (TypeError, ValueError, RecursionError) as error:
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


def check_depth(fields: dict[str, Any]) -> None:
    """Refuse a field that is nested too deep to be written again, level by level and without recursion.

    Raises:
        RejectedArticle: wrong_type, with the field.
    """
    for name, value in fields.items():
        if is_too_deep(value):
            raise _rejected(Code.WRONG_TYPE, f"is nested more than {MAX_DEPTH} deep", field=name)


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
    """Write an item that is no JSON as near to it as it goes, for a rejection to carry."""
    try:
        return json.dumps(dict(item), default=repr, skipkeys=True).encode()
    except (TypeError, ValueError, RecursionError):
        return f"<an item of type {type(item).__name__} that cannot be written>".encode()


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
    for name, value in item.items():
        if not isinstance(name, str):
            return _rejected(Code.WRONG_TYPE, "is a field name and must be a string", field=repr(name)[:80])
        try:
            orjson.dumps({name: value}, default=_plain)
        except (TypeError, ValueError, RecursionError) as cause:
            shown = name.encode("utf-8", "backslashreplace").decode()
            if "surrogates" in str(cause):
                return _rejected(Code.UNDECODABLE, "holds a lone surrogate", field=shown)
            return _rejected(Code.WRONG_TYPE, f"cannot be written as JSON: {cause}"[:200], field=shown)
    return _rejected(Code.WRONG_TYPE, f"cannot be written as JSON: {error}"[:200])


def _unreadable(raw: bytes, error: orjson.JSONDecodeError) -> RejectedArticle:
    try:
        raw.decode()
    except UnicodeDecodeError as cause:
        return _rejected(Code.UNDECODABLE, f"is not UTF-8 at byte {cause.start} ({cause.reason})")
    # orjson's message names what it met and where, never the text itself.
    return _rejected(Code.INVALID_JSON, f"is not JSON: {error.msg}, line {error.lineno} column {error.colno}")


def _rejected(code: Code, reason: str, *, field: str | None = None) -> RejectedArticle:
    return RejectedArticle(code, field=field, reason=reason, place=PLACE)
