"""Cells of a table: words, nothing, or a list as pandas, NumPy or a JSON writer writes it."""

import ast
import json
import re
import warnings
from typing import Any, Final

from khabar.messages.aliases import place_of

_NOTHING: Final = frozenset(["nan", "NaN", "NAN", "null", "NULL", "Null", "None", "<NA>", "NaT", "N/A", "#N/A", "\\N"])
_PAIRS: Final = {"[": "]", "{": "}", "(": ")"}
_WORDS_ALONE: Final = frozenset(["title", "url", "id"])  # a title may begin and end with brackets
_NUMPY: Final = re.compile(r"""\[\s*(?:'[^']*'|"[^"]*")(?:\s+(?:'[^']*'|"[^"]*"))+\s*\]""")
_QUOTED: Final = re.compile(r"""'([^']*)'|"([^"]*)\"""")


def read_cell(column: str, cell: str) -> Any:
    """Return a cell's value; words that no list can be read from stay as they are."""
    if cell in _NOTHING:
        return None
    place = place_of(column)
    if place is None or place[0] in _WORDS_ALONE:
        return cell
    bare = cell.strip()
    if not bare or _PAIRS.get(bare[0]) != bare[-1]:
        return cell
    value = _read_list(bare)
    return cell if value is None or not _is_usable(value) else value


def _read_list(text: str) -> Any:
    if _NUMPY.fullmatch(text):  # strings side by side, which Python would join into one
        return [one or other for one, other in _QUOTED.findall(text)]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of a backslash in somebody's text
            return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _is_usable(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(part, str | dict) or part is None for part in value)
    return isinstance(value, dict)
