"""Units, which the encoder labels: words without their proclitics; each proclitic is a unit of its own.

So a name's span can begin after a proclitic, and the encoder reads بغداد, لبغداد and وبغداد as the same word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from khabar.lexicons import entries
from khabar.text.document import Document

_PROCLITICS: Final = frozenset(entries("entities/proclitics"))
_FUSED: Final = "لل"
_ARTICLE: Final = "ال"
_SIGN: Final = "#"


@dataclass(slots=True)
class Units:
    """N units as columns of length N, in text order.

    Attributes:
        form: the text that the encoder reads. In للتنظيم, where letters fuse, the unit after the proclitic is التنظيم.
        start, end: raw offsets.
        is_glued: whether it touches the unit before it.
        is_prefix: whether it is a proclitic cut off a word, or the '#' of a hashtag.
        token: index of its token.
        first: index of the first unit of each sentence, and at the end the number of units.
    """

    form: list[str] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    is_glued: list[bool] = field(default_factory=list)
    is_prefix: list[bool] = field(default_factory=list)
    token: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=lambda: [0])

    def __len__(self) -> int:
        return len(self.form)

    def take(self, sentences: Sequence[int]) -> "Units":
        """Return the units of some sentences, in the given order."""
        taken = Units()
        names = ("form", "start", "end", "is_glued", "is_prefix", "token")
        columns: list[tuple[list[Any], list[Any]]] = [(getattr(self, name), getattr(taken, name)) for name in names]
        for number in sentences:
            for own, column in columns:
                column += own[self.first[number] : self.first[number + 1]]
            taken.first.append(len(taken))
        return taken

    def add(self, form: str, start: int, end: int, token: int, *, is_glued: bool, is_prefix: bool = False) -> None:
        """Append a unit."""
        self.form.append(form)
        self.start.append(start)
        self.end.append(end)
        self.token.append(token)
        self.is_glued.append(is_glued)
        self.is_prefix.append(is_prefix)


def units(document: Document) -> Units:
    """Cut the document's tokens into units, where the segmentation separates proclitics."""
    found = Units()
    sentences = document.sentences
    for sentence in range(len(sentences)):
        for token in sentences.tokens(sentence):
            _add(document, token, found)
        found.first.append(len(found))
    return found


def _add(document: Document, token: int, found: Units) -> None:
    tokens = document.tokens
    form, segments = tokens.form[token], tokens.segments[token]
    start, end = tokens.start[token], tokens.end[token]
    is_glued = tokens.touches_previous(token)
    cuts = _cuts(segments) if "+" in segments else 0
    for cut in range(tokens.norm_start[token], tokens.norm_start[token] + cuts):
        _, clitic_end = document.raw_span(cut, cut + 1)
        found.add(document.text[cut], start, clitic_end, token, is_glued=is_glued, is_prefix=True)
        start, is_glued = document.normalized.raw_start(cut + 1), True
    if cuts and form[cuts - 1 : cuts + 1] == _FUSED and segments.startswith(_ARTICLE, 2 * cuts):
        form = _ARTICLE + form[cuts + 1 :]
    else:
        form = form[cuts:]
    is_sign = form == _SIGN and token + 1 < len(tokens) and tokens.touches_previous(token + 1)
    found.add(form, start, end, token, is_glued=is_glued, is_prefix=is_sign)


def _cuts(segments: str) -> int:
    """Return how many proclitics of one letter begin the word; the last segment never counts as one."""
    cuts = 0
    while segments[2 * cuts + 1 : 2 * cuts + 2] == "+" and segments[2 * cuts] in _PROCLITICS:
        cuts += 1
    return cuts
