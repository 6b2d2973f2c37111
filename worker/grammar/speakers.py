"""Who speaks: the subject of a reporting verb, by name where the article names it, else as it is described."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from contracts.record import Entity
from worker.grammar.glyphs import Quoted
from worker.grammar.lines import Line
from worker.grammar.reporting import COMPLEMENTIZERS, CUES, NAMED_THINGS
from worker.lexicons import entries
from worker.pipeline.document import Document

_SETTINGS: Final = frozenset(entries("reporting/settings"))
_ROLES: Final = frozenset(entries("reporting/roles"))
_RELATIONS: Final = frozenset(entries("reporting/relations"))
_OCCASIONS: Final = frozenset(entries("reporting/occasions"))
_ADDRESSEES: Final = frozenset(entries("reporting/addressees"))
# Words after which a clause begins with its subject.
_LINKS: Final = frozenset(entries("reporting/links"))
_COMMAS: Final = frozenset("،,-–")
# A subject longer than this is a sentence that was not understood.
_LONGEST: Final = 18
_LONGEST_DESCRIPTION: Final = 9


class Mention(NamedTuple):
    """A mention of an entity, as tokens."""

    first: int
    last: int
    entity: Entity
    is_name: bool
    has_proclitic: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody who speaks.

    Attributes:
        name: canonical name, or the description as written.
        entity: its id where the record has it as an entity.
        start, end: raw span where this reading was found.
        words: content words of name and description, to recognize a later description by.
    """

    name: str
    entity: str | None
    start: int
    end: int
    words: frozenset[str]


class Mentions:
    """The mentions of a document by their first token."""

    def __init__(self, document: Document, entities: Sequence[Entity]) -> None:
        """Index the mentions."""
        self.at: dict[int, Mention] = {}
        self.inside: dict[int, Mention] = {}
        tokens = document.tokens
        for entity in entities:
            for mention in entity.mentions:
                first, last = tokens.at(mention.start), tokens.at(mention.end - 1)
                has_proclitic = mention.start > tokens.start[first]
                found = Mention(first, last, entity, mention.kind == "name", has_proclitic)
                self.at[first] = found
                for token in range(first, last + 1):
                    self.inside[token] = found
        self.people = sorted((m for m in self.at.values() if m.entity.type == "PER"), key=lambda m: m.first)


class SubjectFinder:
    """Reads the noun phrase that says who speaks."""

    def __init__(self, document: Document, stretches: Sequence[Quoted], entities: Sequence[Entity]) -> None:
        """Take what was found so far in the document."""
        self._document = document
        self._stretches = stretches
        self.mentions = Mentions(document, entities)
        self._titles = self._read_titles()

    def after(self, line: Line, position: int, *, proclitic: str = "") -> Source | None:
        """Return whom the noun phrase at `line[position:]` names or describes; None where there is no noun phrase.

        Args:
            line: a line. position: of the phrase's first item.
            proclitic: what may be joined to its first word: وفقا لوزارة.

        Subjects follow their verb: قال مدير المرصد, رامي عبد الرحمن, لوكالة... is read up to the person's name, or, without
        one, up to what says where, when and to whom.
        """
        end = min(position + _LONGEST, len(line))
        words: list[int] = []
        for index in range(position, end):
            item = line[index]
            if item < 0:
                named = self._named_stretch(item)
                if named is None:
                    break
                if named.entity.type == "PER" or not words or _bare(self._form(words[0])) in NAMED_THINGS:
                    return self._source(named)  # الصحيفة الأميركية «...»
                words.append(item)
                continue
            if not words and proclitic and self._form(item) == proclitic:
                continue
            mention = self.mentions.inside.get(item)
            if mention is not None and mention.first == item:
                if self._is_subject(mention, words) or (not words and proclitic and mention.has_proclitic):
                    return self._source(mention)
            if not words and proclitic and self._document.tokens.segments[item].startswith(proclitic + "+"):
                words.append(item)
                continue
            if mention is not None and (mention.first != item or words) and not mention.has_proclitic:
                words.append(item)
                continue
            if self._ends_subject(item, words, line, index):
                break
            words.append(item)
        return self._described(words) if words else self._after_setting(line, position, end)

    def _after_setting(self, line: Line, position: int, end: int) -> Source | None:
        """Return the person named behind an adverb that stands before the subject: يقول في البداية كبير المشجعين فلان."""
        if position >= end or line[position] < 0 or self._form(line[position]) not in _SETTINGS:
            return None
        for item in line[position + 1 : end]:
            if item < 0 or not self._form(item)[0].isalnum() or self._form(item) in COMPLEMENTIZERS:
                return None
            mention = self.mentions.at.get(item)
            if mention is not None and mention.entity.type == "PER" and not self._is_owner(mention):
                return self._source(mention)
        return None

    def before(self, line: Line, position: int) -> Source | None:
        """Return whom the noun phrase that ends at `line[position - 1]` names or describes: إن الوزارة أفادت.

        None where there is none, or where a preposition governs it.
        """
        words: list[int] = []
        for index in range(position - 1, max(position - _LONGEST, -1), -1):
            item = line[index]
            form = self._form(item)
            if item < 0:
                break
            mention = self.mentions.inside.get(item)
            if form == "من" or form in _SETTINGS or (mention is not None and mention.first == item and self._is_owner(mention)):
                return None
            if form in _COMMAS and not words:
                continue
            if not form[0].isalnum() or form in COMPLEMENTIZERS or form in CUES or form in _LINKS:
                break
            words.append(item)
            if mention is not None and mention.first == item and mention.entity.type == "PER":
                return self._source(mention)
            if self._document.tokens.segments[item].startswith(("ب+", "ل+", "و+")) and mention is None:
                return None
        if not words:
            return None
        words.reverse()
        mention = self.mentions.at.get(words[0])
        if mention is not None and mention.entity.type != "LOC":
            return self._source(mention)
        return self._described(words)

    def topic(self, line: Line, position: int) -> Source | None:
        """Return the first person named in the line before `position`, else the organisation its first words name."""
        for index in range(position):
            mention = self.mentions.at.get(line[index]) if line[index] >= 0 else None
            if mention is None or mention.has_proclitic or self._is_owner(mention):
                continue
            if mention.entity.type == "PER" or (mention.entity.type == "ORG" and index <= 2):
                return self._source(mention)
        return None

    def _is_subject(self, mention: Mention, words: Sequence[int]) -> bool:
        """Whether the mention, met after these words of a subject, is who speaks."""
        if mention.has_proclitic:
            return False
        if mention.entity.type == "PER":
            return not self._is_owner(mention)
        return not words  # وقالت الوزارة; but رئيس الوزارة goes on

    def _is_owner(self, mention: Mention) -> bool:
        """Whether the word before says that something or somebody of this person speaks: محامي فلان."""
        if mention.has_proclitic:
            return True
        word = self._form(mention.first - 1) if mention.first else ""
        return word in _RELATIONS or word in _SETTINGS or word[1:] in _RELATIONS

    def _named_stretch(self, item: int) -> Mention | None:
        """Return the mention that a quoted stretch is: «رويترز»."""
        stretch = self._stretches[~item]
        mention = self.mentions.inside.get(stretch.first)
        return mention if mention is not None and mention.last >= stretch.last - 1 else None

    def _ends_subject(self, token: int, words: Sequence[int], line: Line, index: int) -> bool:
        form = self._form(token)
        if form in COMPLEMENTIZERS or not form[0].isalnum() and not (form in _COMMAS and self._is_apposed(line, index)):
            return True
        cue = CUES.get(form)
        if cue is not None and not cue.value.is_homograph:
            return True
        if form in ("في", "من"):
            head = self._form(words[0]) if words and words[0] >= 0 else ""
            following = self._form(line[index + 1]) if index + 1 < len(line) and line[index + 1] >= 0 else ""
            if following in _OCCASIONS:
                return True
            return not (head in _ROLES or head.removeprefix("ال") in _ROLES)
        if form in _SETTINGS:
            return True
        if form in ("ل", "ب"):
            return True
        mention = self.mentions.inside.get(token)
        if mention is not None and not (mention.first == token and mention.has_proclitic):
            return False
        segments = self._document.tokens.segments[token]
        if form.startswith("ل") and (mention is not None or segments.startswith("ل+")):
            return not words or self._is_addressee(form, mention)
        return segments.startswith(("و+", "ف+")) or (not words and segments.startswith("ب+"))

    def _is_addressee(self, form: str, mention: Mention | None) -> bool:
        """Whether the noun with ل says to whom it was said (لوكالة), not whose director speaks (مدير لشركة)."""
        noun = form[2:] if form.startswith("لل") else form[1:]
        is_one_word = mention is not None and mention.first == mention.last and mention.entity.type == "ORG"
        return is_one_word or noun in _ADDRESSEES or "ال" + noun in _ADDRESSEES

    def _is_apposed(self, line: Line, index: int) -> bool:
        """Whether a person's name follows the comma: مدير المرصد, رامي عبد الرحمن."""
        following = line[index + 1] if index + 1 < len(line) else -1
        mention = self.mentions.at.get(following)
        return mention is not None and mention.entity.type == "PER" and not mention.has_proclitic

    def _source(self, mention: Mention) -> Source:
        start, end = self._document.token_span(mention.first, mention.last)
        entity = mention.entity
        title = self._titles.get(mention.first, ())
        return Source(entity.name, entity.id, start, end, frozenset(map(_bare, [*entity.name.split(), *title])))

    def _described(self, words: list[int]) -> Source | None:
        while words and words[-1] >= 0 and self._form(words[-1]) in _COMMAS:
            words.pop()
        words = words[:_LONGEST_DESCRIPTION]
        if not words or words[0] < 0:
            return None
        last = words[-1] if words[-1] >= 0 else self._stretches[~words[-1]].last
        start, end = self._document.token_span(words[0], last)
        forms = [self._form(word) for word in words if word >= 0]
        known = self._by_title(words[0], [_bare(form) for form in forms])
        if known is not None:
            return self._source(known)
        return Source(self._document.form(start, end), None, start, end, frozenset(map(_bare, forms)))

    def _read_titles(self) -> dict[int, tuple[str, ...]]:
        """Return what stands before each person's name: الرئيس الروسي before فلاديمير بوتين; first token -> words."""
        titles = {}
        for mention in self.mentions.people:
            words: list[str] = []
            for token in range(mention.first - 1, max(mention.first - 12, -1), -1):
                form = self._form(token)
                if form in _COMMAS and not words:
                    continue
                if not form[0].isalnum() or form in _SETTINGS or form in CUES or form in COMPLEMENTIZERS:
                    break
                words.append(form)
            titles[mention.first] = tuple(reversed(words))
        return titles

    def _by_title(self, token: int, words: Sequence[str]) -> Mention | None:
        """Return the person named before `token` with a title of these words: الرئيس الروسي is فلاديمير بوتين."""
        for mention in reversed(self.mentions.people):
            if mention.first >= token:
                continue
            title = [_bare(word) for word in self._titles[mention.first]]
            if words[0] in title and set(words[1:]) <= set(title):
                return mention
        return None

    def _form(self, token: int) -> str:
        return self._document.tokens.form[token] if token >= 0 else ""


def _bare(word: str) -> str:
    """Return the word without conjunction, preposition and article, as far as letters tell."""
    for prefix in ("وال", "بال", "لل", "ال"):
        if word.startswith(prefix) and len(word) > len(prefix) + 2:
            return word[len(prefix) :]
    return word
