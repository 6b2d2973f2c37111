"""Sentence splitting: at each stop mark, the tokens around it decide whether the sentence ends."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from khabar.lexicons import entries
from khabar.text.displaced import DisplacedStops
from khabar.text.tokens import Tokens

STOPS: Final = frozenset(entries("punctuation/stops"))
CLOSERS: Final = frozenset(entries("punctuation/closers"))
_PAIRS: Final = tuple(tuple(line.split("\t")) for line in entries("punctuation/quotes"))
_PAUSE_CONTINUERS: Final = frozenset(entries("punctuation/pause_continuers"))
_LIST_MARKS: Final = frozenset(":؛(•*")
_LONGEST_QUOTATION: Final = 80  # tokens between quotation glyphs; if there are more, a glyph is missing
_CONTINUERS: Final = frozenset(entries("punctuation/continuers"))
_DOMAIN_ENDS: Final = frozenset(entries("punctuation/domain_ends"))
_ABBREVIATIONS: Final = frozenset(entries("abbreviations"))
_LETTER_NAMES: Final = frozenset(entries("letter_names"))
_NEUTRAL_QUOTES: Final = frozenset("\"'")
_PROCLITICS: Final = "وفبكل"
_OPENING_QUOTES: Final = frozenset({'"', "(", *(opening for opening, _ in _PAIRS)})
_DOTS: Final = frozenset(".…")
# ".." and "…" mark a pause as often as an end. They end a sentence only if it has at least this many tokens.
_MIN_BEFORE_PAUSE: Final = 5


class SentenceSplitter:
    """Finds the starts of sentences, one paragraph at a time.

    Attributes:
        glued: whether a sentence was found that follows the one before it without a space.
    """

    def __init__(self, tokens: Tokens, stops: Sequence[int]) -> None:
        """Take the tokens of the article and the indexes of its stop marks, ascending."""
        self._tokens = tokens
        self._stops = stops
        self._quotes = {quote: _indexes(tokens.form, quote) for quote in _NEUTRAL_QUOTES}
        self._pairs = [tuple(_indexes(tokens.form, quote) for quote in pair) for pair in _PAIRS]
        self._displaced = DisplacedStops(tokens, stops)
        self.glued = False

    def split(self, first: int, last: int, stop: int, *, is_title: bool) -> tuple[list[int], int]:
        """Return the indexes of the tokens in [first, last) that start sentences, and the index of the next stop to look at.

        Args:
            first: first token of the paragraph.
            last: one past its last token.
            stop: index into `stops` of the first stop mark at or after `first`.
            is_title: whether it is a title, where '..' is used like a colon and never ends a sentence.
        """
        form = self._tokens.form
        starts = [first]
        last_word = _last_word(form, first, last)
        has_word = False
        index = first
        while stop < len(self._stops) and self._stops[stop] < last:
            mark = self._stops[stop]
            stop += 1
            if mark < index or mark > last_word:
                continue  # inside a run that is done, or with nothing but punctuation left to begin a sentence
            has_word = has_word or _has_word(form, index, mark)
            index = self._end_of_run(mark, first, last)
            if (
                has_word
                and index <= last_word
                and self._is_end(mark, index, (first, starts[-1], last), is_title=is_title)
            ):
                self.glued = self.glued or self._tokens.touches_previous(index)
                starts.append(index)
                has_word = False
        return starts, stop

    def _end_of_run(self, mark: int, first: int, last: int) -> int:
        """Return the first token after the stop marks and closing marks that begin at token `mark`."""
        form, tokens = self._tokens.form, self._tokens
        index = mark + 1
        while index < last:
            current = form[index]
            if current in STOPS:
                index += 1
                continue
            touches = tokens.touches_previous(index)
            opens = not touches and index + 1 < last and tokens.touches_previous(index + 1)
            closes = current in CLOSERS or (current in _NEUTRAL_QUOTES and self._is_open(current, first, index))
            if opens or not closes:
                break
            index += 1
        return index

    def _is_open(self, quote: str, first: int, index: int) -> bool:
        """Whether a quotation with this glyph, the same for opening and closing, is open at token `index`."""
        return _between(self._quotes[quote], first, index) % 2 == 1

    def _is_in_quotation(self, first: int, index: int) -> bool:
        """Whether token `index` is inside a quotation of the paragraph that begins at token `first`."""
        if self._is_open('"', first, index) and _gap(self._quotes['"'], index) <= _LONGEST_QUOTATION:
            return True
        return any(
            _between(opening, first, index) > _between(closing, first, index)
            and index - opening[bisect_left(opening, index) - 1] <= _LONGEST_QUOTATION
            for opening, closing in self._pairs
        )

    def _is_end(self, mark: int, after: int, bounds: tuple[int, int, int], *, is_title: bool) -> bool:
        """Whether the run of marks [mark, after) ends a sentence.

        Args:
            mark, after: tokens.
            bounds: first token of the paragraph and of the sentence, and one past the last token of the paragraph.
            is_title: as in `split`.
        """
        form = self._tokens.form
        first, sentence, last = bounds
        if self._displaced.is_displaced(mark, after):
            is_last = form[last - 1] not in STOPS and bisect_left(self._stops, last) == bisect_left(self._stops, after)
            if not self._displaced.ends_sentence(mark, after, is_last=is_last):
                return False
        following = form[after]
        if following in _CONTINUERS or (following.isascii() and following.islower()):
            return False
        if mark > sentence and form[mark - 1] in "([" and form[after - 1] in ")]":
            return False  # (!) and (؟) comment on a word
        run = form[mark:after]
        is_pause = form[mark] == "…" or run[:2] == [".", "."]
        if is_pause or form[mark] not in _DOTS:
            # «من سيربح المليون؟» is a name in the middle of a sentence, unless a new clause follows it.
            goes_on = run[-1] not in STOPS and not following.startswith("و")
            if is_pause and (following in _PAUSE_CONTINUERS or self._is_in_quotation(first, mark)):
                return False
            too_short = is_pause and (is_title or mark - sentence < _MIN_BEFORE_PAUSE)
            return not goes_on and not too_short
        if after > mark + 1:
            is_initial = len(form[mark - 1]) == 1 and form[mark - 1].isalpha()
            return not (is_initial and run == [".", ")"])  # (1213 ق. م.)
        return self._is_full_stop(mark, sentence)

    def _is_full_stop(self, mark: int, sentence: int) -> bool:
        """Whether one '.' with a token before and after it ends a sentence."""
        tokens, form = self._tokens, self._tokens.form
        before, following = form[mark - 1], form[mark + 1]
        glued_before = tokens.touches_previous(mark)
        glued_after = tokens.touches_previous(mark + 1)
        if before.isdigit():
            if len(before) <= 2 and (mark - 1 == sentence or form[mark - 2] in _LIST_MARKS):
                return False  # 1. a numbered list
            if following.isdigit() and len(before) <= 3 and len(following) <= 2:
                return False  # 72. 4, a broken decimal; a year or a new count after a stop is longer
        if not glued_before and glued_after and following[0].isdigit():
            return False  # .78, a number with its stop on the wrong side
        if glued_after and before in _OPENING_QUOTES and not tokens.touches_previous(mark - 1):
            return False  # «.مصر» is a name
        if not glued_before and glued_after and self._is_letter_name(mark - 1) and following in _LETTER_NAMES:
            return False  # بي .سي.أر
        if glued_before and (before in _ABBREVIATIONS or (glued_after and following in _DOMAIN_ENDS)):
            return False
        if glued_before and glued_after and before.isascii() and following.isascii():
            return False  # a name of software or a file
        if glued_before and self._is_letter_name(mark - 1):
            return not self._is_spelt_out(mark, glued_after)
        if glued_before and len(before) == 1 and before.isalpha():
            return not self._is_initial(mark - 1, glued_after)
        return True

    def _is_letter_name(self, token: int) -> bool:
        """Whether the token is the name of a Latin letter (بي), with or without a proclitic (وبي)."""
        word = self._tokens.form[token]
        return word in _LETTER_NAMES or (word[0] in _PROCLITICS and word[1:] in _LETTER_NAMES)

    def _is_spelt_out(self, mark: int, glued_after: bool) -> bool:
        """Whether the '.' after a letter's name joins it to the next (بي.إم.دبليو) or is the last of سي. إن. إن."""
        tokens, form = self._tokens, self._tokens.form
        if form[mark + 1] in _LETTER_NAMES:
            # إن, أن, ال and في are also words: after a space, a stop must follow to show that it is a letter's name.
            return glued_after or form[mark + 2 : mark + 3] == ["."]
        is_spaced = mark >= 3 and form[mark - 2] == "." and not tokens.touches_previous(mark - 1)
        return is_spaced and self._is_letter_name(mark - 3) and not form[mark + 1].startswith("و")

    def _is_initial(self, letter: int, glued_after: bool) -> bool:
        """Whether the single letter before a '.' is an initial or a title (د. م. أ. ف. ب.), so the '.' ends no sentence."""
        form = self._tokens.form
        if letter == 0 or glued_after:
            return True
        before = form[letter - 1]
        if before[-1].isdigit():
            # 1436 هـ., 2015م. and 300 ق. م. are years
            return len(form[letter + 2]) == 1 and form[letter + 2].isalpha()
        # "أ ف ب." has no stops between the letters, so this one ends the sentence; in لـ د. it belongs to a title.
        return not all(len(token) == 1 and token.isalpha() for token in form[max(letter - 2, 0) : letter])


def _indexes(form: Sequence[str], mark: str) -> list[int]:
    return [index for index, token in enumerate(form) if token == mark] if mark in form else []


def _between(places: Sequence[int], first: int, last: int) -> int:
    """Return how many of the places, in ascending order, are in [first, last)."""
    return bisect_left(places, last) - bisect_left(places, first)


def _gap(places: Sequence[int], index: int) -> int:
    """Return the distance between the places before and after `index`; more than _LONGEST_QUOTATION if one is missing."""
    after = bisect_left(places, index)
    return places[after] - places[after - 1] if 0 < after < len(places) else _LONGEST_QUOTATION + 1


def _has_word(form: Sequence[str], first: int, last: int) -> bool:
    return any(form[index][0].isalnum() for index in range(first, last))


def _last_word(form: Sequence[str], first: int, last: int) -> int:
    return next((index for index in range(last - 1, first - 1, -1) if form[index][0].isalnum()), -1)
