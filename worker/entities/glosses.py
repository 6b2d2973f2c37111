"""An acronym or second name that the text puts beside a name: برنامج الأغذية العالمي (WFP)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from worker.entities.recognizer import Name
from worker.pipeline.document import Document

_LONGEST_GAP: Final = 24
_OPENED: Final = re.compile(
    r"""['"«“”’‘)\]]*\s*[(\[«"“”‘]+\s*"""
    r"""|\s*['"»”]*\s*(?:[،,]?\s*(?:المعروفة?|الشهيرة?)\s+(?:باسم|ب|اختصارا ب|بـ)\s*|اختصارا)['"«“(]*"""
)
_CLOSED: Final = re.compile(r"""\s*[)\]»"”“’]""")


def glossed(document: Document, names: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """Yield pairs of neighbouring names of one type where the second, in brackets or quotes, explains the first."""
    raw = document.raw
    for index in range(1, len(names)):
        before, name = names[index - 1], names[index]
        if before.type != name.type or name.type == "LOC" or name.start - before.end > _LONGEST_GAP:
            continue
        if _OPENED.fullmatch(raw, before.end, name.start) and _CLOSED.match(raw, name.end):
            yield index - 1, index
