"""The candidates for the speaker at a cue: everybody named or described near it, each with the ways in which it was found."""

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

# Number of earlier speakers to remember, of names to consider before and after the cue, and of described speakers to remember.
_SPEAKERS: Final = 4
_NAMES_BEFORE: Final = 8
_NAMES_AFTER: Final = 3
_DESCRIBED: Final = 32
# Most people or organisations to consider for one title or class noun.
_FITTING: Final = 6
# Most words between a noun for a document and the name of its issuer.
_ISSUER_REACH: Final = 5
_ECHOES: Final = frozenset(map(fold, entries("reference/echoes")))
_FILLERS: Final = frozenset(map(fold, (*entries("reference/fillers"), *entries("reference/quantifiers"), "من")))
_TIES: Final = frozenset(("عن", "من", "ل"))  # تقرير صادر عن المنظمة
_SUBJECTS: Final = frozenset(("A", "K"))  # roles of a candidate right after its verb
# Kinds of sources that later phrases such as حسب ذات المصدر refer to.
_SOURCES: Final = frozenset(("document", "anonymous"))


@dataclass(slots=True)
class Candidate:
    """Somebody who may be the speaker.

    Attributes:
        referent: None stands for 'the article does not say who'.
        roles: how it was found, one or more of these. Lower-case letters mostly stand for descriptions instead of names.

            - A, a: named or described after the cue. B, b: before it. C: before it, right after أن.
            - R, r: named or described after the link of a relay verb.
            - T: topic of the line. F, f: named or described after the line's first word.
            - S1, S2, ...: spoke last, last but one, and so on. G: spoke last with a verb of this gender.
            - N, N2, o: named before the cue, from near to far. n: named after it.
            - h, j: described near the cue, before it.
            - MA, MB, MR, Mh: fits the description of that role.
            - I: named inside the description of a document or a source. J: its noun is one of the words there.
            - D: issuer of that document. Dn: only named near the document. d: issuer of any document.
            - E: the last source, to which the description points back.
            - K: the person named after a description that breaks off.
            - 0: the role of the candidate without referent.
        phrase: the phrase where it was read, for a name or a new description.
        mention: the mention where it was read, if it was named.
    """

    referent: Referent | None
    roles: list[str] = field(default_factory=list)
    phrase: Phrase | None = None
    mention: Mention | None = None


class Description(NamedTuple):
    """The properties of a phrase without a name.

    Attributes:
        noun: the noun at its head; None if that is not a noun for speakers.
        head: lemma of the head.
        words: lemmas of all its words, except words that point back (المذكور).
        is_echo: whether it has such a word.
        is_definite: whether the head has an article or a pronoun.
        countries: codes of the countries that its words name.
    """

    noun: Noun | None
    head: str
    words: frozenset[str]
    is_echo: bool
    is_definite: bool
    countries: frozenset[str]


@dataclass(slots=True)
class Case:
    """A cue, and everything that the choice of its speaker depends on.

    Attributes:
        token, reading: the cue's token and its entry in the lexicon.
        line: index of the cue's sentence.
        after, before: noun phrases after and before the cue.
        said: properties of the first of these phrases without a name.
        opens: whether the reported words are near the cue.
        opening: the phrase after the line's first word.
        described: phrases without a name before the cue in its line, the nearest first.
        word: kind of the word right before the cue: that (أن), who= or who! (الذي, with the verb's gender or another), had (قد),
            mark, start, link (بينما) or ""; with + if و is joined to the cue.
        behind: kind of the word right after `after`: that, cue, quoted, end, a mark, a preposition, a proclitic with +, or "".
        gap: number of items of `after` before its name.
        is_past: whether the line begins with كان.
        is_clause: whether `before` begins a clause of its own, after أن: قال فلان إن فلانا أبلغه.
        apposed: the person named after `after`, if that has no name: قال سفير هولندا في المجلس فلان.
        candidates: the last one stands for nobody.
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
    """The people, organisations and documents met so far in one document, and who spoke."""

    def __init__(self, document: Document, subjects: SubjectFinder) -> None:
        self._document = document
        self.subjects = subjects
        self.mentions = subjects.mentions
        self.speakers: list[Referent] = []  # the last first, each once
        self.by_gender: dict[str, Referent] = {}
        self.described: deque[Referent] = deque(maxlen=_DESCRIBED)  # speakers that are never named
        self._issued = list(
            self._documents()
        )  # in text order: token, lemma of the document, who issued it, whether clearly
        self._read = 0
        self.issuers: dict[str, Referent] = {}  # lemma of a document met so far -> its issuer
        self.doubtful: set[str] = set()  # documents whose issuer is only named near them
        self.source: Referent | None = None  # the last source, after a particle or as the issuer of a document
        self.line_of_last = -9
        self._descriptions: dict[
            tuple[int, ...], Description
        ] = {}  # kept, because several cues ask for the same phrase
        self._firsts = [mention.first for mention in self.mentions.all]
        self._by_word: dict[str, list[Referent]] = {}
        for referent in self.mentions.referents.values():
            for word in referent.words:
                self._by_word.setdefault(word, []).append(referent)

    def remember(self, case: Case, chosen: Candidate) -> None:
        """Remember the speaker of a case."""
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
        """Learn the issuers of documents that are mentioned up to a few words after a token."""
        while self._read < len(self._issued) and self._issued[self._read][0] < token + _ISSUER_REACH:
            _, document, issuer, is_clear = self._issued[self._read]
            self.note_issuer(document, issuer, is_clear=is_clear)
            self._read += 1

    def note_issuer(self, document: str, who: Referent, *, is_clear: bool = True) -> None:
        """Remember the issuer of a document, by the document's lemma."""
        self.issuers[document] = who
        (self.doubtful.discard if is_clear else self.doubtful.add)(document)

    def _documents(self) -> Iterator[tuple[int, str, Referent, bool]]:
        """Yield (token, document's lemma, issuer, is clear) for documents named with their issuer: تقرير صادر عن المنظمة."""
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
        """Return the head, the words and the countries of a phrase without a name."""
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
        """Return the ids of entities that a description contains but does not mean: فلان in محامي فلان, the lawyer of X."""
        if phrase is None or phrase.mention is not None:
            return frozenset()
        known = self.describe(phrase).noun
        if known is None or known.kind in ("document", "anonymous"):
            return frozenset()
        inside = (self.mentions.inside.get(item) for item in phrase.items)
        return frozenset(mention.entity.id for mention in inside if mention is not None)

    def referent(self, phrase: Phrase, said: Description) -> Referent:
        """Return a new referent for a description."""
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
        """Return the referents whose words include the head of a description, named anywhere or described before."""
        found = self._by_word.get(said.head, [])[:_FITTING]
        return [*found, *(other for other in reversed(self.described) if said.head in other.words)]

    def headed(self, word: str) -> list[Referent]:
        """Return the organisations whose names have this noun as their head."""
        return [other for other in self._by_word.get(word, [])[:_FITTING] if other.kind == "ORG" and other.head == word]

    def near(self, token: int, limit: int) -> Iterator[tuple[Mention, bool]]:
        """Yield (mention, is after) around a token: the nearest before it first, then those after it up to `limit`."""
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
            limit: the last token at which the speaker may be named.
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
                            add(other, "J")  # بيان الوزارة is of the ministry that was named before
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
