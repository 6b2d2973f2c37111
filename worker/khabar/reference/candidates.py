"""Who may be meant at a cue: everybody in sight, with the ways in which each came into sight."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from khabar.entities.countries import country_of
from khabar.grammar.folding import fold
from khabar.grammar.speech.reporting import Reading
from khabar.lexicons import entries
from khabar.reference.mentions import Mention, Referent
from khabar.reference.nouns import Noun, cut, lemma, noun
from khabar.reference.subjects import Phrase, SubjectFinder
from khabar.text.document import Document

# How many who spoke before are remembered, and how many names before the cue are in sight.
_SPEAKERS: Final = 4
_NAMES_BEFORE: Final = 8
_NAMES_AFTER: Final = 3
_DESCRIBED: Final = 32
# So many people or bodies fit one title or class noun.
_FITTING: Final = 6
# Words from a document's noun to who issued it.
_ISSUER_REACH: Final = 5
_ECHOES: Final = frozenset(map(fold, entries("reference/echoes")))
_FILLERS: Final = frozenset(map(fold, (*entries("reference/fillers"), *entries("reference/quantifiers"), "من")))
_TIES: Final = frozenset(("عن", "من", "ل"))  # تقرير صادر عن المنظمة
_SUBJECTS: Final = frozenset(("A", "K"))  # whose verb stands right before
# Who only passes on or holds what a source says: حسب ذات المصدر is the one whose it was.
_SOURCES: Final = frozenset(("document", "anonymous"))


@dataclass(slots=True)
class Candidate:
    """Somebody who may be meant.

    Attributes:
        referent: None for nobody whom the article tells.
        roles: how it came into sight: A named after the cue, a described there, B and b before it, T topic of the line,
            S1, S2, ... spoke last, last but one; G spoke last with a verb of this gender; N, N2, o and n named near, before and
            after; h and j described near, before it; M fits the description; J whom its words name; C as B and b, behind أن; D
            whose document it is, Dn who is only named near it; E whom the last source named; K the person named behind a
            description that is broken off.
        phrase: where it was read, for a name or a new description.
    """

    referent: Referent | None
    roles: list[str] = field(default_factory=list)
    phrase: Phrase | None = None
    mention: Mention | None = None


class Description(NamedTuple):
    """What a phrase without a name says.

    Attributes:
        noun: of its head, None where that is no noun that speaks.
        words: lemmas of all its words but those that say the same (المذكور). is_echo: whether one says so.
        is_definite: article or pronoun at the head. countries: that its words name.
    """

    noun: Noun | None
    head: str
    words: frozenset[str]
    is_echo: bool
    is_definite: bool
    countries: frozenset[str]


@dataclass(slots=True)
class Case:
    """One cue with everything that the choice of its speaker depends on.

    Attributes:
        token, reading: of the cue. line: the sentence that it stands in.
        after, before: phrases around it; said: what the first of them says that only describes.
        opens: whether what is said is in sight. opening: the phrase behind the line's first word.
        described: phrases without a name before it in its line, the nearest first.
        word: the kind of word right before the cue: that (أن), who= or who! (الذي, of the verb's gender or not), had (قد), mark,
            start, link (بينما) or ""; with + where و is joined to the cue.
        behind: the kind of word right behind `after`: that, quoted, a mark, a preposition, end or "".
        gap: items of `after` before its name.
        is_past: كان opens the line.
        is_clause: whether `before` opens a clause of its own, behind أن: قال فلان إن فلانا أبلغه.
        apposed: the person named behind `after`, where that only describes: قال سفير هولندا في المجلس فلان.
        candidates: the last is nobody.
    """

    token: int
    line: int
    reading: Reading
    after: Phrase | None
    before: Phrase | None
    said: Description | None
    opens: bool = True
    opening: Phrase | None = None
    described: list[Phrase] = field(default_factory=list)
    word: str = ""
    behind: str = ""
    gap: int = 0
    is_past: bool = False
    is_clause: bool = False
    apposed: Mention | None = None
    candidates: list[Candidate] = field(default_factory=list)


class Memory:
    """Who was met so far in one document, and who spoke."""

    def __init__(self, document: Document, subjects: SubjectFinder) -> None:
        self._document = document
        self.subjects = subjects
        self.mentions = subjects.mentions
        self.speakers: list[Referent] = []  # the last first, each once
        self.by_gender: dict[str, Referent] = {}
        self.described: deque[Referent] = deque(maxlen=_DESCRIBED)  # who spoke and is never named
        self._issued = list(
            self._documents()
        )  # in text order: token, lemma of the document, who issued it, whether clearly
        self._read = 0
        self.issuers: dict[str, Referent] = {}  # of documents met so far, by their lemma
        self.doubtful: set[str] = set()  # documents whose issuer is only named near them
        self.source: Referent | None = None  # whom a particle or a document named last
        self.line_of_last = -9
        self._descriptions: dict[tuple[int, ...], Description] = {}  # each cue around asks
        self._firsts = [mention.first for mention in self.mentions.all]
        self._by_word: dict[str, list[Referent]] = {}
        for referent in self.mentions.referents.values():
            for word in referent.words:
                self._by_word.setdefault(word, []).append(referent)

    def remember(self, case: Case, chosen: Candidate) -> None:
        """Note who spoke."""
        who = chosen.referent
        if who is None:
            return
        if who.entity is None and not any(other is who for other in self.described):
            self.described.append(who)
        head = case.said.noun.kind if case.said and case.said.noun else ""
        if head == "document" and case.said and case.said.noun and who.kind != "document":
            self.note_issuer(case.said.noun.lemma, who)
        if case.reading.shape == "particle" or head in _SOURCES:
            self.source = who
        if _SUBJECTS.intersection(chosen.roles) and case.reading.shape == "verb" and not case.reading.form.is_plural:
            who.agree(case.reading.form.gender)
        if not case.opens:
            return
        self.speakers = [who, *(other for other in self.speakers if other is not who)][:_SPEAKERS]
        self.by_gender[case.reading.form.gender] = who
        who.spoken += 1
        self.line_of_last = case.line

    def look_at(self, token: int) -> None:
        """Take in the documents that are mentioned before a token."""
        while self._read < len(self._issued) and self._issued[self._read][0] < token + _ISSUER_REACH:
            _, document, issuer, is_clear = self._issued[self._read]
            self.note_issuer(document, issuer, is_clear=is_clear)
            self._read += 1

    def note_issuer(self, document: str, who: Referent, *, is_clear: bool = True) -> None:
        """Remember whose a document is, by its lemma."""
        self.issuers[document] = who
        (self.doubtful.discard if is_clear else self.doubtful.add)(document)

    def _documents(self) -> Iterator[tuple[int, str, Referent, bool]]:
        """Yield documents that are told of with their issuer: بيان للوزارة, تقرير صادر عن المنظمة."""
        segments, form = self._document.tokens.segments, self._document.tokens.form
        for mention in self.mentions.all:
            if mention.entity.type == "LOC":
                continue
            for token in range(mention.first - 1, max(-1, mention.first - 1 - _ISSUER_REACH), -1):
                if not form[token][0].isalnum():
                    break
                known = noun(segments[token])
                if known and known.kind == "document":
                    is_tied = mention.has_proclitic or form[mention.first - 1] in _TIES or token == mention.first - 1
                    yield mention.first, known.lemma, self.mentions.of(mention), is_tied
                    break
                if known:
                    break

    def describe(self, phrase: Phrase) -> Description:
        """Say what a phrase without a name says."""
        found = self._descriptions.get(phrase.items)
        if found is None:
            found = self._descriptions[phrase.items] = self._describe(phrase)
        return found

    def _describe(self, phrase: Phrase) -> Description:
        segments = self._document.tokens.segments
        cuts = [cut(segments[item]) for item in phrase.items if item >= 0]
        stems = [word.stem for word in cuts]
        echo = any(stem in _ECHOES for stem in stems)
        rest = [index for index, stem in enumerate(stems) if stem not in _ECHOES and stem not in _FILLERS]
        items = [item for item in phrase.items if item >= 0]
        head = rest[0] if rest else 0
        countries = frozenset(code for index in rest if (code := country_of(stems[index])))
        return Description(
            noun(segments[items[head]]) if items else None,
            lemma(stems[head]) if stems else "",
            frozenset(lemma(stems[index]) for index in rest),
            echo,
            bool(cuts) and (cuts[head].is_definite or (bool(rest) and rest[0] > 0)),
            countries,
        )

    def owners(self, phrase: Phrase | None) -> frozenset[str]:
        """Return the ids of entities of whom a description speaks, and who are somebody else than it: محامي فلان, رئيس الشركة."""
        if phrase is None or phrase.mention is not None:
            return frozenset()
        known = self.describe(phrase).noun
        if known is None or known.kind in ("document", "anonymous"):
            return frozenset()
        inside = (self.mentions.inside.get(item) for item in phrase.items)
        return frozenset(mention.entity.id for mention in inside if mention is not None)

    def referent(self, phrase: Phrase, said: Description) -> Referent:
        """Return a new description as a referent."""
        name, start, end = self.subjects.text(phrase)
        known = said.noun
        found = Referent(
            name, known.kind if known else "", None, start, end, [phrase.items[0]], set(said.words), said.head
        )
        found.countries = set(said.countries)
        if known is not None:
            found.gender, found.is_plural = known.gender, known.is_plural
        elif said.head.endswith("ه"):  # ة, folded
            found.gender = "f"
        return found

    def fitting(self, said: Description) -> list[Referent]:
        """Return who was or will be named with the head of a description, and who was described so."""
        found = self._by_word.get(said.head, [])[:_FITTING]
        return [*found, *(other for other in reversed(self.described) if said.head in other.words)]

    def headed(self, word: str) -> list[Referent]:
        """Return the bodies that are named with a noun as their head."""
        return [other for other in self._by_word.get(word, [])[:_FITTING] if other.kind == "ORG" and other.head == word]

    def near(self, token: int, limit: int) -> Iterator[tuple[Mention, bool]]:
        """Yield mentions around a token, those before it first, the nearest first; True for those behind it up to limit."""
        at = bisect_left(self._firsts, token)
        for index in range(at - 1, max(-1, at - 1 - _NAMES_BEFORE), -1):
            yield self.mentions.all[index], False
        for index in range(at, min(at + _NAMES_AFTER, len(self._firsts))):
            if self._firsts[index] > limit:
                return
            yield self.mentions.all[index], True


class Gatherer:
    """Collects the candidates of a case."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def gather(self, case: Case, topic: Mention | None, limit: int, relayed: Phrase | None) -> None:
        """Fill in the candidates of a case.

        Args:
            case: without candidates.
            topic: the first name of its line.
            limit: the last token that may name who speaks.
            relayed: the phrase after the link of a relay verb.
        """
        found: dict[int, Candidate] = {}
        memory = self._memory
        memory.look_at(case.token)
        owners = memory.owners(case.after) | memory.owners(case.before)

        def add(referent: Referent, role: str, phrase: Phrase | None = None, mention: Mention | None = None) -> None:
            candidate = found.get(id(referent))
            if candidate is None and role != "I" and referent.entity is not None and referent.entity.id in owners:
                return
            if candidate is None:
                candidate = found[id(referent)] = Candidate(referent, [], phrase, mention)
            if role not in candidate.roles:
                candidate.roles.append(role)

        for role, phrase in (("R", relayed), ("A", case.after), ("B", case.before)):
            if phrase is None:
                continue
            if phrase.mention is not None:
                add(who := memory.mentions.of(phrase.mention), role, phrase, phrase.mention)
            else:
                said = memory.describe(phrase)
                case.said = case.said or said
                add(who := memory.referent(phrase, said), role.lower(), phrase)
            if role == "B" and case.is_clause:
                add(who, "C")
            if phrase.mention is None:
                for other in memory.fitting(said):
                    add(other, "M" + role)
                if said.noun and said.noun.kind in ("document", "anonymous"):
                    for mention in (memory.mentions.at.get(item) for item in phrase.items):
                        if mention is not None:
                            add(memory.mentions.of(mention), "I", phrase, mention)
                            break
                    for word in sorted(said.words - {said.head}):
                        for other in memory.headed(word):
                            add(other, "J")  # بيان الوزارة: of the ministry that was named
                    issuer = memory.issuers.get(said.noun.lemma)
                    if issuer is not None:
                        add(issuer, "Dn" if said.noun.lemma in memory.doubtful else "D")
                    for issuer in memory.issuers.values():
                        add(issuer, "d")
                    if said.is_echo and memory.source is not None:
                        add(memory.source, "E")
        if case.apposed is not None:
            add(memory.mentions.of(case.apposed), "K", None, case.apposed)
        if topic is not None:
            add(memory.mentions.of(topic), "T", None, topic)
        if case.opening is not None:
            if case.opening.mention is not None:
                add(memory.mentions.of(case.opening.mention), "F", case.opening, case.opening.mention)
            elif (said := memory.describe(case.opening)).noun is not None:
                add(memory.referent(case.opening, said), "f", case.opening)
        for role, phrase in zip("hj", case.described, strict=False):
            said = memory.describe(phrase)
            add(memory.referent(phrase, said), role, phrase)
            if role == "h":
                for other in memory.fitting(said):
                    add(other, "Mh")
        for number, referent in enumerate(memory.speakers, 1):
            add(referent, f"S{number}")
        if (last := memory.by_gender.get(case.reading.form.gender)) is not None:
            add(last, "G")
        for number, (mention, is_behind) in enumerate(memory.near(case.token, limit)):
            role = "n" if is_behind else (("N", "N2")[number] if number < len(("N", "N2")) else "o")
            add(memory.mentions.of(mention), role, None, mention)
        case.candidates = [*found.values(), Candidate(None, ["0"])]
