"""Repeated lines: a page may print the title again at the beginning of the body, and paragraphs twice."""

from collections.abc import Iterator, Sequence
from typing import Final

from khabar.grammar.folding import fold

_FEWEST_AT_HEAD: Final = 2  # words of a title that is printed again above the story
_FEWEST: Final = 5  # words of a title that is printed again elsewhere
_FEWEST_OF_PARAGRAPH: Final = 8  # tokens; shorter lines are headings and rows of tables
_MOST_MARKS: Final = 4  # a repeated title may have this many punctuation marks more
_HEAD: Final = 5  # lines
_Key = tuple[str, ...]


def repeated(
    form: Sequence[str], title: Sequence[range], body: Sequence[range], *, title_end: int
) -> Iterator[tuple[str, range]]:
    """Yield the lines that are printed a second time, in text order, each with its kind: title or paragraph.

    Args:
        form: forms of the tokens.
        title, body: the lines of each.
        title_end: one past the last token of the title, without the site's name after it.
    """
    heads = [*title, range(title[0].start, title_end)] if title else []
    keys = {_key(form, line) for line in heads}
    firsts = {key[0] for key in keys if key}
    longest = max(map(len, heads), default=0) + _MOST_MARKS
    seen: set[_Key] = set()
    for number, line in enumerate(body):
        if len(line) <= longest and _first(form, line) in firsts:
            key = _key(form, line)
            if key in keys and len(key) >= (_FEWEST_AT_HEAD if number < _HEAD else _FEWEST):
                yield "title", line
                continue
        if len(line) >= _FEWEST_OF_PARAGRAPH:
            words = tuple(form[line.start : line.stop])
            if words in seen and len(_key(form, line)) >= _FEWEST:
                yield "paragraph", line  # not a row of dashes
            seen.add(words)


def _first(form: Sequence[str], line: range) -> str:
    """Return the first word of the line's key, after at most two punctuation marks; '' without one."""
    word = next((form[index] for index in line[:3] if form[index][0].isalnum()), "")
    return fold(word)


def _key(form: Sequence[str], line: range) -> _Key:
    """Return the folded words of a line, without punctuation; equal lines have equal keys."""
    return tuple(fold(word) for word in form[line.start : line.stop] if word[0].isalnum())
