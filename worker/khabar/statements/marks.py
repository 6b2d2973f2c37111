"""What a word of a line is to its neighbours: a comma, a cue, a complementizer, a name, a noun. Read once a line."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from khabar.grammar.folding import fold
from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.narration import Line
from khabar.grammar.speech.reporting import COMPLEMENTIZERS, CUES
from khabar.lexicons import entries
from khabar.reference.cues import Cue
from khabar.reference.mentions import Mentions
from khabar.reference.nouns import cut
from khabar.text.document import Document

_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_BREAKS: Final = frozenset(entries("reporting/clause_breaks"))
_MAY_BE_NAMES: Final = frozenset(("word", "when", "maybe", "the", "any"))
_TOLD_BY_TEXT: Final = frozenset(("prep", "word", "break"))
_COMMAS: Final = frozenset("،,؛;")
_DASHES: Final = frozenset("-–—")
# Words of time: they stand between a verb and what is said as often as its subject does.
_TIMES: Final = frozenset(
    fold(line.split("\t")[0].split()[0])
    for name in ("weekdays", "units", "day_parts", "day_adverbs", "deictic_days")
    for line in entries(f"temporal/{name}")
)
_PREPOSITIONS: Final = frozenset(("إلى", "الى", "عن", "على", "من", "في", "ب", "ل"))


class Mark(NamedTuple):
    """One item of a line.

    Attributes:
        kind: comma, dash, colon, stop, open, close (brackets), mark, quoted, that (a complementizer); verb, participle, noun,
            particle (cues), maybe (a form of a cue that is none here); break, prep, word (a function word), when (a word of
            time), name, the (definite) or any.
        text: the form of function words and marks, the stem of others, folded; "" of a quoted stretch.
        proclitic: letters that are joined before it.
    """

    kind: str
    text: str
    proclitic: str

    @property
    def label(self) -> str:
        """What it is to a feature: the word itself of function words, else the kind and what is joined before it."""
        return self.text if self.kind in _TOLD_BY_TEXT else self.kind + self.proclitic[:1]


class LineMarks:
    """The items of one line.

    Attributes:
        line: the items: a token, or ~n for quoted stretch n.
        marks: one an item.
        words, quoted: before each item and behind the last, how many tokens the line has so far, and how many of them quoted.
        said: positions of cues that open a statement, as far as that is known.
    """

    def __init__(
        self, document: Document, stretches: Sequence[Quoted], mentions: Mentions, line: Line, cues: Sequence[Cue]
    ) -> None:
        """Read a line."""
        self.line = line
        cue_at = {cue.position: cue for cue in cues}
        form, segments, inside = document.tokens.form, document.tokens.segments, mentions.inside
        self.marks: list[Mark] = []
        self.words, self.quoted = [0], [0]
        self.said: frozenset[int] = frozenset()
        for position, item in enumerate(line):
            if item < 0:
                self.marks.append(Mark("quoted", "", ""))
                stretch = stretches[~item]
                length = stretch.last - stretch.first + 1
                self.words.append(self.words[-1] + length)
                self.quoted.append(self.quoted[-1] + length)
                continue
            self.words.append(self.words[-1] + 1)
            self.quoted.append(self.quoted[-1])
            self.marks.append(_mark(form[item], segments[item], cue_at.get(position), is_named=item in inside))

    def share_quoted(self, first: int, end: int) -> str:
        """Return how much of [first, end) stands between glyphs: 0 to 4 quarters, `-` for nothing at all."""
        quoted = self.quoted[end] - self.quoted[first]
        return "-" if not quoted else str(4 * quoted // max(1, self.words[end] - self.words[first]))

    def at(self, position: int) -> Mark:
        """Return the item there; beyond the line's ends an empty mark of kind `end`."""
        return self.marks[position] if 0 <= position < len(self.marks) else _END


_END: Final = Mark("end", "", "")


def _mark(form: str, segments: str, cue: Cue | None, *, is_named: bool) -> Mark:
    if cue is not None:
        return Mark(cue.reading.shape, cue.reading.lemma, cue.proclitic)
    mark = _word(form, segments)
    if is_named and mark.kind in _MAY_BE_NAMES:
        known = cut(segments)
        return Mark("name", known.stem, known.proclitic)
    return mark


@lru_cache(maxsize=65536)
def _word(form: str, segments: str) -> Mark:
    """Return what a word is by itself."""
    if not form[0].isalnum():
        return Mark(_punctuation(form), form, "")
    surface = COMPLEMENTIZERS.get(form)
    if surface is not None:
        joined = surface.proclitic or (form[0] if form[0] in "فب" else "")  # بأن and فإن are entries of their own
        return Mark("that", "أن+" if surface.value else fold(form[len(surface.proclitic) :]), joined)
    if form in _BREAKS:
        return Mark("break", form, "")
    if form in _PREPOSITIONS:
        return Mark("prep", fold(form), "")
    known = cut(segments)
    if form in _FUNCTION_WORDS:
        return Mark("word", fold(form), "و" if form[0] == "و" and form[1:] in _FUNCTION_WORDS else "")
    if known.stem in _TIMES or fold(form) in _TIMES:
        return Mark("when", known.stem, known.proclitic)
    if form in CUES:
        return Mark("maybe", known.stem, known.proclitic)
    return Mark("the" if known.is_definite else "any", known.stem, known.proclitic)


def _punctuation(form: str) -> str:
    if form in _COMMAS:
        return "comma"
    if form in _DASHES:
        return "dash"
    if form == ":":
        return "colon"
    if form in "([{":
        return "open"
    if form in ")]}":
        return "close"
    return "stop" if form in ".!?؟…" else "mark"
