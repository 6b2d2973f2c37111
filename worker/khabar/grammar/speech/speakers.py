"""Who speaks: the subject of a reporting verb, by name where the article names it, else as it is described."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.narration import Line
from khabar.grammar.speech.reporting import COMPLEMENTIZERS, CUES, NAMED_THINGS
from khabar.lexicons import entries
from khabar.messages.record import Entity
from khabar.text.document import Document

_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_SETTINGS: Final = frozenset(entries("reporting/settings"))
_ROLES: Final = frozenset(entries("reporting/roles"))
_RELATIONS: Final = frozenset(entries("reporting/relations"))
_OCCASIONS: Final = frozenset(entries("reporting/occasions"))
_ADDRESSEES: Final = frozenset(entries("reporting/addressees"))
# Words after which a clause begins with its subject.
_LINKS: Final = frozenset(entries("reporting/links"))
_COMMAS: Final = frozenset("،,-–")
# A subject of more items is a sentence that was not understood.
_LONGEST: Final = 18
_LONGEST_DESCRIPTION: Final = 9
_LONGEST_TITLE: Final = 12
# Where an organisation is still the subject of the line's first verb.
_FIRST_ITEMS: Final = 2


class Mention(NamedTuple):
    """A mention of an entity: its first and last token, and whether a proclitic is joined to the first."""

    first: int
    last: int
    entity: Entity
    has_proclitic: bool

    @property
    def is_person(self) -> bool:
        """Whether a person is named."""
        return self.entity.type == "PER"


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody who speaks.

    Attributes:
        name: canonical name, or the description as written, normalized.
        entity: its id where the record has it as an entity.
        start, end: raw span of the name or description that was read.
    """

    name: str
    entity: str | None
    start: int
    end: int


class Mentions:
    """The mentions of a document.

    Attributes:
        at: by their first token. inside: by each of their tokens. people: the persons among them, in text order.
    """

    def __init__(self, document: Document, entities: Sequence[Entity]) -> None:
        """Index the mentions."""
        self.at: dict[int, Mention] = {}
        self.inside: dict[int, Mention] = {}
        tokens = document.tokens
        for entity in entities:
            for mention in entity.mentions:
                first, last = tokens.at(mention.start), tokens.at(mention.end - 1)
                found = Mention(first, last, entity, mention.start > tokens.start[first])
                self.at[first] = found
                self.inside.update(dict.fromkeys(range(first, last + 1), found))
        self.people = sorted((m for m in self.at.values() if m.is_person), key=lambda mention: mention.first)


class SubjectFinder:
    """Reads the noun phrase that says who speaks."""

    def __init__(self, document: Document, stretches: Sequence[Quoted], entities: Sequence[Entity]) -> None:
        """Take what was found so far in the document."""
        self._document = document
        self._segments = document.tokens.segments
        self._stretches = stretches
        self.mentions = Mentions(document, entities)
        self._topic_of: Line | None = None
        self._topic: tuple[int, Mention | None] = 0, None
        self._titles = {mention.first: frozenset(map(_bare, self._title(mention))) for mention in self.mentions.people}
        self._titled: dict[str, list[Mention]] = {}  # by each word of the title
        for mention in self.mentions.people:
            for word in self._titles[mention.first]:
                self._titled.setdefault(word, []).append(mention)
        self._looked_at: dict[frozenset[str], tuple[int, Mention | None]] = {}

    def after(self, line: Line, position: int, *, proclitic: str = "") -> Source | None:
        """Return whom the noun phrase at `line[position:]` names or describes; None where there is no noun phrase.

        Subjects follow their verb: قال مدير المرصد, رامي عبد الرحمن, لوكالة... is read up to the person's name, or, without
        one, up to what says where, when and to whom.

        Args:
            line: a line. position: of the phrase's first item.
            proclitic: what may be joined to its first word: وفقا لوزارة.
        """
        end = min(position + _LONGEST, len(line))
        if proclitic and position < end and self._form(line[position]) == proclitic:
            position += 1
        words: list[int] = []
        for index in range(position, end):
            item = line[index]
            named = self._named(item, words, proclitic)
            if named is not None:
                return self._source(named)
            is_joined = bool(proclitic) and not words and self._segment(item).startswith(proclitic + "+")
            if not is_joined and self._ends_subject(line, index, words):
                break
            words.append(item)
        return self._described(words, proclitic) if words else self._behind_setting(line[position:end])

    def before(self, line: Line, position: int) -> Source | None:
        """Return whom the noun phrase that ends at `line[position - 1]` names or describes: إن الوزارة أفادت.

        None where there is none, or where a preposition governs it.
        """
        words: list[int] = []
        for item in self._backwards(line, position):
            form, mention = self._form(item), self.mentions.inside.get(item)
            if form == "من" or form in _SETTINGS:
                return None
            if form in _COMMAS and not words:
                continue
            if not form[:1].isalnum() or form in COMPLEMENTIZERS or form in CUES or form in _LINKS:
                break
            words.append(item)
            if mention is None and self._segment(item).startswith(("ب+", "ل+", "و+")):
                return None
            if mention is not None and mention.first == item and self._is_owner(mention):
                return None
            if mention is not None and mention.first == item and mention.is_person:
                return self._source(mention)
        words.reverse()
        mention = self.mentions.at.get(words[0]) if words else None
        if mention is not None and mention.entity.type != "LOC":
            return self._source(mention)
        return self._described(words)

    def topic(self, line: Line, position: int) -> Source | None:
        """Return the first person named in the line before `position`, or the organisation that its first words name."""
        if self._topic_of is not line:  # a line may have thousands of verbs, and each asks
            self._topic_of, self._topic = line, self._find_topic(line)
        index, mention = self._topic
        return self._source(mention) if mention is not None and index < position else None

    def _find_topic(self, line: Line) -> tuple[int, Mention | None]:
        for index, item in enumerate(line):
            mention = self.mentions.at.get(item)
            if mention is None or mention.entity.type == "LOC" or self._is_owner(mention):
                continue
            if mention.is_person or index <= _FIRST_ITEMS:
                return index, mention
        return len(line), None

    def called(self, token: int, name: str) -> Source:
        """Return the speaker who is meant by custom where an epithet stands at `token`."""
        start, end = self._document.token_span(token, token)
        return Source(name, None, start, end)

    def _backwards(self, line: Line, position: int) -> Iterator[int]:
        return (line[index] for index in range(position - 1, max(position - _LONGEST, -1), -1))

    def _named(self, item: int, words: Sequence[int], proclitic: str) -> Mention | None:
        """Return the mention at `item`, met after these words of a subject, if it is who speaks."""
        if item < 0:
            stretch = self._stretches[~item]
            mention = self.mentions.inside.get(stretch.first)
            is_whole = mention is not None and mention.last >= stretch.last - 1
            waits = not words or _bare(self._form(words[0])) in NAMED_THINGS  # الصحيفة الأميركية «...»
            return mention if mention is not None and is_whole and (mention.is_person or waits) else None
        mention = self.mentions.at.get(item)
        if mention is None:
            return None
        if mention.has_proclitic:
            return mention if proclitic and not words else None
        if mention.is_person:
            return None if self._is_owner(mention) else mention
        return None if words else mention  # وقالت الوزارة; but رئيس الوزارة goes on

    def _is_owner(self, mention: Mention) -> bool:
        """Whether the word before says that something or somebody of this mention's speaks: محامي فلان."""
        word = self._form(mention.first - 1)
        return mention.has_proclitic or word in _RELATIONS or word in _SETTINGS or word[1:] in _RELATIONS

    def _ends_subject(self, line: Line, index: int, words: Sequence[int]) -> bool:
        """Whether `line[index]` is no part of the subject that these words begin."""
        item = line[index]
        form = self._form(item)
        mention = self.mentions.inside.get(item)
        if item < 0:
            return not words or (mention is None and self._stretches[~item].first not in self.mentions.inside)
        if not form[0].isalnum():
            return form not in _COMMAS or not self._is_person(line, index + 1)
        if mention is not None and not (mention.first == item and mention.has_proclitic):
            return False
        if form in COMPLEMENTIZERS or (form in CUES and not CUES[form].value.is_homograph):
            return True
        if form in ("في", "من"):
            head = self._form(words[0]) if words else ""
            has_place = head in _ROLES or head.removeprefix("ال") in _ROLES
            return not has_place or self._form(line[index + 1] if index + 1 < len(line) else -1) in _OCCASIONS
        if form in _SETTINGS or form in ("ل", "ب"):
            return True
        if form.startswith("ل") and (mention is not None or self._segment(item).startswith("ل+")):
            return not words or self._is_addressee(form, mention)
        return self._segment(item).startswith(("و+", "ف+") if words else ("و+", "ف+", "ب+"))

    def _is_addressee(self, form: str, mention: Mention | None) -> bool:
        """Whether the noun with ل says to whom it was said (لوكالة), not whose director speaks (مدير لشركة)."""
        noun = form[2:] if form.startswith("لل") else form[1:]
        is_one_word = mention is not None and mention.first == mention.last and mention.entity.type == "ORG"
        return is_one_word or noun in _ADDRESSEES or "ال" + noun in _ADDRESSEES

    def _is_person(self, line: Line, index: int) -> bool:
        mention = self.mentions.at.get(line[index]) if index < len(line) else None
        return mention is not None and mention.is_person and not mention.has_proclitic

    def _behind_setting(self, phrase: Line) -> Source | None:
        """Return the person named behind an adverb that stands before the subject: يقول في البداية كبير المشجعين فلان."""
        if not phrase or self._form(phrase[0]) not in _SETTINGS:
            return None
        for item in phrase[1:]:
            if item < 0 or not self._form(item)[0].isalnum() or self._form(item) in COMPLEMENTIZERS:
                return None
            mention = self.mentions.at.get(item)
            if mention is not None and mention.is_person and not self._is_owner(mention):
                return self._source(mention)
        return None

    def _source(self, mention: Mention) -> Source:
        start, end = self._document.token_span(mention.first, mention.last)
        return Source(mention.entity.name, mention.entity.id, start, end)

    def _described(self, words: list[int], proclitic: str = "") -> Source | None:
        """Return the person whom these words describe, by name if somebody was named with such a title before."""
        while words and self._form(words[-1]) in _COMMAS:
            words.pop()
        words = words[:_LONGEST_DESCRIPTION]
        if not words or words[0] < 0 or self._form(words[0]) in _FUNCTION_WORDS:
            return None
        known = self._by_title(words[0], [_bare(self._form(word)) for word in words if word >= 0])
        if known is not None:
            return self._source(known)
        last = words[-1] if words[-1] >= 0 else self._stretches[~words[-1]].last
        name = self._document.form(*self._document.token_span(words[0], last))
        is_joined = bool(proclitic) and self._segment(words[0]).startswith(proclitic + "+")
        if is_joined:
            name = "ا" + name if name.startswith("لل") else name.removeprefix(proclitic)
        return Source(name, None, *self._document.token_span(words[0], last, skip=len(proclitic) * is_joined))

    def _title(self, mention: Mention) -> Iterator[str]:
        """Yield the words before a person's name, the nearest first: الرئيس الروسي before فلاديمير بوتين."""
        for token in range(mention.first - 1, max(mention.first - _LONGEST_TITLE, -1), -1):
            form = self._form(token)
            if form in _COMMAS and token == mention.first - 1:
                continue
            if not form[0].isalnum() or form in _SETTINGS or form in CUES or form in COMPLEMENTIZERS:
                return
            yield form

    def _by_title(self, token: int, words: Sequence[str]) -> Mention | None:
        """Return the person named last before `token` with a title of all these words."""
        wanted = frozenset(words)
        rarest = min((self._titled.get(word, []) for word in wanted), key=len, default=self.mentions.people)
        looked_at, found = self._looked_at.get(wanted, (0, None))
        if looked_at and rarest[looked_at - 1].first >= token:
            looked_at, found = 0, None
        # Further from where the last look for these words ended: a text may have thousands of people and of descriptions.
        while looked_at < len(rarest) and rarest[looked_at].first < token:
            if self._titles[rarest[looked_at].first].issuperset(wanted):
                found = rarest[looked_at]
            looked_at += 1
        self._looked_at[wanted] = looked_at, found
        return found

    def _form(self, item: int) -> str:
        return self._document.tokens.form[item] if item >= 0 else ""

    def _segment(self, item: int) -> str:
        return self._segments[item] if item >= 0 else ""


def _bare(word: str) -> str:
    """Return the word without article and what is joined to it, as far as letters tell."""
    for prefix in ("وال", "بال", "لل", "ال"):
        if word.startswith(prefix) and len(word) > len(prefix) + 2:
            return word[len(prefix) :]
    return word
