"""The cues of a line in order, each with its speaker. Who spoke is remembered from line to line."""

from collections.abc import Callable, Container, Iterator, Sequence
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
from khabar.reference.subjects import Phrase, SubjectFinder
from khabar.text.document import Document

_WITHIN: Final = frozenset(entries("reporting/within"))
_BEFORE_VERBS: Final = frozenset(entries("reporting/before_verbs"))
# قال تعالى: who that is by custom
_EPITHETS: Final = dict(line.split("\t") for line in entries("reporting/epithets"))
_COMMAS: Final = frozenset("،,-–")
# So far from a verb that could be a noun, what it introduces must be in sight.
_SIGHT: Final = 20
_LONGEST_RELAY: Final = 14
# How far before a cue somebody who is only described is looked for, and how many of them.
_DESCRIBED_BEFORE: Final = 16
_MOST_DESCRIBED: Final = 2
# Roles of candidates that stand in the cue's own line, by name or by a description of theirs.
_IN_LINE: Final = frozenset((*"RAaBbTIJFfDdhj", "MA", "MB", "MR"))
# A stretch of fewer tokens may be a name.
_LEAST_SPEECH: Final = 4


# What stands before a colon without a verb: فلان: «...»
_LABEL: Final = Reading("label", "speech", Form(":", "m", is_plural=False), lemma=":")


def _opens_nothing(_line: Line, _cues: Sequence["Cue"]) -> Container[int]:
    return ()


@cache
def _folded(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(fold, words))


class Chooser(Protocol):
    """Says which candidate of a case is meant."""

    def __call__(self, case: Case, features: Sequence[Sequence[str]], /) -> int:
        """Return the index of the candidate."""
        ...


@dataclass(slots=True)
class Cue:
    """A cue in a line.

    Attributes:
        position: of its item in the line. token: that item.
        proclitic: the letters of its token that stand before it.
        who: the speaker, None where the article does not tell.
        is_carried: the speaker comes from an earlier line.
        span: raw span where the speaker was read.
        is_weak: it is more often another word, and no speech is in sight that would tell.
        is_his: a particle whose pronoun points back to who speaks already: وفق تعبيره.
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
        opens: asked for each line which of its words that may be cues open a statement; these are cues.
    """

    def __init__(
        self, document: Document, stretches: Sequence[Quoted], entities: Sequence[Entity], choose: Chooser
    ) -> None:
        """Take what was found so far in the document."""
        self.subjects = SubjectFinder(document, stretches, entities)
        self.memory = Memory(document, self.subjects)
        self._features = Features(document, self.memory)
        self._gatherer = Gatherer(self.memory)
        self._choose = choose
        self.opens: Callable[[Line, Sequence[Cue]], Container[int]] = _opens_nothing
        self._document = document
        self._form = document.tokens.form
        self._known = frozenset([token for token, form in enumerate(self._form) if form in CUES])
        self._stretches = stretches
        self._line_of = document.sentences.of_token
        self._saying: Container[int] = ()  # positions in the line that open a statement
        self._opened_line: Line | None = None
        self._opened: Phrase | None = None

    def read(self, line: Line) -> list[Cue]:
        """Return the cues of the next line, in order."""
        seen: list[Cue] = []
        for position in [position for position, item in enumerate(line) if item in self._known]:
            surface = CUES[self._form[line[position]]]
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

    def label(self, line: Line, end: int) -> Cue | None:
        """Return who is named or described before the colon at `line[end]`; None where nobody is."""
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
        """Remember whose a document is that the cue names: أوضحت الوزارة في بيان ..., وأضاف البيان ..."""
        if cue.who is None or cue.who.kind == "document" or cue.is_particle:
            return
        for index in range(cue.position + 1, min(cue.position + _SIGHT, len(line) - 1)):
            if word_at(self._form, line, index) in COMPLEMENTIZERS:
                return
            if word_at(self._form, line, index) == "في" and line[index + 1] >= 0:
                known = noun(self._document.tokens.segments[line[index + 1]])
                if known is not None and known.kind == "document":
                    self.memory.issuers[known.lemma] = cue.who
                    return

    def _decide(self, case: Case, cue: Cue) -> None:
        features = self._features.of(case)
        chosen = case.candidates[self._choose(case, features)]
        is_going_on = "S1" in chosen.roles and self.memory.line_of_last == case.line
        self.memory.remember(case, chosen)
        cue.who = chosen.referent
        cue.is_carried = not (is_going_on or _IN_LINE.intersection(chosen.roles) or self._is_in_line(case, cue.who))
        if cue.who is not None:
            cue.span = self._span(case, chosen, cue.who)

    def _is_in_line(self, case: Case, who: Referent | None) -> bool:
        """Whether somebody is named or described in the cue's own sentence before it; nobody is nowhere else."""
        last = who.last_before(case.token) if who else None
        return who is None or (last is not None and self._line_of(last) == case.line)

    def _span(self, case: Case, chosen: Candidate, who: Referent) -> tuple[int, int]:
        """Return where the speaker was read: beside the cue, else where he was last named before it."""
        if chosen.mention is not None:
            return self._document.token_span(chosen.mention.first, chosen.mention.last)
        if who.entity is None:
            return who.start, who.end
        last = who.last_before(case.token)
        mention = self.subjects.mentions.at[who.first[0] if last is None else last]
        return self._document.token_span(mention.first, mention.last)

    def case(self, line: Line, cue: Cue) -> Case:
        """Return the cue with its candidates."""
        reading, position = cue.reading, cue.position
        after = before = relayed = None
        if cue.is_particle:
            if not cue.is_his:
                after = self.subjects.after(line, self._source(line, cue), proclitic="ل")
        elif reading.kind == "relay":
            relayed = self._relayed(line, cue)
            after = self.subjects.after(line, position + 1)
        elif reading.kind == "within" and word_at(self._form, line, position + 1) == "في":
            after = self.subjects.after(line, position + 2)
        elif reading.shape == "verb":
            after = None if reading.form.is_plural else self.subjects.after(line, position + 1)
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
            self._opening(line, position),
        )
        if reading.shape in ("verb", "participle"):
            case.described = list(self._described(line, position))
        self._gatherer.gather(case, self.subjects.topic(line, position), self._limit(line, position), relayed)
        return case

    def _described(self, line: Line, position: int) -> Iterator[Phrase]:
        """Yield phrases that describe somebody before a cue in its line, the nearest first: تناقل ناشطون صورا يدعون أنها ..."""
        found = 0
        for index in range(position - 1, max(-1, position - _DESCRIBED_BEFORE), -1):
            item = line[index]
            if item < 0 or item in self.subjects.mentions.inside:
                continue
            segments = self._document.tokens.segments[item]
            if noun(segments) is None or cut(segments).proclitic.strip("و"):
                continue
            phrase = self.subjects.after(line, index)
            if phrase is not None and phrase.mention is None:
                yield phrase
                found += 1
                if found == _MOST_DESCRIBED:
                    return

    def _source(self, line: Line, cue: Cue) -> int:
        """Return where the source of a particle begins: behind what may stand between, and a verb that follows."""
        start = cue.position + 1
        while word_at(self._form, line, start) in cue.reading.between or word_at(self._form, line, start) == "لما":
            start += 1
        if (verb := CUES.get(word_at(self._form, line, start))) is not None and verb.value.shape == "verb":
            start += 1  # وفق ما ذكرت الصحيفة, حسبما ذكرت
        return start

    def _is_his(self, line: Line, cue: Cue) -> bool:
        """Whether one of the words between follows with a pronoun: على حد تعبيره."""
        position, reading = self._source(line, cue), cue.reading
        if not reading.between or position >= len(line) or line[position] < 0:
            return False
        word = cut(self._document.tokens.segments[line[position]])
        return bool(word.ending) and word.stem.removesuffix("ه") in _folded(reading.between)

    def _opening(self, line: Line, position: int) -> Phrase | None:
        """Return the phrase behind the first word of a line, which is a verb more often than not."""
        if self._opened_line is not line:
            self._opened_line, self._opened = line, self.subjects.after(line, 1)
        return self._opened if position > 1 else None

    def _opens(self, line: Line, position: int) -> bool:
        """Whether what is said is in sight."""
        return any(self._opens_speech(line, index) for index in range(position + 1, min(position + _SIGHT, len(line))))

    def _limit(self, line: Line, position: int) -> int:
        """Return the last token in which a subject of the cue may be named."""
        last = line[position]
        for item in line[position + 1 : position + _SIGHT]:
            if item < 0 or self._form[item] in COMPLEMENTIZERS:
                break
            last = item
        return last

    def _relayed(self, line: Line, cue: Cue) -> Phrase | None:
        """Return the source of نقلت الصحيفة عن فلان and of علمت الصحيفة من فلان."""
        link = cue.reading.link
        for index in range(cue.position + 1, min(cue.position + _LONGEST_RELAY, len(line))):
            if word_at(self._form, line, index) == link:
                return self.subjects.after(line, index + 1)
        return None
