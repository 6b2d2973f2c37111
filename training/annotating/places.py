"""Places in an article, told by words that stand there: `LINE WORDS`, `LINE WORDS #2`, `LINE FIRST WORDS ~ LAST WORDS`.

`#2` is the second time that the words stand in the line; of last words, the second time behind the first words. Words count where
they begin and end a word, proclitics aside; `##2` counts them inside words too. `~ @7 LAST WORDS` ends in another line.
"""

import re
from itertools import accumulate
from typing import Final

Span = tuple[int, int]

_WORDS_AT_EDGE: Final = 3
_MOST_WORDS: Final = 9  # a longer stretch is told by its edges
_GAP: Final = r"[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"  # a reader sees one space
_NUMBER: Final = re.compile(r"\s(##?)(\d+)$")
_LINE: Final = re.compile(r"@?(\d+)\s+(?=\S)")
_IN_WORD: Final = re.compile(r"[\w\u0640\u064b-\u0652\u0670]")
_PROCLITICS: Final = re.compile(r"(?:^|.*[^\w\u0640\u064b-\u0652\u0670])[وف]?[بكلس]?", re.DOTALL)
_CONTEXT: Final = 12


class Unclear(ValueError):
    """A place that is not in the text, or more than once; the message says so to the annotator."""


class Lines:
    """The lines of a text, numbered from 1, empty ones too.

    Attributes:
        text: of the article. lines: of it, without line feeds.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self.lines)]

    def find(self, place: str) -> Span:
        """Return the span, in code points of the text, that a place with its line in front tells.

        Raises:
            Unclear: it is not there, or several times.
        """
        first, tilde, last = place.partition(" ~ ")
        line, words = _with_line(first, None)
        start, end = self._at(line, words, 0)
        if tilde:
            last_line, words = _with_line(last, line)
            end = self._at(last_line, words, end if last_line == line else 0)[1]
        if end <= start:
            raise Unclear(f"'{place}' ends before it begins")
        return start, end

    def find_near(self, place: str, span: Span) -> Span:
        """Return where words stand in the line in which a span begins, or in their own `@LINE`."""
        line, words = _with_line(place, self.line_of(span[0]))
        return self._at(line, words, 0)

    def tell(self, start: int, end: int) -> str:
        """Return the place of a span, its line in front."""
        line, words = self.line_of(start), self.text[start:end].split()
        if len(words) <= _MOST_WORDS and self.line_of(end - 1) == line:
            return f"{line} {self._words(line, (start, end), 0)}"
        first = self._edge(start, end, _WORDS_AT_EDGE)
        last = self._edge(start, end, -_WORDS_AT_EDGE)
        last_line = self.line_of(last[0])
        behind = first[1] if last_line == line else 0
        other = "" if last_line == line else f"@{last_line} "
        return f"{line} {self._words(line, first, 0)} ~ {other}{self._words(last_line, last, behind)}"

    def tell_near(self, start: int, end: int, span: Span) -> str:
        """Return the place of words that as a rule stand in the line in which a span begins."""
        line = self.line_of(start)
        other = "" if line == self.line_of(span[0]) else f"@{line} "
        return other + self._words(line, (start, end), 0)

    def line_of(self, at: int) -> int:
        """Return the number of the line that holds an offset."""
        return next(number for number, start in enumerate(self._starts[1:], 1) if at < start)

    def _at(self, line: int, words: str, behind: int) -> Span:
        number = _NUMBER.search(words)
        bare = words[: number.start()] if number else words
        found = self._all(line, bare, behind, inside_words=number is not None and number[1] == "##")
        if not found:
            raise Unclear(f"'{bare}' does not stand in line {line}" + (" behind the first words" if behind else ""))
        if number is None:
            if len(found) > 1:
                around = "; ".join(f"#{n} {self._around(span)}" for n, span in enumerate(found, 1))
                raise Unclear(f"'{bare}' stands {len(found)} times in line {line}, say which by #: {around}")
            return found[0]
        if not 1 <= int(number[2]) <= len(found):
            raise Unclear(f"'{bare}' stands {len(found)} times in line {line}, there is no {number[0].strip()}")
        return found[int(number[2]) - 1]

    def _all(self, line: int, words: str, behind: int, *, inside_words: bool) -> list[Span]:
        if not 1 <= line <= len(self.lines):
            raise Unclear(f"the text has no line {line}")
        text, shift = self.lines[line - 1], self._starts[line - 1]
        parts = [re.escape(word) for word in words.split()]
        found = [match.span(1) for match in re.finditer(f"(?=({_GAP.join(parts)}))", text)] if parts else []
        spans = [(start, end) for start, end in found if shift + start >= behind]
        whole = [span for span in spans if _is_whole(text, *span)]
        return [(shift + start, shift + end) for start, end in (spans if inside_words else whole or spans)]

    def _words(self, line: int, span: Span, behind: int) -> str:
        words = " ".join(self.text[slice(*span)].split())
        for mark in ("#", "##"):
            found = self._all(line, words, behind, inside_words=mark == "##")
            if span in found:
                return words if mark == "#" and len(found) == 1 else f"{words} {mark}{found.index(span) + 1}"
        raise Unclear(f"'{words}' cannot be told from other words in line {line}")

    def _edge(self, start: int, end: int, count: int) -> Span:
        """Return the first words of a span, or the last ones if the count is negative, as far as they are in one line."""
        words = [match.span() for match in re.finditer(r"\S+", self.text[start:end])]
        some = words[:count] if count > 0 else words[count:]
        line = self.line_of(start if count > 0 else end - 1)
        some = [(start + a, start + b) for a, b in some if self.line_of(start + a) == line]
        return some[0][0], some[-1][1]

    def _around(self, span: Span) -> str:
        return "…" + self.text[max(0, span[0] - _CONTEXT) : span[1] + _CONTEXT].replace("\n", " ") + "…"


def _with_line(place: str, line: int | None) -> tuple[int, str]:
    """Split words from the number in front of them; with a line to fall back on, only `@` makes a number one."""
    place = place.strip()
    match = _LINE.match(place) if line is None or place.startswith("@") else None
    if match:
        return int(match[1]), place[match.end() :]
    if line is None:
        raise Unclear(f"'{place}' has no number of a line in front")
    return line, place


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a stretch begins and ends with a word's edge, or with that of a word whose proclitics are left out."""
    ends = end == len(text) or not (_IN_WORD.match(text, end) and _IN_WORD.match(text, end - 1))
    return ends and (
        not _IN_WORD.match(text, start) or _PROCLITICS.fullmatch(text, max(0, start - 4), start) is not None
    )
