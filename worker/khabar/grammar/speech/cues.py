"""The cues of a line in order, each with its speaker. Who spoke last is remembered from line to line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.narration import Line, word_at
from khabar.grammar.speech.reporting import COMPLEMENTIZERS, CUES, Reading
from khabar.grammar.speech.speakers import Source, SubjectFinder
from khabar.lexicons import entries
from khabar.messages.record import Entity
from khabar.text.document import Document

_WITHIN: Final = frozenset(entries("reporting/within"))
_BEFORE_VERBS: Final = frozenset(entries("reporting/before_verbs"))
# قال تعالى: who that is by custom
_EPITHETS: Final = dict(line.split("\t") for line in entries("reporting/epithets"))
_COMMAS: Final = frozenset("،,-–")
# So far from a verb that could be a noun, what it introduces must be in sight.
_SIGHT: Final = 20
_LONGEST_RELAY: Final = 14
# A stretch of fewer tokens may be a name.
_LEAST_SPEECH: Final = 4


@dataclass(slots=True)
class Cue:
    """A cue in a line.

    Attributes:
        position: of its item in the line. token: that item.
        proclitic: the letters of its token that stand before it.
        who: the speaker, None where the article does not tell.
        is_carried: the speaker comes from an earlier line.
    """

    position: int
    token: int
    proclitic: str
    reading: Reading
    who: Source | None = None
    is_carried: bool = False

    @property
    def is_particle(self) -> bool:
        """Whether it is a particle such as بحسب."""
        return self.reading.shape == "particle"


class CueReader:
    """Reads the lines of one document from the first to the last."""

    def __init__(self, document: Document, stretches: Sequence[Quoted], entities: Sequence[Entity]) -> None:
        """Take what was found so far in the document."""
        self.subjects = SubjectFinder(document, stretches, entities)
        self.latest: Source | None = None  # who spoke last
        self._last: dict[str, Source] = {}  # by the gender of the verb
        self._form = document.tokens.form
        self._stretches = stretches

    def read(self, line: Line) -> list[Cue]:
        """Return the cues of the next line, in order."""
        found: list[Cue] = []
        speaker: Source | None = None  # of the last cue that has one, particles aside
        for position, item in enumerate(line):
            surface = CUES.get(self._form[item]) if item >= 0 else None
            if surface is None:
                continue
            cue = Cue(position, item, surface.proclitic, surface.value)
            if self._is_cue(line, cue):
                self._find_speaker(line, cue, speaker)
                found.append(cue)
                if cue.who is not None and not cue.is_particle:
                    speaker = cue.who
                self._remember(cue)
        return found

    def _remember(self, cue: Cue) -> None:
        """Note who can be the subject of a later verb without one: judgements and unnamed sources are no antecedents."""
        if cue.who is None or cue.reading.kind == "stance" or (cue.is_particle and not cue.who.entity):
            return
        self._last[cue.reading.form.gender] = self.latest = cue.who

    def _is_cue(self, line: Line, cue: Cue) -> bool:
        reading, position = cue.reading, cue.position
        if cue.is_particle:
            return not reading.is_homograph or word_at(self._form, line, position - 1) == reading.form.text.split()[0]
        if reading.kind == "within":
            return word_at(self._form, line, position + 1) in _WITHIN
        if not reading.is_homograph or self._opens_speech(line, position + 1):
            return True
        if reading.shape == "participle" or not self._begins_clause(line, position):
            return False
        return any(self._opens_speech(line, index) for index in range(position + 2, min(position + _SIGHT, len(line))))

    def _begins_clause(self, line: Line, position: int) -> bool:
        before = word_at(self._form, line, position - 1)
        return position == 0 or before in _BEFORE_VERBS or before in _COMMAS

    def _opens_speech(self, line: Line, position: int) -> bool:
        if position < len(line) and line[position] < 0:
            stretch = self._stretches[~line[position]]
            return stretch.last - stretch.first + 1 >= _LEAST_SPEECH
        word = word_at(self._form, line, position)
        return word == ":" or word in COMPLEMENTIZERS

    def _find_speaker(self, line: Line, cue: Cue, earlier: Source | None) -> None:
        reading, position = cue.reading, cue.position
        if cue.is_particle:
            start = position + 1
            while word_at(self._form, line, start) in reading.between:
                start += 1
            cue.who = self.subjects.after(line, start, proclitic="ل")
        elif word_at(self._form, line, position + 1) in _EPITHETS:
            cue.who = self.subjects.called(line[position + 1], _EPITHETS[word_at(self._form, line, position + 1)])
        elif reading.kind == "relay":
            cue.who = self._relayed(line, cue)
        elif reading.kind == "within" and word_at(self._form, line, position + 1) == "في":
            cue.who = self.subjects.after(line, position + 2)
        else:
            cue.who = self._subject(line, cue) if reading.shape == "verb" else None
            if cue.who is None:
                cue.who = earlier or self.subjects.topic(line, position)
            if cue.who is None:
                cue.who = self._last.get(reading.form.gender) or self.latest
                cue.is_carried = cue.who is not None

    def _relayed(self, line: Line, cue: Cue) -> Source | None:
        """Return the source of نقلت الصحيفة عن فلان and of علمت الصحيفة من فلان."""
        link = cue.reading.link
        for index in range(cue.position + 1, min(cue.position + _LONGEST_RELAY, len(line))):
            if word_at(self._form, line, index) == link:
                return self.subjects.after(line, index + 1)
        return None

    def _subject(self, line: Line, cue: Cue) -> Source | None:
        """Return the subject beside a verb: after it as a rule, before it in أما فلان فقال and إن فلانا قال."""
        position = cue.position
        after = None if cue.reading.form.is_plural else self.subjects.after(line, position + 1)
        if after is not None and after.entity is not None:
            return after
        before = None
        if cue.proclitic == "ف" and word_at(self._form, line, 0).removeprefix("و") in ("أما", "اما"):
            before = self.subjects.after(line, 1)
        elif not cue.proclitic and position:
            before = self.subjects.before(line, position)
        return before or after
