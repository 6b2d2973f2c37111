"""Quotations: what stands between quotation glyphs and is somebody's words, with the cue and the speaker."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from contracts.record import Claim, Entity, Quotation, Speaker
from worker.extractors.base import Extractor
from worker.grammar.glyphs import Quoted, quoted
from worker.grammar.lines import Line, lines
from worker.grammar.reporting import COMPLEMENTIZERS, CUES, Reading
from worker.grammar.speakers import Source, SubjectFinder
from worker.lexicons import entries
from worker.pipeline.document import Document

# noun -> how many words its quoted name may have
_NAMED_THINGS: Final = {noun: int(words) for noun, words in map(str.split, entries("reporting/named_things"))}
# Words of clauses, which names and titles hardly ever hold.
_CLAUSE_WORDS: Final = frozenset(entries("reporting/clause_words")) | COMPLEMENTIZERS.keys()
# Suffixes that tie a word to the sentence around it: object and possessive pronouns, the accusative.
_TIES: Final = frozenset({"ه", "ها", "هم", "هما", "هن", "نا", "ني", "ا"})
_COMMAS: Final = frozenset("،,-–")
# كما قال, هذا ما أعلنه: words between a quotation and the verb that follows it.
_RESUMING: Final = frozenset({"كما", "هذا", "ما", "هكذا", "حسبما", "مثلما"})
# Between a verb and what it introduces stand a subject, a place and an occasion.
_LONGEST_CUE_GAP: Final = 16


@dataclass(slots=True)
class _Cue:
    """A cue in a line.

    Attributes:
        position: of its item in the line. who: the speaker. is_carried: the speaker comes from an earlier line.
    """

    position: int
    token: int
    proclitic: str
    reading: Reading
    who: Source | None = None
    is_carried: bool = False


class QuotationExtractor(Extractor):
    """Speech told from titles, names and scare quotes by its cue, its length and its words."""

    layer = "quotations"
    uses = ("entities", "origin")

    def extract(self, document: Document) -> list[Quotation]:
        """Return the quotations in text order."""
        stretches = quoted(document)
        if not any(stretch.last > stretch.first for stretch in stretches):
            return []
        return _Reader(document, stretches).read()


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return QuotationExtractor()


class _Reader:
    """Reads one document from its first line to its last; who spoke last is known at each."""

    def __init__(self, document: Document, stretches: Sequence[Quoted]) -> None:
        self.document = document
        self.form = document.tokens.form
        self.stretches = stretches
        entities = document.layers.get("entities") or []
        self.subjects = SubjectFinder(document, stretches, entities)  # type: ignore[arg-type]
        self.last: dict[str, Source] = {}  # gender of the verb -> who spoke last
        self.latest: Source | None = None
        self.found: list[Quotation] = []
        self.previous_line_quotes = False

    def read(self) -> list[Quotation]:
        for line in lines(self.document, self.stretches):
            count = len(self.found)
            cues = self.cues(line)
            for position, item in enumerate(line):
                if item < 0:
                    self.judge(line, position, cues)
            self.previous_line_quotes = len(self.found) > count
        return self.found

    # Cues and their speakers

    def cues(self, line: Line) -> list[_Cue]:
        found: list[_Cue] = []
        for position, item in enumerate(line):
            surface = CUES.get(self.form[item]) if item >= 0 else None
            if surface is None:
                continue
            cue = _Cue(position, item, surface.proclitic, surface.value)
            if self.is_cue(line, cue):
                self.find_speaker(line, cue, found)
                found.append(cue)
                if cue.who is not None and cue.reading.kind != "stance":
                    self.last[cue.reading.form.gender] = self.latest = cue.who
        return found

    def is_cue(self, line: Line, cue: _Cue) -> bool:
        reading, position = cue.reading, cue.position
        if reading.shape == "particle":
            return not reading.is_homograph or (position > 0 and self.is_word(line, position - 1, "على"))
        if reading.kind == "within":
            return self.is_word(line, position + 1, "في")
        if not reading.is_homograph:
            return True
        if self.opens_speech(line, position + 1):
            return True
        if reading.shape == "participle" or position > 1:
            return False
        return any(self.opens_speech(line, index) for index in range(position + 2, min(position + 20, len(line))))

    def opens_speech(self, line: Line, position: int) -> bool:
        if position >= len(line):
            return False
        item = line[position]
        if item < 0:
            return self.stretches[~item].last - self.stretches[~item].first >= 3
        return self.form[item] in COMPLEMENTIZERS or self.form[item] == ":"

    def find_speaker(self, line: Line, cue: _Cue, earlier: list[_Cue]) -> None:
        reading, position = cue.reading, cue.position
        if reading.shape == "particle":
            start = position + 1
            while start < len(line) and line[start] >= 0 and self.form[line[start]] in reading.between:
                start += 1
            cue.who = self.subjects.after(line, start, proclitic="ل")
            return
        if reading.kind == "within":
            cue.who = self.subjects.after(line, position + 2)
            return
        if reading.kind == "relay":
            about = next((i for i in range(position + 1, min(position + 14, len(line))) if self.is_word(line, i, "عن")), None)
            cue.who = self.subjects.after(line, about + 1) if about else None
            return
        if reading.shape == "verb":
            if not reading.form.is_plural:
                cue.who = self.subjects.after(line, position + 1)
            if cue.who is None and cue.proclitic in ("", "ف"):
                cue.who = self.subjects.before(line, position)
        if cue.who is None:
            cue.who = next((other.who for other in reversed(earlier) if other.who and other.reading.shape != "particle"), None)
        if cue.who is None:
            cue.who = self.subjects.topic(line, position)
        if cue.who is None:
            cue.who = self.last.get(reading.form.gender) or self.latest
            cue.is_carried = cue.who is not None

    # Quotations

    def judge(self, line: Line, position: int, cues: list[_Cue]) -> None:
        stretch = self.stretches[~line[position]]
        words = [token for token in self.form[stretch.first : stretch.last + 1] if token[0].isalnum()]
        if len(words) < 2:
            return
        before = [cue for cue in cues if cue.position < position]
        has_colon = self.is_word(line, position - 1, ":")
        resumed = self.cue_after(line, position, cues)
        if not has_colon and self.is_name(line, position, stretch, words):
            return
        if resumed is not None and (not before or resumed.reading.shape == "particle" or len(words) >= 4):
            if len(words) >= 3:
                self.report(stretch, resumed, "direct" if resumed.reading.shape == "verb" else "partial")
            return
        cue = next((cue for cue in reversed(before) if cue.reading.shape != "particle"), None)
        if cue is None and before:
            cue = before[-1]
        if cue is None:
            particle = next((cue for cue in cues if cue.reading.shape == "particle"), None)
            if particle is not None and self.is_speech(stretch, 5):
                self.report(stretch, particle, "partial")
            elif has_colon and len(words) >= 3 and position <= 12:
                self.report_label(line, position, stretch)
            elif self.previous_line_quotes and position == 0 and len(words) >= 6:
                self.report_more(stretch)
            return
        gap = line[cue.position + 1 : position]
        opener = next((i for i, item in enumerate(gap) if item >= 0 and self.form[item] in COMPLEMENTIZERS), None)
        rest = [] if opener is None else gap[opener + 1 :]
        if cue.reading.shape == "particle":
            if self.is_speech(stretch, 4):
                self.report(stretch, cue, "partial")
            return
        if opener is None and cue.reading.kind != "stance" and (has_colon or len(gap) <= _LONGEST_CUE_GAP):
            if has_colon or self.is_speech(stretch, 4):
                self.report(stretch, cue, "direct")
            return
        if opener is not None and not rest and cue.reading.kind != "stance":
            if self.is_speech(stretch, 4):
                shifted = COMPLEMENTIZERS[self.form[gap[opener]]].value
                self.report(stretch, cue, "partial" if shifted else "direct")
            return
        if self.is_speech(stretch, 5):
            self.report(stretch, cue, "direct" if has_colon else "partial")

    def cue_after(self, line: Line, position: int, cues: list[_Cue]) -> _Cue | None:
        index = position + 1
        if index < len(line) and line[index] >= 0 and self.form[line[index]] in _COMMAS:
            index += 1
        while index < len(line) and line[index] >= 0 and self.form[line[index]] in _RESUMING:
            index += 1
        cue = next((cue for cue in cues if cue.position == index), None)
        if cue is None and self.is_word(line, index - 1, "ما") and index < len(line) and line[index] >= 0:
            cue = self.cue_with_object(line, index, cues)
        if cue is None or cue.proclitic or cue.reading.shape in ("participle", "noun"):
            return None
        return cue

    def cue_with_object(self, line: Line, position: int, cues: list[_Cue]) -> _Cue | None:
        """Return the cue of هذا ما أعلنه فلان."""
        surface = CUES.get(self.form[line[position]].removesuffix("ه"))
        if surface is None or surface.value.shape != "verb":
            return None
        cue = _Cue(position, line[position], surface.proclitic, surface.value)
        self.find_speaker(line, cue, [])
        return cue

    def is_name(self, line: Line, position: int, stretch: Quoted, words: list[str]) -> bool:
        """Whether the stretch is the name or title of something."""
        following = position + 1
        if following < len(line) and line[following] >= 0:
            if self.form[line[following]] in COMPLEMENTIZERS and len(words) <= 8:
                return True
        for index in range(position - 1, max(position - 4, -1), -1):
            item = line[index]
            if item < 0 or not self.form[item][0].isalnum() or item in self.subjects.mentions.inside:
                break
            if len(words) <= _NAMED_THINGS.get(_stem(self.form[item]), 0):
                return True
        mention = self.subjects.mentions.inside.get(stretch.first)
        return mention is not None and mention.last >= stretch.last - 1 and len(words) <= 5

    def is_speech(self, stretch: Quoted, enough: int) -> bool:
        """Whether so many words, or words of such a kind, are a claim rather than a name."""
        tokens = range(stretch.first, stretch.last + 1)
        forms = [self.form[token] for token in tokens if self.form[token][0].isalnum()]
        if any(word in _CLAUSE_WORDS or (word[0] in "وف" and word[1:] in _CLAUSE_WORDS) for word in forms):
            return True
        if any(word[0].isdigit() or word.isascii() for word in forms):
            return len(forms) >= 2 * enough
        if len(forms) >= enough:
            return True
        segments = self.document.tokens.segments
        return any(segments[token].rpartition("+")[2] in _TIES for token in tokens if "+" in segments[token])

    def report(self, stretch: Quoted, cue: _Cue, kind: Literal["direct", "partial"]) -> None:
        document, tokens = self.document, self.document.tokens
        start = document.normalized.raw_start(tokens.norm_start[cue.token] + len(cue.proclitic))
        end = tokens.end[cue.token]
        claim = Claim(start=start, end=end, text=document.raw[start:end])
        self.add(stretch, kind, cue.who, claim, pro_drop=cue.is_carried)

    def report_label(self, line: Line, position: int, stretch: Quoted) -> None:
        self.add(stretch, "direct", self.subjects.after(line[: position - 1], 0), None)

    def report_more(self, stretch: Quoted) -> None:
        self.add(stretch, "direct", self.latest, None, pro_drop=True)

    def add(
        self, stretch: Quoted, kind: Literal["direct", "partial"], who: Source | None, cue: Claim | None, *, pro_drop: bool = False
    ) -> None:
        start, end = self.document.token_span(stretch.first, stretch.last)
        speaker = Speaker(name=who.name, entity=who.entity, start=who.start, end=who.end) if who else None
        self.found.append(
            Quotation(
                start=start, end=end, text=self.document.raw[start:end], kind=kind, group=None, speaker=speaker, cue=cue, pro_drop=pro_drop
            )
        )

    def is_word(self, line: Line, position: int, word: str) -> bool:
        return 0 <= position < len(line) and line[position] >= 0 and self.form[line[position]] == word


def _stem(word: str) -> str:
    for prefix in ("وال", "بال", "لل", "ال"):
        if word.startswith(prefix):
            return word[len(prefix) :]
    return word[1:] if word[0] in "وبلف" and word not in _NAMED_THINGS else word
