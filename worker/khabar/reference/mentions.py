"""Named mentions of a document, by token, with the words that describe them: people's titles, organisations' class nouns."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from khabar.entities.countries import country_of
from khabar.grammar.folding import fold
from khabar.grammar.speech.reporting import COMPLEMENTIZERS, CUES
from khabar.lexicons import entries
from khabar.messages.record import Entity
from khabar.reference.nouns import Gender, Noun, cut, lemma, noun
from khabar.text.document import Document

_SETTINGS: Final = frozenset(entries("reporting/settings"))
_MALE: Final = frozenset(("عبد", "ابو"))  # عبد الحميد, أبو بكر
_FEMALE: Final = frozenset(map(fold, entries("reference/female_names")))
_COMMAS: Final = frozenset("،,-–")
_BEFORE_TITLES: Final = _COMMAS | {"("}
_LONGEST_TITLE: Final = 12
# Most words from an organisation's class noun to its name: شركة مكافحة الفيروسات الروسية فلان.
_LONGEST_CLASS: Final = 5
_GLYPHS: Final = frozenset("\"«“”'#")
_SINGLE: Final = frozenset(("person", "any"))
# Titles are read at the first few mentions of an entity only; this bounds the time for lists of a thousand names.
_MOST_TITLES: Final = 8


class Mention(NamedTuple):
    """A mention of an entity: its first and last token, and whether its first token has a proclitic."""

    first: int
    last: int
    entity: Entity
    has_proclitic: bool

    @property
    def is_person(self) -> bool:
        """Whether a person is named."""
        return self.entity.type == "PER"


@dataclass(slots=True)
class Referent:
    """Somebody or something that a phrase may mean: an entity, or a speaker who is described and never named.

    Attributes:
        name: an entity's canonical name, or the description as written, normalized.
        kind: PER, ORG or LOC for an entity; for a description the class of its head noun, "" if that is unknown.
        entity: None for a description.
        start, end: raw span where the name or description was read first.
        first: the first token of each mention known so far, ascending.
        words: lemmas of the words that describe it: a person's titles, the words of an organisation's name.
        head: lemma of its head noun; "" if it has none.
        gender: None if nothing shows it.
        is_plural: whether it is several people.
        countries: codes of the countries that its words name.
        spoken: how often it was chosen as a speaker so far.
        masculine: number of masculine verbs right before its name, minus the number of feminine ones.
    """

    name: str
    kind: str
    entity: Entity | None
    start: int
    end: int
    first: list[int] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    head: str = ""
    gender: Gender | None = None
    is_plural: bool = False
    countries: set[str] = field(default_factory=set)
    spoken: int = 0
    masculine: int = 0

    def agree(self, gender: Gender) -> None:
        """Count the gender of a verb right before the name. For a person, most verbs decide, not the words around the name."""
        if self.kind != "PER":
            self.gender = self.gender or gender
            return
        self.masculine += 1 if gender == "m" else -1
        if self.masculine:
            self.gender = "m" if self.masculine > 0 else "f"

    def last_before(self, token: int) -> int | None:
        """Return the first token of the last mention before `token`, None without one; O(log mentions)."""
        at = bisect_left(self.first, token)
        return self.first[at - 1] if at else None


class Mentions:
    """The mentions of a document.

    Attributes:
        at: first token -> mention.
        inside: any token of a mention -> mention.
        all: in text order.
        referents: id of an entity -> its referent.
    """

    def __init__(self, document: Document, entities: Sequence[Entity]) -> None:
        """Index the mentions."""
        self._document = document
        self.at: dict[int, Mention] = {}
        self.inside: dict[int, Mention] = {}
        tokens = document.tokens
        for entity in entities:
            for named in (mention for mention in entity.mentions if mention.kind == "name"):
                first, last = tokens.at(named.start), tokens.at(named.end - 1)
                found = Mention(first, last, entity, named.start > tokens.start[first])
                self.at[first] = found
                self.inside.update(dict.fromkeys(range(first, last + 1), found))
        self.all = sorted(self.at.values(), key=lambda mention: mention.first)
        self.referents: dict[str, Referent] = {}
        for mention in self.all:
            self._learn(mention)

    def of(self, mention: Mention) -> Referent:
        """Return the referent of a mention."""
        return self.referents[mention.entity.id]

    def _learn(self, mention: Mention) -> None:
        entity = mention.entity
        referent = self.referents.get(entity.id)
        if referent is None:
            start, end = self._document.token_span(mention.first, mention.last)
            referent = self.referents[entity.id] = Referent(entity.name, entity.type, entity, start, end)
        referent.first.append(mention.first)
        if len(referent.first) > _MOST_TITLES:
            return
        words = self._title(mention) if mention.is_person else self._name(mention)
        if entity.type == "ORG":
            self._class(referent, mention)
        for number, segments in enumerate(words):
            country, word, known = _told(segments)
            if country:
                referent.countries.add(country)
            referent.words.add(word)
            if known and (mention.is_person or number == 0):
                referent.head = referent.head or known.lemma
                if not mention.is_person or known.kind in _SINGLE:
                    referent.gender = referent.gender or known.gender
        if referent.gender is None:
            referent.gender = _gender(fold(entity.name))

    def _name(self, mention: Mention) -> Sequence[str]:
        """Return the segmentations of a name's words."""
        return self._document.tokens.segments[mention.first : mention.last + 1]

    def _class(self, referent: Referent, mention: Mention) -> None:
        """Remember an organisation's class noun, which comes before its name: صحيفة «...», شركة الأمن الروسية فلان."""
        form, segments = self._document.tokens.form, self._document.tokens.segments
        before = range(mention.first - 1, max(mention.first - 1 - _LONGEST_CLASS, -1), -1)
        words: list[str] = []
        for number, token in enumerate(before):
            if form[token] in _GLYPHS and number == 0:
                continue
            if not form[token][0].isalnum() or form[token] in CUES or token in self.inside:
                return
            word = cut(segments[token])
            words.append(lemma(word.stem))
            known = noun(segments[token])
            if known is not None:
                if known.kind == "body":
                    referent.words.update(words)
                    referent.head = referent.head or known.lemma
                    referent.gender = referent.gender or known.gender
                return

    def _title(self, mention: Mention) -> Iterator[str]:
        """Yield the segmented words of a person's title, before the name (the nearest first) and after it."""
        before = range(mention.first - 1, max(mention.first - _LONGEST_TITLE, -1), -1)
        behind = range(mention.last + 1, min(mention.last + _LONGEST_TITLE, len(self._document.tokens)))
        yield from self._words(before)
        tokens = list(behind)
        form = self._document.tokens.form
        opened = bool(tokens) and form[tokens[0]] in _COMMAS
        first = tokens[int(opened)] if len(tokens) > int(opened) else None
        if first is not None and (known := noun(self._document.tokens.segments[first])) and known.kind in _SINGLE:
            yield from self._words(tokens)

    def _words(self, tokens: Sequence[int]) -> Iterator[str]:
        """Yield segmented words until the phrase ends; one comma or bracket may come first."""
        form, segments = self._document.tokens.form, self._document.tokens.segments
        for number, token in enumerate(tokens):
            if form[token] in _BEFORE_TITLES and number == 0:
                continue
            if (
                not form[token][0].isalnum()
                or form[token] in CUES
                or form[token] in COMPLEMENTIZERS
                or form[token] in _SETTINGS
            ):
                return
            if (other := self.inside.get(token)) is not None and other.is_person:
                return
            yield segments[token]


@lru_cache(maxsize=16384)
def _told(segments: str) -> tuple[str | None, str, Noun | None]:
    """Return (country, lemma, noun) of a word in a name or title; country and noun are None if it is not one."""
    stem = cut(segments).stem
    return country_of(stem), lemma(stem), noun(segments)


def _gender(name: str) -> Gender | None:
    """Return the gender that a folded name shows; None if it shows none."""
    first = name.split(" ", 1)[0]
    if first in _FEMALE:
        return "f"
    return "m" if first in _MALE and " " in name else None
