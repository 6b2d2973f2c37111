"""Quotations: what stands between quotation glyphs and is somebody's words, with the cue and the speaker."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from contracts.record import Claim, Entity, Quotation, Speaker
from worker.extractors.base import Extractor
from worker.grammar.glyphs import Quoted, quoted
from worker.grammar.lines import Line, lines
from worker.grammar.reporting import COMPLEMENTIZERS, CUES, NAMED_THINGS, Reading
from worker.grammar.speakers import Source, SubjectFinder
from worker.lexicons import entries
from worker.pipeline.document import Document

# Words of clauses, which names and titles hardly ever hold.
_CLAUSE_WORDS: Final = frozenset(entries("reporting/clause_words")) | COMPLEMENTIZERS.keys()
# Suffixes that tie a word to the sentence around it: object and possessive pronouns, the accusative.
# A quotation this near to بحسب فلان is his.
_SHORT_GAP: Final = 6
_TIES: Final = frozenset({"ه", "ها", "هم", "هما", "هن", "نا", "ني", "ا"})
# From this length on, the name that follows a noun may hold clauses: titles of books, slogans.
_TITLE_WORDS: Final = 14
_LETTERS: Final = frozenset(entries("letter_names"))
# Words before a colon that opens a list, not speech.
_LISTING: Final = frozenset({"بينها", "منها", "بينهم", "منهم", "هي", "وهي", "مثل", "التالية", "الآتية", "حول", "بعنوان", "عنوان"})
_WITHIN: Final = ("في", "فيه", "فيها")
# Words between the beginning of a line and its verb.
_BEFORE_VERBS: Final = frozenset({"كما", "قد", "وقد", "فيما", "ثم", "وكان", "كان"})
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
        self.opened: _Cue | None = None  # the cue of a line that ended with a colon: its quotation begins the next

    def read(self) -> list[Quotation]:
        for line in lines(self.document, self.stretches):
            count = len(self.found)
            cues = self.cues(line)
            for position, item in enumerate(line):
                if item < 0:
                    self.judge(line, position, cues)
            self.previous_line_quotes = len(self.found) > count
            self.opened = cues[-1] if cues and self.is_word(line, len(line) - 1, ":") else None
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
                if cue.who is not None and cue.reading.kind != "stance" and (cue.who.entity or cue.reading.shape != "particle"):
                    self.last[cue.reading.form.gender] = self.latest = cue.who
        return found

    def is_cue(self, line: Line, cue: _Cue) -> bool:
        reading, position = cue.reading, cue.position
        if reading.shape == "particle":
            return not reading.is_homograph or (position > 0 and self.is_word(line, position - 1, "على"))
        if reading.kind == "within":
            return any(self.is_word(line, position + 1, word) for word in _WITHIN)
        if not reading.is_homograph:
            return True
        if self.opens_speech(line, position + 1):
            return True
        if reading.shape == "participle" or not self.begins_clause(line, position):
            return False
        return any(self.opens_speech(line, index) for index in range(position + 2, min(position + 20, len(line))))

    def begins_clause(self, line: Line, position: int) -> bool:
        if position == 0 or line[position - 1] < 0:
            return position == 0
        return self.form[line[position - 1]] in _BEFORE_VERBS or self.form[line[position - 1]] in _COMMAS

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
        if reading.kind == "within" and self.is_word(line, position + 1, "في"):
            cue.who = self.subjects.after(line, position + 2)
            return
        if reading.kind == "relay":
            link = "من" if reading.form.text.startswith("علم") else "عن"
            about = next((i for i in range(position + 1, min(position + 14, len(line))) if self.is_word(line, i, link)), None)
            cue.who = self.subjects.after(line, about + 1) if about else None
            return
        if reading.shape == "verb":
            cue.who = self.subject(line, cue)
        if cue.who is None:
            cue.who = next((other.who for other in reversed(earlier) if other.who and other.reading.shape != "particle"), None)
        if cue.who is None:
            cue.who = self.subjects.topic(line, position)
        if cue.who is None:
            cue.who = self.last.get(reading.form.gender) or self.latest
            cue.is_carried = cue.who is not None

    def subject(self, line: Line, cue: _Cue) -> Source | None:
        """Return the subject that a verb has beside it: after it as a rule, before it in أما فلان فقال and إن فلانا قال."""
        position = cue.position
        after = None if cue.reading.form.is_plural else self.subjects.after(line, position + 1)
        if after is not None and after.entity is not None:
            return after
        before = None
        if cue.proclitic == "ف" and line[0] >= 0 and self.form[line[0]] in ("أما", "وأما", "اما", "واما"):
            before = self.subjects.after(line, 1)
        elif not cue.proclitic and position:
            before = self.subjects.before(line, position)
        return before or after

    # Quotations

    def judge(self, line: Line, position: int, cues: list[_Cue]) -> None:
        stretch = self.stretches[~line[position]]
        words = [token for token in self.form[stretch.first : stretch.last + 1] if token[0].isalnum()]
        if len(words) < 2:
            return
        before = [cue for cue in cues if cue.position < position]
        has_colon = self.is_word(line, position - 1, ":") and not self.is_listing(line, position - 2)
        resumed = self.cue_after(line, position, cues)
        if not has_colon and self.is_name(line, position, stretch, words):
            return
        if resumed is not None and (not before or resumed.reading.shape == "particle" or len(words) >= 4):
            if len(words) >= 3:
                self.report(stretch, resumed, "direct" if resumed.reading.shape == "verb" else "partial")
            return
        cue = self.governor(line, before)
        if cue is None and before:
            cue = before[-1]
        if cue is None:
            self.judge_without_cue(line, position, cues, stretch, words)
            return
        gap = line[cue.position + 1 : position]
        opener = next((i for i, item in enumerate(gap) if item >= 0 and self.form[item] in COMPLEMENTIZERS), None)
        rest = [] if opener is None else gap[opener + 1 :]
        if cue.reading.shape == "particle":
            if self.is_speech(stretch, 4 if len(gap) <= _SHORT_GAP else 6):
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

    def judge_without_cue(self, line: Line, position: int, cues: list[_Cue], stretch: Quoted, words: list[str]) -> None:
        """Decide on a stretch with no cue before it in its line."""
        if position == 0 and self.opened is not None:
            self.report(stretch, self.opened, "direct")
            return
        particle = next((cue for cue in cues if cue.reading.shape == "particle"), None)
        if particle is not None:
            if self.is_speech(stretch, 6):
                self.report(stretch, particle, "partial")
        elif self.is_word(line, position - 1, ":") and position <= 8:
            who = self.subjects.after(line[: position - 1], 0)
            if who is not None and self.is_speech(stretch, 4 if who.entity else 6):
                self.add(stretch, "direct", who, None)
        elif position == 0 and self.latest is not None and len(words) >= 6 and (self.previous_line_quotes or self.has_clause(words)):
            self.add(stretch, "direct", self.latest, None, pro_drop=True)

    def governor(self, line: Line, before: list[_Cue]) -> _Cue | None:
        """Return the cue that a quotation after these belongs to: the nearest, particles aside.

        A judgement that is itself reported is the reporter's words: in أضاف أن القاعة حثت «...» it is the first who speaks.
        """
        spoken = [cue for cue in before if cue.reading.shape != "particle"]
        if not spoken:
            return None
        nearest = spoken[-1]
        if nearest.reading.kind == "stance" and nearest.reading.shape == "verb":
            for cue in reversed(spoken[:-1]):
                between = line[cue.position + 1 : nearest.position]
                if cue.reading.kind == "speech" and any(item >= 0 and self.form[item] in COMPLEMENTIZERS for item in between):
                    return cue
        return nearest

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

    def is_listing(self, line: Line, position: int) -> bool:
        return position >= 0 and line[position] >= 0 and self.form[line[position]] in _LISTING

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
        if all(word in _LETTERS for word in words):
            return True  # بي كي كي
        if len(words) <= 5 and self.is_word(line, position - 1, "ل"):
            return True  # قالت لـ«الشرق الأوسط»
        if self.is_subject(line, position) and len(words) <= 8:
            return True
        has_clause = self.has_clause(words)
        for index in range(position - 1, max(position - 4, -1), -1):
            item = line[index]
            if item < 0 or not self.form[item][0].isalnum() or item in self.subjects.mentions.inside:
                break
            longest = NAMED_THINGS.get(_stem(self.form[item]), 0)
            if longest and index < position - 1:
                longest = min(longest, 6)  # an adjective stands between, or it is another noun
            if len(words) <= longest and (not has_clause or longest >= _TITLE_WORDS):
                return True
        mention = self.subjects.mentions.inside.get(stretch.first)
        return mention is not None and mention.last >= stretch.last - 1 and len(words) <= 5

    def is_subject(self, line: Line, position: int) -> bool:
        """Whether what is said follows the stretch, which then is part of who says it: أشارت «فلانة» إلى أنها."""
        following = [self.form[item] for item in line[position + 1 : position + 3] if item >= 0]
        if following and following[0] in ("إلى", "الى", "على"):
            following = following[1:]
        surface = COMPLEMENTIZERS.get(following[0]) if following else None
        return surface is not None and not surface.proclitic

    def has_clause(self, words: Sequence[str]) -> bool:
        return any(word in _CLAUSE_WORDS or (word[0] in "وف" and word[1:] in _CLAUSE_WORDS) for word in words)

    def is_speech(self, stretch: Quoted, enough: int) -> bool:
        """Whether the words are a claim rather than a name: clause words, ties to the sentence around, or sheer length."""
        tokens = [token for token in range(stretch.first, stretch.last + 1) if self.form[token][0].isalnum()]
        forms = [self.form[token] for token in tokens]
        if self.has_clause(forms):
            return True
        if any(word[0].isdigit() or word.isascii() for word in forms):
            return len(forms) >= 2 * enough
        if len(forms) >= (enough + 3 if forms[0].startswith("ال") else enough):
            return True
        segments = self.document.tokens.segments
        return any(segments[token].rpartition("+")[2] in _TIES for token in tokens if "+" in segments[token])

    def report(self, stretch: Quoted, cue: _Cue, kind: Literal["direct", "partial"]) -> None:
        document, tokens = self.document, self.document.tokens
        start = document.normalized.raw_start(tokens.norm_start[cue.token] + len(cue.proclitic))
        end = tokens.end[cue.token]
        claim = Claim(start=start, end=end, text=document.raw[start:end])
        self.add(stretch, kind, cue.who, claim, pro_drop=cue.is_carried)

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
    return word[1:] if word[0] in "وبلف" and word not in NAMED_THINGS else word
