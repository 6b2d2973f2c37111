"""The surroundings of a cue in its line: where its subject begins, its source, and who is described near it."""

from collections.abc import Iterator
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.speech.narration import Line, word_at
from khabar.grammar.speech.reporting import COMPLEMENTIZERS, CUES, Reading
from khabar.lexicons import entries
from khabar.reference.candidates import Memory
from khabar.reference.mentions import Mention
from khabar.reference.nouns import cut, noun
from khabar.reference.subjects import Phrase
from khabar.text.document import Document

# Items after a cue in which its subject and its speech are looked for.
SIGHT: Final = 20
_LONGEST_RELAY: Final = 14
# Items before a cue in which described speakers are looked for, and the most of them to find.
_DESCRIBED_BEFORE: Final = 16
_MOST_DESCRIBED: Final = 2
_QUANTIFIERS: Final = frozenset(map(fold, entries("reference/quantifiers")))
_MOST_QUANTIFIERS: Final = 2
_BEFORE_SUBJECTS: Final = frozenset(entries("reporting/before_subjects"))
_MOST_BETWEEN: Final = 2
_SINGULAR: Final = frozenset(("person", "any"))
_STOPS: Final = frozenset(".؟!:؛")
_IN: Final = frozenset(("في", "وفي", "خلال", "عبر"))
_WHO: Final = {"الذي": "m", "التي": "f", "الذين": "m", "والذي": "m", "والتي": "f", "والذين": "m"}
_LINKS: Final = frozenset(("بينما", "فيما", "كما", "لكن", "ولكن", "حيث", "وفيما", "وبينما"))
_PREPOSITIONS: Final = frozenset(("إلى", "الى", "على", "عن", "من", "في", "ب", "ل", "خلال", "بعد", "قبل"))
_HAD: Final = frozenset(("قد", "وقد"))


class Surroundings:
    """Looks around the cues of one document."""

    def __init__(self, document: Document, memory: Memory) -> None:
        """Take the document, and the memory of those named and described in it."""
        self._document = document
        self._form = document.tokens.form
        self._memory = memory
        self._subjects = memory.subjects
        self._opened_line: Line | None = None
        self._opened: Phrase | None = None

    def described(self, line: Line, position: int) -> Iterator[Phrase]:
        """Yield descriptions of somebody before a cue in its line, the nearest first: تناقل ناشطون صورا يدعون أنها ..."""
        found = 0
        for index in range(position - 1, max(-1, position - _DESCRIBED_BEFORE), -1):
            item = line[index]
            if item < 0 or item in self._subjects.mentions.inside:
                continue
            segments = self._document.tokens.segments[item]
            known = noun(segments)
            if known is None or cut(segments).proclitic.strip("و"):
                continue
            if known.kind == "document" and word_at(self._form, line, index - 1) in _IN:
                continue  # وفي بيان له وصف الهجوم
            phrase = self._subjects.after(line, self._with_quantifier(line, index))
            if phrase is not None and phrase.mention is None:
                yield phrase
                found += 1
                if found == _MOST_DESCRIBED:
                    return

    def _with_quantifier(self, line: Line, index: int) -> int:
        """Return the position where the description of this noun begins: آلاف المتظاهرين, الكثير من المتابعين."""
        segments = self._document.tokens.segments
        for _ in range(_MOST_QUANTIFIERS):  # نصف عدد المشاركين
            before = index - 1 - (word_at(self._form, line, index - 1) == "من")
            if before < 0 or line[before] < 0 or cut(segments[line[before]]).stem not in _QUANTIFIERS:
                break
            index = before
        return index

    def apposed(self, line: Line, position: int, phrase: Phrase) -> Mention | None:
        """Return the person named after a description: قال سفير هولندا في المجلس فلان, قال الباحث، بقسم الفلك، فلان."""
        known = self._memory.describe(phrase).noun
        if known is None or known.kind not in _SINGULAR:
            return None
        mentions = self._subjects.mentions
        for item in line[position + 1 : position + SIGHT]:
            if item < 0 or self._form[item] in COMPLEMENTIZERS or self._form[item] in _STOPS:
                return None
            mention = mentions.at.get(item)
            if item > phrase.items[-1] and mention is not None and mention.is_person:
                return None if self._subjects.is_owner(mention) else mention
        return None

    def word_before(self, line: Line, position: int, gender: str) -> str:
        """Return the kind of the word right before a cue, as `Case.word` lists them."""
        if not position:
            return "start"
        word = word_at(self._form, line, position - 1)
        if word in COMPLEMENTIZERS:
            return "that"
        if word in _WHO:
            return "who=" if _WHO[word] == gender else "who!"
        if word in _HAD:
            return "had"
        if word in _LINKS:
            return "link"
        return "mark" if word and not word[0].isalnum() else ""

    def behind(self, line: Line, position: int, phrase: Phrase) -> str:
        """Return the kind of the word after a phrase that follows a cue: أن right after it shows that it is the whole subject."""
        last = phrase.mention.last if phrase.mention is not None else phrase.items[-1]
        stretch = last < 0
        for index in range(position + 1, min(position + SIGHT + 1, len(line))):
            item = line[index]
            if item == last if stretch else item > last:
                return self._class(line, index + stretch)
        return "end"

    def _class(self, line: Line, index: int) -> str:
        if index >= len(line):
            return "end"
        if line[index] < 0:
            return "quoted"
        word = self._form[line[index]]
        if word in COMPLEMENTIZERS:
            return "that"
        if word in CUES:
            return "cue"
        if word in _PREPOSITIONS or not word[0].isalnum():
            return word
        proclitic = cut(self._document.tokens.segments[line[index]]).proclitic
        return proclitic[-1:] + "+" if proclitic else ""

    def is_clause(self, line: Line, position: int, phrase: Phrase) -> bool:
        """Whether a phrase before a verb directly follows أن."""
        first = phrase.items[0] if phrase.items else phrase.mention.first if phrase.mention else -1
        for index in range(position - 1, max(0, position - SIGHT), -1):
            if line[index] == first:
                return word_at(self._form, line, index - 1) in COMPLEMENTIZERS
        return False

    def is_owned(self, token: int) -> bool:
        """Whether a noun of saying has a pronoun, which stands for the speaker: مطالبته."""
        return bool(cut(self._document.tokens.segments[token]).ending)

    def source_before(self, line: Line, position: int) -> Phrase | None:
        """Return the source before a noun of saying: فلان in نقلت الصحيفة عن فلان قوله."""
        for index in range(position - 1, max(0, position - _LONGEST_RELAY), -1):
            if word_at(self._form, line, index) == "عن":
                return self._subjects.after(line, index + 1)
        return None

    def source(self, line: Line, position: int, reading: Reading) -> int:
        """Return the position where the source of a particle begins, after words that may come between, and after a verb."""
        start = position + 1
        while word_at(self._form, line, start) in reading.between or word_at(self._form, line, start) == "لما":
            start += 1
        if (verb := CUES.get(word_at(self._form, line, start))) is not None and verb.value.shape == "verb":
            start += 1  # وفق ما ذكرت الصحيفة, حسبما ذكرت
        return self.subject(line, start)

    def subject(self, line: Line, start: int) -> int:
        """Return the position where a subject begins, after words that may follow its verb: به in حسبما أفاد به بيان."""
        end = start + _MOST_BETWEEN
        while start < end and word_at(self._form, line, start) in _BEFORE_SUBJECTS:
            start += 1
        return start

    def opening(self, line: Line, position: int) -> Phrase | None:
        """Return the phrase after the first word of a line, which usually is a verb."""
        if self._opened_line is not line:
            is_governed = word_at(self._form, line, 0) in _IN
            self._opened_line, self._opened = line, None if is_governed else self._subjects.after(line, 1)
        return self._opened if position > 1 else None

    def limit(self, line: Line, position: int) -> int:
        """Return the last token at which a subject of the cue may be named."""
        last = line[position]
        for item in line[position + 1 : position + SIGHT]:
            if item < 0 or self._form[item] in COMPLEMENTIZERS:
                break
            last = item
        return last

    def relayed(self, line: Line, position: int, reading: Reading) -> Phrase | None:
        """Return the source after a relay verb: فلان in نقلت الصحيفة عن فلان and in علمت الصحيفة من فلان."""
        link = reading.link
        for index in range(position + 1, min(position + _LONGEST_RELAY, len(line))):
            if word_at(self._form, line, index) == link:
                return self._subjects.after(line, index + 1)
        return None
