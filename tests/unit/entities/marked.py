"""Articles with their names marked in the text: [ORG تنظيم داعش]."""

import re

from khabar.entities.recognizer import EntityType, Name

_MARK = re.compile(r"\[(PER|ORG|LOC) ([^]]+)\]")


def read(marked: str) -> tuple[str, list[Name]]:
    """Return the text without its marks, and the names."""
    text = ""
    names = []
    done = 0
    for match in _MARK.finditer(marked):
        text += marked[done : match.start()]
        kind: EntityType = match[1]  # type: ignore[assignment]
        names.append(Name(kind, len(text), len(text) + len(match[2])))
        text += match[2]
        done = match.end()
    return text + marked[done:], names
