"""Language data, one entry a line, sorted, `#` begins a comment. Code reads it and never repeats it."""

from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent


@cache
def entries(name: str) -> tuple[str, ...]:
    """Return the entries of `khabar/lexicons/<name>.txt` in file order.

    Args:
        name: path below this folder without its ending, e.g. "function_words/ar".

    Returns:
        The entries, comments and empty lines left out; columns (if any) still joined by tabs.

    Raises:
        FileNotFoundError: there is no such lexicon.
    """
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.split("#", 1)[0].rstrip() for line in text.splitlines())
    return tuple(line for line in lines if line)
