"""Find the noun phrase that names or describes a speaker: where it begins and ends, and the name in it."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from khabar.grammar.folding import fold
from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.narration import Line
from khabar.grammar.speech.reporting import COMPLEMENTIZERS, CUES, NAMED_THINGS
from khabar.lexicons import entries
from khabar.messages.record import Entity
from khabar.reference.descriptions import breaks_off, governs, joins
from khabar.reference.mentions import Mention, Mentions
from khabar.reference.nouns import noun
from khabar.text.document import Document

_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_NO_HEADS: Final = _FUNCTION_WORDS - frozenset(entries("reference/quantifiers"))  # قال بعض الخبراء
_SETTINGS: Final = frozenset(entries("reporting/settings"))
_ROLES: Final = frozenset(entries("reporting/roles"))
_RELATION_ROWS: Final = [line.split("\t") for line in entries("reporting/relations")]
_RELATIONS: Final = frozenset(row[0] for row in _RELATION_ROWS)
# Relations that hold even with a title in between: محامي الوزير فلان is the lawyer of فلان, but مستشار الرئيس فلان may be فلان.
_RELATIVES: Final = frozenset(row[0] for row in _RELATION_ROWS if len(row) > 1)
_OCCASIONS: Final = frozenset(entries("reporting/occasions"))
_PREPOSITIONS: Final = frozenset(entries("reporting/prepositions"))
_ADDRESSEES: Final = frozenset(entries("reporting/addressees"))
# Words after which a clause begins with its subject.
_LINKS: Final = frozenset(entries("reporting/links"))
# Words that end a description: weekdays, relative pronouns, auxiliaries.
_AFTER_NOUNS: Final = frozenset(
    fold(line.split("\t")[0]) for name in ("temporal/weekdays", "reporting/after_subjects") for line in entries(name)
)
_CLOSED: Final = 2
_COMMAS: Final = frozenset("،,-–")
# A longer phrase is a sentence that was misread, not a subject.
_LONGEST: Final = 18
_LONGEST_DESCRIPTION: Final = 9
# Up to this position, an organisation is the subject of the line's first verb.
_FIRST_ITEMS: Final = 2


class Phrase(NamedTuple):
    """A noun phrase.

    Attributes:
        items: its words in order, tokens or ~n for quoted stretch n; only those before the name, if it has one.
        mention: the name at its end; None if it has no name.
        proclitic: the proclitic that its first word may have: ل in لوزارة after وفقا.
    """

    items: tuple[int, ...]
    mention: Mention | None
    proclitic: str = ""


class SubjectFinder:
    """Reads noun phrases around the verbs of one document."""

    def __init__(self, document: Document, stretches: Sequence[Quoted], entities: Sequence[Entity]) -> None:
        """Take the document, its quoted stretches and its entities."""
        self._document = document
        self._segments = document.tokens.segments
        self._stretches = stretches
        self.mentions = Mentions(document, entities)
        self._topic_of: Line | None = None
        self._topic: tuple[int, Mention | None] = 0, None

    def after(self, line: Line, position: int, *, proclitic: str = "") -> Phrase | None:
        """Return the noun phrase at `line[position:]`; None if no phrase begins there.

        Subjects follow their verb. The subject of قال مدير المرصد, رامي عبد الرحمن, لوكالة... is read up to the person's name.
        Without a name it is read up to the words that say where, when and to whom.

        Args:
            line: a line.
            position: position of the phrase's first item.
            proclitic: a proclitic that its first word may have: ل in وفقا لوزارة.
        """
        end = min(position + _LONGEST, len(line))
        if proclitic and position < end and self._form(line[position]) == proclitic:
            position += 1
        words: list[int] = []
        for index in range(position, end):
            item = line[index]
            named = self._named(item, words, proclitic)
            if named is not None and words and named.is_person and _bare(self._form(words[0])) in _RELATIVES:
                return Phrase((*words, *range(named.first, named.last + 1)), None, proclitic)
            if named is not None:
                return Phrase(tuple(words), named)
            is_joined = bool(proclitic) and not words and self._segment(item).startswith(proclitic + "+")
            if not is_joined and self._ends_subject(line, index, words):
                break
            words.append(item)
        return self._described(words, proclitic) if words else self._behind_setting(line[position:end])

    def before(self, line: Line, position: int) -> Phrase | None:
        """Return the noun phrase that ends at `line[position - 1]`: إن الوزارة أفادت.

        None if no phrase ends there, or if a preposition governs it.
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
            if mention is not None and mention.first == item and self.is_owner(mention):
                return None
            if mention is not None and mention.first == item and mention.is_person:
                return Phrase(tuple(reversed(words[:-1])), mention)
        words.reverse()
        mention = self.mentions.at.get(words[0]) if words else None
        if mention is not None and (mention.entity.type != "LOC" or words[0] == line[0]):
            return Phrase((), mention)  # فرنسا ترفض ...: a country that speaks opens its sentence
        return self._described(words)

    def topic(self, line: Line, position: int) -> Mention | None:
        """Return the first person named in the line before `position`, or the organisation named by its first words."""
        if self._topic_of is not line:  # kept for a line, which may have thousands of verbs
            self._topic_of, self._topic = line, self._find_topic(line)
        index, mention = self._topic
        return mention if index < position else None

    def is_owner(self, mention: Mention) -> bool:
        """Whether the word before makes the mention an owner, so that somebody else speaks: محامي فلان, the lawyer of X."""
        word = self._form(mention.first - 1)
        return mention.has_proclitic or word in _RELATIONS or word in _SETTINGS or word[1:] in _RELATIONS

    def text(self, phrase: Phrase) -> tuple[str, int, int]:
        """Return a description (normalized, without proclitic) and its raw span."""
        items = phrase.items
        last = items[-1]
        if last < 0:
            stretch = self._stretches[~last]
            last = stretch.last + stretch.is_closed  # with the glyph that closes it
        name = self._document.form(*self._document.token_span(items[0], last))
        is_joined = bool(phrase.proclitic) and self._segment(items[0]).startswith(phrase.proclitic + "+")
        if is_joined:
            name = _without_preposition(name, phrase.proclitic)
        start, end = self._document.token_span(items[0], last, skip=len(phrase.proclitic) * is_joined)
        return name, start, end

    def _find_topic(self, line: Line) -> tuple[int, Mention | None]:
        for index, item in enumerate(line):
            mention = self.mentions.at.get(item)
            if mention is None or mention.entity.type == "LOC" or self.is_owner(mention):
                continue
            if mention.is_person or index <= _FIRST_ITEMS:
                return index, mention
        return len(line), None

    def _backwards(self, line: Line, position: int) -> Iterator[int]:
        return (line[index] for index in range(position - 1, max(position - _LONGEST, -1), -1))

    def _named(self, item: int, words: Sequence[int], proclitic: str) -> Mention | None:
        """Return the mention at `item` if it is the speaker; `words` are the words of the subject before it."""
        if item < 0:
            stretch = self._stretches[~item]
            mention = self.mentions.inside.get(stretch.first)
            is_whole = mention is not None and mention.last >= stretch.last - 1
            head = self._form(words[0]).removeprefix(proclitic) if words else ""
            waits = not words or _bare(head) in NAMED_THINGS  # الصحيفة الأميركية «...», وفقا لصحيفة «...»
            return mention if mention is not None and is_whole and (mention.is_person or waits) else None
        mention = self.mentions.at.get(item)
        if mention is None:
            return None
        if mention.has_proclitic:
            return mention if proclitic and not words else None
        if mention.is_person:
            return None if self.is_owner(mention) else mention
        return None if words else mention  # وقالت الوزارة; but رئيس الوزارة continues

    def _ends_subject(self, line: Line, index: int, words: Sequence[int]) -> bool:
        """Whether the subject that begins with `words` ends before `line[index]`."""
        item = line[index]
        form = self._form(item)
        mention = self.mentions.inside.get(item)
        if item < 0:
            return not words or (mention is None and self._stretches[~item].first not in self.mentions.inside)
        if not form[0].isalnum():
            return form not in _COMMAS or not self._is_person(line, index + 1)
        if mention is not None and mention.first == item and self._is_closed(words):
            return True  # أبلغ مصدر مطلع | شبكة سي إن إن
        if mention is not None and not (mention.first == item and mention.has_proclitic):
            return False
        if form in COMPLEMENTIZERS or (form in CUES and not CUES[form].value.is_homograph):
            return True
        if words and words[-1] >= 0 and governs(self._segment(words[-1]), form):
            return False
        if form in ("في", "من"):
            head = self._form(words[0]) if words else ""
            has_place = head in _ROLES or head.removeprefix("ال") in _ROLES
            return not has_place or self._form(line[index + 1] if index + 1 < len(line) else -1) in _OCCASIONS
        if form in _SETTINGS or form in ("ل", "ب") or (words and fold(form) in _AFTER_NOUNS):
            return True
        if words and form.startswith("ي") and form.endswith(("ون", "وا")):
            return True  # المشاركون يتفاعلون
        segment = self._segment(item)
        is_for = form.startswith("ل") and (mention is not None or segment.startswith("ل+"))
        if is_for and (not words or self._is_addressee(form, mention)):
            return True
        before = [self._segments[word] for word in words if word >= 0]
        if before and len(before) == len(words) and mention is None:
            if breaks_off(before, segment):
                return True
            if joins(before, segment):
                return False
        return segment.startswith(("و+", "ف+") if words else ("و+", "ف+", "ب+"))

    def _is_closed(self, words: Sequence[int]) -> bool:
        """Whether the words are an indefinite source with an adjective, which no name can continue: مصدر مطلع."""
        if len(words) < _CLOSED:
            return False
        head, last = self._segment(words[0]), self._segment(words[-1])
        known = noun(head)
        is_source = known is not None and known.kind == "anonymous"
        return is_source and not last.startswith(("ال+", "ب+", "ل+")) and noun(last) is None

    def _is_addressee(self, form: str, mention: Mention | None) -> bool:
        """Whether a noun with ل is the addressee (لوكالة), not the owner of the subject (مدير لشركة)."""
        noun = form[2:] if form.startswith("لل") else form[1:]
        is_one_word = mention is not None and mention.first == mention.last and mention.entity.type == "ORG"
        return is_one_word or noun in _ADDRESSEES or "ال" + noun in _ADDRESSEES

    def _is_person(self, line: Line, index: int) -> bool:
        mention = self.mentions.at.get(line[index]) if index < len(line) else None
        return mention is not None and mention.is_person and not mention.has_proclitic

    def _behind_setting(self, phrase: Line) -> Phrase | None:
        """Return the person named after an adverb that precedes the subject: يقول في البداية كبير المشجعين فلان."""
        if not phrase or self._form(phrase[0]) not in _SETTINGS:
            return None
        for item in phrase[1:]:
            if item < 0 or not self._form(item)[0].isalnum() or self._form(item) in COMPLEMENTIZERS:
                return None
            mention = self.mentions.at.get(item)
            if mention is not None and mention.is_person and not self.is_owner(mention):
                return Phrase((), mention)
        return None

    def _described(self, words: list[int], proclitic: str = "") -> Phrase | None:
        """Return the phrase of a description, which has no name at its end; None if the words are not one."""
        words = words[:_LONGEST_DESCRIPTION]
        while words and (self._form(words[-1]) in _COMMAS or self._form(words[-1]) in _PREPOSITIONS):
            words.pop()  # حذر مسؤولون من | أن ...
        if not words or words[0] < 0 or self._form(words[0]) in _NO_HEADS:
            return None
        return Phrase(tuple(words), None, proclitic)

    def _form(self, item: int) -> str:
        return self._document.tokens.form[item] if item >= 0 else ""

    def _segment(self, item: int) -> str:
        return self._segments[item] if item >= 0 else ""


def _without_preposition(name: str, preposition: str) -> str:
    """Return a description without the preposition ل: للمخرج becomes المخرج, and للجنة becomes اللجنة."""
    if not name.startswith("لل"):
        return name.removeprefix(preposition)
    return "ا" + (name if noun(name.split(" ", 1)[0][1:]) else name[1:])


def _bare(word: str) -> str:
    """Return the word without article and the proclitics before it, judged only by its letters."""
    for prefix in ("وال", "بال", "لل", "ال"):
        if word.startswith(prefix) and len(word) > len(prefix) + 2:
            return word[len(prefix) :]
    return word
