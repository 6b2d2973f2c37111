"""Rules that decide whether quoted words are speech, or the name, title or slogan of something."""

from collections.abc import Sequence
from typing import Final

from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.narration import Line, word_at
from khabar.grammar.speech.reporting import COMPLEMENTIZERS, NAMED_THINGS
from khabar.lexicons import entries
from khabar.reference.mentions import Mentions
from khabar.text.document import Document

_CLAUSE_WORDS: Final = frozenset((*entries("reporting/clause_words"), *COMPLEMENTIZERS))
_TIES: Final = frozenset(entries("reporting/ties"))
_PREPOSITIONS: Final = frozenset(entries("reporting/prepositions"))
_LETTERS: Final = frozenset(entries("letter_names"))
_FORMULAS: Final = frozenset(entries("reporting/formulas"))
_NAMING: Final = frozenset(entries("reporting/naming_verbs"))
# If a noun may be followed by names of at least this length, they may contain clauses: titles of books, slogans.
_TITLE_WORDS: Final = 14
# Longest name as the subject of a verb; longest name that is an entity or an addressee.
_LONGEST_SUBJECT: Final = 8
_LONGEST_NAME: Final = 5
# Most words from a noun to its quoted name (الصحيفة الأميركية «...»), and the longest such name if they are not neighbors.
_REACH: Final = 3
_AFTER_ADJECTIVE: Final = 6
_AFTER_COMPLETE_NAME: Final = 3
# A definite phrase needs this many words more to count as speech, because names and titles are definite.
_DEFINITE: Final = 3


class Wording:
    """Judges the quoted stretches of one document by their words and by the words around them."""

    def __init__(self, document: Document, mentions: Mentions) -> None:
        """Take the document and the mentions of its entities."""
        self._form = document.tokens.form
        self._segments = document.tokens.segments
        self._start = document.tokens.start
        self._words: dict[int, list[str]] = {}  # of each stretch, by its first token
        self.mentions = mentions

    def start(self, token: int) -> int:
        """Return the raw offset of a token."""
        return self._start[token]

    def words(self, stretch: Quoted) -> list[str]:
        """Return the words and numbers of the stretch."""
        found = self._words.get(stretch.first)
        if found is None:
            inside = self._form[stretch.first : stretch.last + 1]
            found = self._words[stretch.first] = [word for word in inside if word[0].isalnum()]
        return found

    def has_clause(self, words: Sequence[str]) -> bool:
        """Whether particles, pronouns or auxiliaries are among the words."""
        return any(word in _CLAUSE_WORDS or (word[0] in "وف" and word[1:] in _CLAUSE_WORDS) for word in words)

    def is_speech(self, stretch: Quoted, enough: int) -> bool:
        """Whether the words are speech: clause words, pronouns that tie them to the sentence, or at least `enough` words."""
        words = self.words(stretch)
        if not words:
            return False
        if self.has_clause(words):
            return True
        if any(word[0].isdigit() or word.isascii() for word in words):
            return len(words) >= 2 * enough
        if len(words) >= (enough + _DEFINITE if words[0].startswith("ال") else enough):
            return True
        segments = self._segments[stretch.first : stretch.last + 1]
        return any(cut.rpartition("+")[2] in _TIES for cut in segments if "+" in cut)

    def is_formula(self, stretch: Quoted) -> bool:
        """Whether the words are names of letters (بي كي كي) or a formula after a holy name (صلى الله عليه وسلم)."""
        words = self.words(stretch)
        return all(word in _LETTERS for word in words) or " ".join(words) in _FORMULAS

    def is_called(self, stretch: Quoted) -> bool:
        """Whether a verb of being called is right before the stretch: ما يسمى «الربيع الأسود»."""
        return stretch.before >= 0 and self._form[stretch.before] in _NAMING

    def is_name(self, line: Line, position: int, stretch: Quoted) -> bool:
        """Whether the stretch at `line[position]` is the name or title of something."""
        words = self.words(stretch)
        if self.is_formula(stretch):
            return True
        if len(words) <= _LONGEST_NAME and word_at(self._form, line, position - 1) == "ل":
            return True  # قالت لـ«الشرق الأوسط»
        if len(words) <= _LONGEST_SUBJECT and self._is_subject(line, position):
            return True
        if self._follows_noun(line, position, words):
            return True
        mention = self.mentions.inside.get(stretch.first)
        return mention is not None and mention.last >= stretch.last - 1 and len(words) <= _LONGEST_NAME

    def _is_subject(self, line: Line, position: int) -> bool:
        """Whether reported words follow the stretch, which is then part of the subject: أشارت «فلانة» إلى أنها."""
        following = word_at(self._form, line, position + 1)
        if following in _PREPOSITIONS:
            following = word_at(self._form, line, position + 2)
        surface = COMPLEMENTIZERS.get(following)
        return surface is not None and not surface.proclitic

    def _follows_noun(self, line: Line, position: int, words: Sequence[str]) -> bool:
        """Whether a noun that takes a name precedes the stretch: فيلم «...»."""
        for index in range(position - 1, max(position - 1 - _REACH, -1), -1):
            word = word_at(self._form, line, index)
            if not word or not word[0].isalnum() or word in _PREPOSITIONS or word in COMPLEMENTIZERS:
                return False
            if line[index] in self.mentions.inside:
                return False
            noun = _noun(word)
            longest = NAMED_THINGS.get(noun, 0)
            if longest and index < position - 1:
                # الصحيفة الأميركية «...» still takes a name; وكالة الأنباء already has one
                longest = min(longest, _AFTER_ADJECTIVE if noun != word else _AFTER_COMPLETE_NAME)
            if len(words) <= longest and (longest >= _TITLE_WORDS or not self.has_clause(words)):
                return True
        return False


def _noun(word: str) -> str:
    for prefix in ("وال", "بال", "لل", "ال"):
        if word.startswith(prefix):
            return word[len(prefix) :]
    return word[1:] if word[0] in "وبلف" and word not in NAMED_THINGS else word
