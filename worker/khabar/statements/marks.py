"""The kind of each word in a line: comma, cue, complementizer, name, noun and so on. Determined once for each line."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from khabar.grammar.folding import fold
from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.narration import Line
from khabar.grammar.speech.reporting import COMPLEMENTIZERS, CUES
from khabar.lexicons import entries
from khabar.reference.cues import Cue
from khabar.reference.mentions import Mentions
from khabar.reference.nouns import cut
from khabar.statements.between import step
from khabar.text.document import Document

_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_BREAKS: Final = frozenset(entries("reporting/clause_breaks"))
_NOT_SAID: Final = frozenset(map(fold, entries("reporting/not_said")))
_MAY_BE_NAMES: Final = frozenset(("word", "when", "maybe", "the", "any", "that"))  # كارل فان أوستيروم
_TOLD_BY_TEXT: Final = frozenset(("prep", "word", "break"))
_COMMAS: Final = frozenset("،,؛;")
_DASHES: Final = frozenset("-–—")
# Words of time, which often come between a verb and the statement, as its subject does.
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
            particle (cues), maybe (a word spelled like a cue that is not one here); break, prep, word (a function word), when
            (a word of time), name, the (definite) or any.
        text: the form of function words and punctuation, the folded stem of other words, "" for a quoted stretch.
        proclitic: the proclitics of the word.
        label: its name in features: for function words the word itself, for others the kind and the first proclitic.
        step: the number that it adds to the counts between a cue and a place (khabar.statements.between).
    """

    kind: str
    text: str
    proclitic: str
    label: str
    step: int


@lru_cache(maxsize=2048)
def _mark(kind: str, text: str, proclitic: str) -> Mark:
    label = text if kind in _TOLD_BY_TEXT else kind + proclitic[:1]
    return Mark(kind, text, proclitic, label, step(kind, proclitic))


_QUOTED: Final = _mark("quoted", "", "")
_END: Final = _mark("end", "", "")
_AROUND: Final = (_END,) * 4  # features look at most two items past the one after the last, and two before the first


class LineMarks:
    """The items of one line.

    Attributes:
        line: the items: a token, or ~n for quoted stretch n.
        items: one mark for each item, then marks of the end, which the indexes -1 and -2 also reach.
        words, quoted: number of tokens, and of quoted tokens, before each item and after the last.
        said: positions of the cues that open a statement; empty until they are known.
    """

    def __init__(
        self, document: Document, stretches: Sequence[Quoted], mentions: Mentions, line: Line, cues: Sequence[Cue]
    ) -> None:
        """Read a line."""
        self.line = line
        self.said: frozenset[int] = frozenset()
        form, segments, inside = document.tokens.form, document.tokens.segments, mentions.inside
        items = [_word(form[item], segments[item]) if item >= 0 else _QUOTED for item in line]
        for position in [position for position, item in enumerate(line) if item in inside]:
            if items[position].kind in _MAY_BE_NAMES:
                known = cut(segments[line[position]])
                items[position] = _mark("name", known.stem, known.proclitic)
        for cue in cues:
            items[cue.position] = _mark(cue.reading.shape, cue.reading.lemma, cue.proclitic)
        self.items = (*items, *_AROUND)
        self._kinds = [mark.kind for mark in items]
        if min(line, default=0) >= 0:
            self.words, self.quoted = list(range(len(line) + 1)), [0] * (len(line) + 1)
            return
        quoted = [0 if item >= 0 else stretches[~item].last - stretches[~item].first + 1 for item in line]
        self.words = list(accumulate([tokens or 1 for tokens in quoted], initial=0))
        self.quoted = list(accumulate(quoted, initial=0))

    def first(self, kind: str, start: int, end: int) -> int:
        """Return the position of the first item of a kind in [start, end); -1 if it has no such item."""
        kinds = self._kinds[start:end]
        return start + kinds.index(kind) if kind in kinds else -1

    def share_quoted(self, first: int, end: int) -> str:
        """Return how many quarters of [first, end) are quoted, from "0" to "4"; "-" if nothing is quoted."""
        quoted = self.quoted[end] - self.quoted[first]
        return "-" if not quoted else str(4 * quoted // max(1, self.words[end] - self.words[first]))


@lru_cache(maxsize=65536)
def _word(form: str, segments: str) -> Mark:
    """Return the mark of a word, without regard to its context."""
    if not form[0].isalnum():
        return _mark(_punctuation(form), form, "")
    surface = COMPLEMENTIZERS.get(form)
    if surface is not None:
        joined = surface.proclitic or (form[0] if form[0] in "فب" else "")  # the lexicon has بأن and فإن as entries
        return _mark("that", "أن+" if surface.value else fold(form[len(surface.proclitic) :]), joined)
    if form in _BREAKS:
        return _mark("break", form, "")
    if form in _PREPOSITIONS:
        return _mark("prep", fold(form), "")
    known = cut(segments)
    if form in _FUNCTION_WORDS:
        return _mark("word", fold(form), "و" if form[0] == "و" and form[1:] in _FUNCTION_WORDS else "")
    if known.stem in _TIMES or fold(form) in _TIMES:
        return _mark("when", known.stem, known.proclitic)
    if form in CUES:
        return _mark("maybe", known.stem, known.proclitic)
    text = known.stem + known.ending if known.stem in _NOT_SAID else known.stem  # أكدت بعدها | أنها
    return _mark("the" if known.is_definite else "any", text, known.proclitic)


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
