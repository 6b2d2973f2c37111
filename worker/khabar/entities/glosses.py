"""Glosses: an acronym or a second name that the text puts right after a name: برنامج الأغذية العالمي (WFP)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from khabar.entities.recognizer import Name
from khabar.lexicons import entries
from khabar.text.document import Document

_LONGEST_GAP: Final = 32
_QUOTES: Final = "'\"«»“”‘’"
_OPENED: Final = re.compile(rf"[{_QUOTES}]?\s*[(\[{_QUOTES}]+\s*")
_CLOSED: Final = re.compile(rf"\s*[)\]{_QUOTES}]")
_CUES: Final = frozenset(entries("entities/gloss_cues"))
_AROUND_CUES: Final = f" ،,ـ({_QUOTES}"


def glossed(document: Document, names: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """Yield pairs of neighboring names of one type where the second, in brackets or after a cue, explains the first.

    Places are left out: the brackets after a place say where it is.
    """
    for index in range(1, len(names)):
        before, name = names[index - 1], names[index]
        if before.type != name.type or name.type == "LOC" or name.start - before.end > _LONGEST_GAP:
            continue
        if _is_gloss(document.raw, before.end, name.start, name.end):
            yield index - 1, index


def _is_gloss(raw: str, gap: int, start: int, end: int) -> bool:
    if _OPENED.fullmatch(raw, gap, start):
        return _CLOSED.match(raw, end) is not None
    return raw[gap:start].strip(_AROUND_CUES) in _CUES
