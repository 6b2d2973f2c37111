"""For each quoted stretch: the cue that may govern it, its speaker, and what rules decide about it."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.narration import Line, word_at
from khabar.grammar.speech.reporting import COMPLEMENTIZERS
from khabar.lexicons import entries
from khabar.reference.cues import Cue, CueReader
from khabar.reference.line_cues import LineCues
from khabar.reference.mentions import Referent
from khabar.reference.wording import Wording
from khabar.text.document import Document

Kind = Literal["direct", "partial"]
# How the cue was found. behind: after the stretch. particle: a particle before it. open: a cue before it, with no complementizer
# in between. opener: the complementizer is right before it. clause: the cue is farther before it. label: words before a colon.
# above: at the end of the line before. carried, nowhere: no cue; the latest speaker, at the line's start or later in it.
Path = Literal["behind", "particle", "open", "opener", "clause", "label", "above", "carried", "nowhere"]

_LISTING: Final = frozenset(entries("reporting/listing"))
_PREPOSITIONS: Final = frozenset(entries("reporting/prepositions"))
_RESUMING: Final = frozenset(entries("reporting/resuming"))
_COMMAS: Final = frozenset("،,-–")
# Most items between a verb and the quotation that it introduces: a subject, a place, an occasion.
_LONGEST_GAP: Final = 16
# A quotation at most this many items after بحسب is attributed to its source with fewer words.
_SHORT_GAP: Final = 6
# Fewest words of speech if nothing else decides: right after a cue, inside its clause, in the sentence of a source.
_AFTER_CUE: Final = 4
_IN_CLAUSE: Final = 5
_OF_SOURCE: Final = 6
# This many words after a colon are always speech.
_SURE: Final = 12
# The longest label before a colon (فلان: «...»), in items.
_LONGEST_LABEL: Final = 8


class Attribution(NamedTuple):
    """A quoted stretch and its speaker, if it is speech.

    Attributes:
        line, position: line[position] is the stretch.
        path: how the cue was found.
        cue: None if there is no cue.
        opener: position of the complementizer after the cue; None without one.
        who, is_carried, span: the speaker, as in Cue.
        is_speech, kind: the decision of the rules.
        is_name: whether the rules take it for the name of something.
        has_colon: whether a colon is right before it.
        is_listed: whether it follows an introduction of a list, such as من بينها.
        goes_on: whether the line before had speech.
    """

    line: Line
    position: int
    stretch: Quoted
    path: Path
    cue: Cue | None
    opener: int | None
    who: Referent | None
    is_carried: bool
    span: tuple[int, int]
    is_speech: bool
    kind: Kind
    is_name: bool = False
    has_colon: bool = False
    is_listed: bool = False
    goes_on: bool = False


class Attributor:
    """Finds the speaker of each quoted stretch in the lines of one document, which must be passed in order."""

    def __init__(self, document: Document, stretches: Sequence[Quoted], cues: CueReader) -> None:
        """Take the document, its quoted stretches, and the reader of cues, which reads labels."""
        self._form = document.tokens.form
        self._stretches = stretches
        self._cues = cues
        self.wording = Wording(document, self._cues.subjects.mentions)
        self._opened: Cue | None = (
            None  # last cue of a line that ended with a colon, for a quotation that begins the next line
        )
        self._goes_on = False  # whether the line before had a quotation

    def attribute(self, line: Line, cues: Sequence[Cue]) -> list[Attribution]:
        """Return the attributions of the next line's stretches.

        Args:
            line: the line.
            cues: its cues, in order.
        """
        quoted = [position for position, item in enumerate(line) if item < 0]
        placed = LineCues(self._form, line, cues) if quoted else None
        found = [self._attribute(line, position, placed) for position in quoted] if placed else []
        self._goes_on = any(one.is_speech for one in found)
        self._opened = cues[-1] if cues and word_at(self._form, line, len(line) - 1) == ":" else None
        return found

    def _attribute(self, line: Line, position: int, cues: LineCues) -> Attribution:
        stretch = self._stretches[~line[position]]
        words = len(self.wording.words(stretch))
        is_listed = word_at(self._form, line, position - 2) in _LISTING
        has_colon = word_at(self._form, line, position - 1) == ":" and not is_listed
        is_name = not has_colon and self.wording.is_name(line, position, stretch)
        resumed = self._cue_after(line, position, cues)
        if resumed is not None and resumed.is_his and cues.has_before(position):
            resumed = None  # أكد فلان «...» وفق تعبيره
        if resumed is not None and (not cues.has_before(position) or resumed.is_particle or words >= _AFTER_CUE):
            kind: Kind = "partial" if resumed.is_particle else "direct"
            found = _by(line, position, stretch, "behind", resumed, None, is_speech=words > 2, kind=kind)
        else:
            cue = cues.governor(position)
            if cue is None:
                found = self._without_cue(line, position, cues)
            else:
                found = self._after_cue(line, position, cue, cues.opener_after(cue.position), has_colon=has_colon)
        is_speech = found.is_speech and not is_name and words > 1
        return found._replace(
            is_name=is_name, has_colon=has_colon, is_listed=is_listed, goes_on=self._goes_on, is_speech=is_speech
        )

    def _after_cue(self, line: Line, position: int, cue: Cue, opener: int | None, *, has_colon: bool) -> Attribution:
        """Decide on a stretch that a cue governs; `opener` is the position of the first complementizer after the cue."""
        stretch = self._stretches[~line[position]]
        gap = position - cue.position - 1
        is_speech = self.wording.is_speech
        if cue.is_particle:
            enough = _AFTER_CUE if gap <= _SHORT_GAP else _OF_SOURCE
            said = is_speech(stretch, enough)
            return _by(line, position, stretch, "particle", cue, opener, is_speech=said, kind="partial")
        is_open = opener is None or opener > position  # no complementizer is between cue and stretch
        if cue.reading.kind != "stance":
            said = has_colon or is_speech(stretch, _AFTER_CUE)
            if is_open and (has_colon or gap <= _LONGEST_GAP):
                governed = word_at(self._form, line, position - 1) in _PREPOSITIONS
                kind: Kind = "partial" if governed else "direct"
                return _by(line, position, stretch, "open", cue, None, is_speech=said, kind=kind)
            if opener is not None and opener == position - 1:
                kind = "partial" if COMPLEMENTIZERS[self._form[line[opener]]].value else "direct"
                return _by(line, position, stretch, "opener", cue, opener, is_speech=said, kind=kind)
        said = is_speech(stretch, _IN_CLAUSE)
        return _by(
            line, position, stretch, "clause", cue, opener, is_speech=said, kind="direct" if has_colon else "partial"
        )

    def _without_cue(self, line: Line, position: int, cues: LineCues) -> Attribution:
        """Decide on a stretch with no cue before it in its line."""
        stretch = self._stretches[~line[position]]
        if position == 0 and self._opened is not None:
            return _by(line, position, stretch, "above", self._opened, None, is_speech=True, kind="direct")
        particle = cues.first_particle
        if particle is not None:
            said = self.wording.is_speech(stretch, _OF_SOURCE)
            return _by(line, position, stretch, "particle", particle, None, is_speech=said, kind="partial")
        words = self.wording.words(stretch)
        colon = self._colon(line, position)
        if colon is not None:
            label = self._cues.label(line, colon)
            enough = _AFTER_CUE if label is not None and label.who and label.who.entity else _OF_SOURCE
            is_near = colon == position - 1 and (position <= _LONGEST_LABEL or len(words) >= _SURE)
            said = label is not None and is_near and self.wording.is_speech(stretch, enough)
            who, span = (label.who, label.span) if label else (None, (0, 0))
            return Attribution(line, position, stretch, "label", None, None, who, False, span, said, "direct")
        latest = self._cues.memory.speakers
        who = latest[0] if latest else None
        said = bool(
            position == 0 and who and len(words) >= _OF_SOURCE and (self._goes_on or self.wording.has_clause(words))
        )
        span = (who.start, who.end) if who else (0, 0)
        return Attribution(
            line,
            position,
            stretch,
            "carried" if position == 0 else "nowhere",
            None,
            None,
            who,
            True,
            span,
            said,
            "direct",
        )

    def _colon(self, line: Line, position: int) -> int | None:
        """Return the position of the colon after a label: فلان: «...», and in headlines فلان: سنفعل «...»; None without one."""
        if position <= 2 * _LONGEST_LABEL and word_at(self._form, line, position - 1) == ":":
            return position - 1
        limit = min(position, _LONGEST_LABEL)
        return next((index for index in range(1, limit) if word_at(self._form, line, index) == ":"), None)

    def _cue_after(self, line: Line, position: int, cues: LineCues) -> Cue | None:
        """Return the cue directly after the stretch: «...», كما قال فلان; None without one."""
        index = position + 1
        if word_at(self._form, line, index) in _COMMAS:
            index += 1
        while word_at(self._form, line, index) in _RESUMING:
            index += 1
        cue = cues.at(index)
        return cue if cue and not cue.proclitic and cue.reading.shape in ("verb", "particle") else None


def _by(
    line: Line, position: int, stretch: Quoted, path: Path, cue: Cue, opener: int | None, *, is_speech: bool, kind: Kind
) -> Attribution:
    return Attribution(line, position, stretch, path, cue, opener, cue.who, cue.is_carried, cue.span, is_speech, kind)
