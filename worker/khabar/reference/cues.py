"""Find the cues of each line, and the speaker of each cue. Speakers are remembered from line to line."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

from khabar.grammar.folding import fold
from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.narration import Line, word_at
from khabar.grammar.speech.reporting import COMPLEMENTIZERS, CUES, Reading
from khabar.grammar.speech.verbs import Form
from khabar.lexicons import entries
from khabar.messages.record import Entity
from khabar.reference.candidates import Candidate, Case, Gatherer, Memory
from khabar.reference.features import Features
from khabar.reference.mentions import Referent
from khabar.reference.nouns import cut, noun
from khabar.reference.subjects import SubjectFinder
from khabar.reference.surroundings import SIGHT, Surroundings
from khabar.reference.weights import Features as Named
from khabar.text.document import Document

_WITHIN: Final = frozenset(entries("reporting/within"))
_IMPERSONAL: Final = frozenset(entries("reporting/impersonal"))
_BEFORE_VERBS: Final = frozenset(entries("reporting/before_verbs"))
# In قال تعالى the epithet identifies the speaker.
_EPITHETS: Final = dict(line.split("\t") for line in entries("reporting/epithets"))
_COMMAS: Final = frozenset("،,-–")
# Roles of candidates that are named or described in the cue's own line.
_IN_LINE: Final = frozenset((*"RAaBbTIJFfDdhjKn", "Dn", "MA", "MB", "MR"))
_WAS: Final = frozenset(("كان", "كانت"))
# A stretch of fewer tokens may be a name.
_LEAST_SPEECH: Final = 4


# Reading of a label before a colon, without a verb: فلان: «...».
_LABEL: Final = Reading("label", "speech", Form(":", "m", is_plural=False), lemma=":")


def _opens_nothing(_line: Line, _cues: Sequence["Cue"]) -> Container[int]:
    return ()


@cache
def _folded(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(fold, words))


class Chooser(Protocol):
    """Chooses the candidate of a case who is the speaker."""

    def __call__(self, case: Case, features: Sequence[Named], /) -> int:
        """Return the index of the candidate."""
        ...


@dataclass(slots=True)
class Cue:
    """A cue in a line.

    Attributes:
        position: position of its item in the line.
        token: that item.
        proclitic: proclitics of its token.
        reading: its entry in the lexicon.
        who: the speaker; None if the article does not say.
        is_carried: whether the speaker comes from an earlier line.
        span: raw span where the speaker was read.
        is_weak: whether it is probably another word with the same spelling, because no speech follows it.
        is_his: whether it is a particle with a pronoun for the current speaker: وفق تعبيره.
    """

    position: int
    token: int
    proclitic: str
    reading: Reading
    who: Referent | None = None
    is_carried: bool = False
    span: tuple[int, int] = (0, 0)
    is_weak: bool = False
    is_his: bool = False

    @property
    def is_particle(self) -> bool:
        """Whether it is a particle such as بحسب."""
        return self.reading.shape == "particle"


class CueReader:
    """Reads the lines of one document from the first to the last.

    Attributes:
        opens: called for each line; returns the positions of possible cues that open a statement, which are then cues.
    """

    def __init__(
        self, document: Document, stretches: Sequence[Quoted], entities: Sequence[Entity], choose: Chooser
    ) -> None:
        """Take the results of earlier steps for the document, and the chooser of speakers."""
        self.subjects = SubjectFinder(document, stretches, entities)
        self.memory = Memory(document, self.subjects)
        self._features = Features(document, self.memory)
        self._gatherer = Gatherer(self.memory)
        self._around = Surroundings(document, self.memory)
        self._choose = choose
        self.opens: Callable[[Line, Sequence[Cue]], Container[int]] = _opens_nothing
        self._document = document
        self._form = document.tokens.form
        self._known = frozenset([token for token, form in enumerate(self._form) if form in CUES])
        self._stretches = stretches
        self._line_of = document.sentences.of_token
        self._saying: Container[int] = ()  # positions in the line that open a statement

    def read(self, line: Line) -> list[Cue]:
        """Return the cues of the next line, in order."""
        seen: list[Cue] = []
        for position in [position for position, item in enumerate(line) if item in self._known]:
            surface = CUES[self._form[line[position]]]
            if not self._is_impersonal(line, position, surface.value):
                seen.append(cue := Cue(position, line[position], surface.proclitic, surface.value))
                cue.is_weak = not self._is_cue(line, cue)
                cue.is_his = cue.is_particle and self._is_his(line, cue)
        self._saying = opened = self.opens(line, seen) if seen else ()
        found = [cue for cue in seen if not cue.is_weak or cue.position in opened]
        for cue in found:
            self._find_speaker(line, cue)
            self._note_document(line, cue)
        return found

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
        return any(self._opens_speech(line, index) for index in range(position + 2, min(position + SIGHT, len(line))))

    def _is_impersonal(self, line: Line, position: int, reading: Reading) -> bool:
        """Whether the phrase has no speaker: يمكن القول إن."""
        return reading.shape == "noun" and word_at(self._form, line, position - 1) in _IMPERSONAL

    def _begins_clause(self, line: Line, position: int) -> bool:
        before = word_at(self._form, line, position - 1)
        return position == 0 or before in _BEFORE_VERBS or before in _COMMAS

    def _opens_speech(self, line: Line, position: int) -> bool:
        if position < len(line) and line[position] < 0:
            stretch = self._stretches[~line[position]]
            return stretch.last - stretch.first + 1 >= _LEAST_SPEECH
        word = word_at(self._form, line, position)
        return word == ":" or word in COMPLEMENTIZERS

    def label(self, line: Line, end: int) -> Cue | None:
        """Return a cue with the speaker named or described before the colon at `line[end]`; None without one."""
        token = line[end]
        phrase = self.subjects.after(line[:end], 0)
        if token < 0 or phrase is None:
            return None
        cue = Cue(end, token, "", _LABEL)
        case = Case(token, self._line_of(token), _LABEL, phrase, None, None)
        self._gatherer.gather(case, None, token, None)
        self._decide(case, cue)
        return cue if cue.who is not None else None

    def _find_speaker(self, line: Line, cue: Cue) -> None:
        epithet = _EPITHETS.get(word_at(self._form, line, cue.position + 1))
        if epithet is None:
            self._decide(self.case(line, cue), cue)
        else:
            cue.span = self._document.token_span(line[cue.position + 1], line[cue.position + 1])
            cue.who = Referent(epithet, "scripture", None, *cue.span)

    def _note_document(self, line: Line, cue: Cue) -> None:
        """Remember the cue's speaker as the issuer of a document: أوضحت الوزارة في بيان ..., then وأضاف البيان ..."""
        if cue.who is None or cue.who.kind == "document" or cue.is_particle:
            return
        for index in range(cue.position + 1, min(cue.position + SIGHT, len(line) - 1)):
            if word_at(self._form, line, index) in COMPLEMENTIZERS:
                return
            if word_at(self._form, line, index) == "في" and line[index + 1] >= 0:
                known = noun(self._document.tokens.segments[line[index + 1]])
                if known is not None and known.kind == "document":
                    self.memory.note_issuer(known.lemma, cue.who)
                    return

    def _decide(self, case: Case, cue: Cue) -> None:
        features = self._features.of(case)
        chosen = case.candidates[self._choose(case, features)]
        is_going_on = "S1" in chosen.roles and self.memory.line_of_last == case.line
        self.memory.remember(case, chosen)
        cue.who = chosen.referent
        cue.is_carried = not (
            is_going_on
            or self._has_subject(case)
            or _IN_LINE.intersection(chosen.roles)
            or self._is_in_line(case, cue.who)
        )
        if cue.who is not None:
            cue.span = self._span(case, chosen, cue.who)

    def _has_subject(self, case: Case) -> bool:
        """Whether a noun for a speaker follows the verb; it means somebody named before, but is in this line."""
        phrase = case.after
        return phrase is not None and phrase.mention is None and self.memory.describe(phrase).noun is not None

    def _is_in_line(self, case: Case, who: Referent | None) -> bool:
        """Whether the speaker is mentioned before the cue in its own sentence; also true if there is no speaker."""
        last = who.last_before(case.token) if who else None
        return who is None or (last is not None and self._line_of(last) == case.line)

    def _span(self, case: Case, chosen: Candidate, who: Referent) -> tuple[int, int]:
        """Return the raw span of the speaker's mention beside the cue, otherwise of the last mention before the cue."""
        if chosen.mention is not None:
            return self._document.token_span(chosen.mention.first, chosen.mention.last)
        if who.entity is None:
            return who.start, who.end
        last = who.last_before(case.token)
        mention = self.subjects.mentions.at[who.first[0] if last is None else last]
        return self._document.token_span(mention.first, mention.last)

    def case(self, line: Line, cue: Cue) -> Case:
        """Return the case of a cue, with its candidates."""
        reading, position = cue.reading, cue.position
        after = before = relayed = None
        if cue.is_particle:
            if not cue.is_his:
                after = self.subjects.after(line, self._around.source(line, position, reading), proclitic="ل")
        elif reading.kind == "relay":
            relayed = self._around.relayed(line, position, reading)
            after = self.subjects.after(line, position + 1)
        elif reading.kind == "within" and word_at(self._form, line, position + 1) == "في":
            after = self.subjects.after(line, position + 2)
        elif reading.shape == "noun":
            if reading.kind == "speech":
                relayed = self._around.source_before(line, position)
            elif not self._around.is_owned(line[position]):
                after = self.subjects.after(line, position + 1)
        elif reading.shape == "verb":
            after = (
                None if reading.form.is_plural else self.subjects.after(line, self._around.subject(line, position + 1))
            )
            if cue.proclitic == "ف" and word_at(self._form, line, 0).removeprefix("و") in ("أما", "اما"):
                before = self.subjects.after(line, 1)
            elif position:
                before = self.subjects.before(line, position)
        case = Case(
            cue.token,
            self._line_of(cue.token),
            reading,
            after,
            before,
            None,
            position in self._saying or self._opens(line, position),
            self._around.opening(line, position),
        )
        case.word = self._around.word_before(line, position, reading.form.gender) + "+" * ("و" in cue.proclitic)
        if after is not None:
            case.behind, case.gap = self._around.behind(line, position, after), len(after.items)
        case.is_past = word_at(self._form, line, 0).removeprefix("و") in _WAS
        if before is not None:
            case.is_clause = self._around.is_clause(line, position, before)
        if after is not None and after.mention is None:
            case.apposed = self._around.apposed(line, position, after)
        if reading.shape in ("verb", "participle"):
            case.described = list(self._around.described(line, position))
        self._gatherer.gather(case, self.subjects.topic(line, position), self._around.limit(line, position), relayed)
        return case

    def _is_his(self, line: Line, cue: Cue) -> bool:
        """Whether a particle is followed by one of its words with a pronoun: على حد تعبيره."""
        reading = cue.reading
        position = self._around.source(line, cue.position, reading)
        if not reading.between or position >= len(line) or line[position] < 0:
            return False
        word = cut(self._document.tokens.segments[line[position]])
        return bool(word.ending) and word.stem.removesuffix("ه") in _folded(reading.between)

    def _opens(self, line: Line, position: int) -> bool:
        """Whether speech begins within SIGHT items after a position."""
        return any(self._opens_speech(line, index) for index in range(position + 1, min(position + SIGHT, len(line))))
