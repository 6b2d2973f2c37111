"""Quotations: what stands between quotation glyphs and is somebody's words, with the cue and the speaker."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from khabar.extractors.base import Extractor
from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.speech.cues import Cue, CueReader
from khabar.grammar.speech.glyphs import Quoted, quoted
from khabar.grammar.speech.line_cues import LineCues
from khabar.grammar.speech.narration import Line, lines, word_at
from khabar.grammar.speech.reporting import COMPLEMENTIZERS
from khabar.grammar.speech.speakers import Source
from khabar.grammar.speech.wording import Wording
from khabar.lexicons import entries
from khabar.messages.record import Claim, Quotation, Speaker
from khabar.text.document import Document
from khabar.text.layers import ENTITIES

Kind = Literal["direct", "partial"]

_LISTING: Final = frozenset(entries("reporting/listing"))
_PREPOSITIONS: Final = frozenset(entries("reporting/prepositions"))
_RESUMING: Final = frozenset(entries("reporting/resuming"))
_COMMAS: Final = frozenset("،,-–")
# Between a verb and what it introduces stand a subject, a place and an occasion, in items.
_LONGEST_GAP: Final = 16
# A quotation this near to بحسب فلان is his.
_SHORT_GAP: Final = 6
# How many words make speech where nothing else tells: right after a cue, inside its clause, in the sentence of a source.
_AFTER_CUE: Final = 4
_IN_CLAUSE: Final = 5
_OF_SOURCE: Final = 6
# So many words after a colon are nothing but speech.
_SURE: Final = 12
# The longest label before a colon (فلان: «...»), in items.
_LONGEST_LABEL: Final = 8


class QuotationExtractor(Extractor):
    """Speech told from titles, names and scare quotes by its cue, its length and its words."""

    layer = "quotations"
    uses = ("entities",)

    def extract(self, document: Document) -> list[Quotation]:
        """Return the quotations in text order."""
        stretches = quoted(document)
        if not any(stretch.last > stretch.first for stretch in stretches):
            return []
        rest = boilerplate(document)
        starts = document.tokens.start
        found = [said for said in _Reader(document, stretches).read() if not rest.covers(starts[said.stretch.first])]
        groups = _groups(found)
        return [_quotation(document, spoken, groups) for spoken in found]


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return QuotationExtractor()


class _Spoken(NamedTuple):
    """A stretch that is speech; `who` stands in for the cue's speaker where there is no cue."""

    stretch: Quoted
    kind: Kind
    cue: Cue | None
    who: Source | None
    is_carried: bool


def _by(stretch: Quoted, cue: Cue, kind: Kind) -> _Spoken:
    return _Spoken(stretch, kind, cue, cue.who, cue.is_carried)


class _Reader:
    """Reads one document line by line and decides on each quoted stretch."""

    def __init__(self, document: Document, stretches: Sequence[Quoted]) -> None:
        self._document = document
        self._form = document.tokens.form
        self._stretches = stretches
        self._cues = CueReader(document, stretches, document.get(ENTITIES) or [])
        self._wording = Wording(document, self._cues.subjects.mentions)
        self._opened: Cue | None = None  # of a line that ended with a colon: its quotation begins the next
        self._goes_on = False  # whether the line before had a quotation

    def read(self) -> Iterator[_Spoken]:
        for line in lines(self._document, self._stretches):
            cues = self._cues.read(line)
            places = [position for position, item in enumerate(line) if item < 0]
            placed = LineCues(self._form, line, cues)
            found = [spoken for position in places if (spoken := self._judge(line, position, placed))]
            yield from found
            self._goes_on = bool(found)
            self._opened = cues[-1] if cues and word_at(self._form, line, len(line) - 1) == ":" else None

    def _judge(self, line: Line, position: int, cues: LineCues) -> _Spoken | None:
        """Return what the stretch at `line[position]` is, None where it is no speech."""
        stretch = self._stretches[~line[position]]
        words = len(self._wording.words(stretch))
        if words < 2:
            return None
        has_colon = (
            word_at(self._form, line, position - 1) == ":" and word_at(self._form, line, position - 2) not in _LISTING
        )
        if not has_colon and self._wording.is_name(line, position, stretch):
            return None
        resumed = self._cue_after(line, position, cues)
        if resumed is not None and (not cues.has_before(position) or resumed.is_particle or words >= _AFTER_CUE):
            return _by(stretch, resumed, "partial" if resumed.is_particle else "direct") if words > 2 else None
        cue = cues.governor(position)
        if cue is None:
            return self._without_cue(line, position, cues)
        return self._after_cue(line, position, cue, cues.opener_after(cue.position), has_colon=has_colon)

    def _after_cue(self, line: Line, position: int, cue: Cue, opener: int | None, *, has_colon: bool) -> _Spoken | None:
        """Decide on a stretch that a cue governs; `opener` is the position of the first complementizer behind that."""
        stretch = self._stretches[~line[position]]
        gap = position - cue.position - 1
        if cue.is_particle:
            enough = _AFTER_CUE if gap <= _SHORT_GAP else _OF_SOURCE
            return _by(stretch, cue, "partial") if self._wording.is_speech(stretch, enough) else None
        is_open = opener is None or opener > position  # nothing between the two introduces what was said
        if cue.reading.kind != "stance":
            if is_open and (has_colon or gap <= _LONGEST_GAP):
                governed = word_at(self._form, line, position - 1) in _PREPOSITIONS
                is_speech = has_colon or self._wording.is_speech(stretch, _AFTER_CUE)
                return _by(stretch, cue, "partial" if governed else "direct") if is_speech else None
            if opener is not None and opener == position - 1:
                is_shifted = COMPLEMENTIZERS[self._form[line[opener]]].value
                is_speech = self._wording.is_speech(stretch, _AFTER_CUE)
                return _by(stretch, cue, "partial" if is_shifted else "direct") if is_speech else None
        return _by(stretch, cue, "direct" if has_colon else "partial") if self._is_claim(stretch) else None

    def _is_claim(self, stretch: Quoted) -> bool:
        return self._wording.is_speech(stretch, _IN_CLAUSE)

    def _without_cue(self, line: Line, position: int, cues: LineCues) -> _Spoken | None:
        """Decide on a stretch with no cue before it in its line."""
        stretch = self._stretches[~line[position]]
        if position == 0 and self._opened is not None:
            return _by(stretch, self._opened, "direct")
        particle = cues.first_particle
        if particle is not None:
            return _by(stretch, particle, "partial") if self._wording.is_speech(stretch, _OF_SOURCE) else None
        longest = _LONGEST_LABEL if len(self._wording.words(stretch)) < _SURE else 2 * _LONGEST_LABEL
        if word_at(self._form, line, position - 1) == ":" and position <= longest:
            who = self._cues.subjects.after(line[: position - 1], 0)
            enough = _AFTER_CUE if who is not None and who.entity else _OF_SOURCE
            is_speech = who is not None and self._wording.is_speech(stretch, enough)
            return _Spoken(stretch, "direct", None, who, False) if is_speech else None
        who = self._cues.latest
        words = self._wording.words(stretch)
        if position == 0 and who and len(words) >= _OF_SOURCE and (self._goes_on or self._wording.has_clause(words)):
            return _Spoken(stretch, "direct", None, who, True)
        return None

    def _cue_after(self, line: Line, position: int, cues: LineCues) -> Cue | None:
        """Return the cue that follows the stretch at once: «...», كما قال فلان."""
        index = position + 1
        if word_at(self._form, line, index) in _COMMAS:
            index += 1
        while word_at(self._form, line, index) in _RESUMING:
            index += 1
        cue = cues.at(index)
        return cue if cue and not cue.proclitic and cue.reading.shape in ("verb", "particle") else None


def _groups(found: Sequence[_Spoken]) -> dict[int, int]:
    """Return the group of each cue that breaks a quotation («...» قال فلان «...»): the cue's token -> 1, 2, ..."""
    after = {spoken.cue.token for spoken in found if spoken.cue and spoken.cue.token > spoken.stretch.last}
    parts = Counter(spoken.cue.token for spoken in found if spoken.cue and spoken.cue.token in after)
    broken = sorted(token for token, count in parts.items() if count > 1)
    return {token: number for number, token in enumerate(broken, 1)}


def _quotation(document: Document, spoken: _Spoken, groups: dict[int, int]) -> Quotation:
    start, end = document.token_span(spoken.stretch.first, spoken.stretch.last)
    who = spoken.who
    return Quotation(
        start=start,
        end=end,
        text=document.raw[start:end],
        kind=spoken.kind,
        group=groups.get(spoken.cue.token) if spoken.cue else None,
        speaker=Speaker(name=who.name, entity=who.entity, start=who.start, end=who.end) if who else None,
        cue=_claim(document, spoken.cue) if spoken.cue else None,
        pro_drop=spoken.is_carried,
    )


def _claim(document: Document, cue: Cue) -> Claim:
    return document.claim(*document.token_span(cue.token, cue.token, skip=len(cue.proclitic)))
