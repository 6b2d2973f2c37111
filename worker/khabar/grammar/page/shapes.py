"""Lines that are boilerplate by their shape: stamps, counters, rows of buttons, names of sections."""

from collections.abc import Iterator, Sequence
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.credit_names import folded
from khabar.grammar.page.credits import SEPARATORS
from khabar.grammar.page.stamps import is_stamp
from khabar.text.sentences import STOPS

_LONGEST: Final = 26  # tokens; longer lines are not looked at
_LONGEST_COUNTER: Final = 14
_LONGEST_SECTION: Final = 8
_FEWEST_OF_STORY: Final = 16  # tokens; a line that ends like a sentence needs fewer
_FEWEST_OF_SENTENCE: Final = 6
_MOST_CHRONICLE: Final = 2  # lines with only a day; if there are more, they are the headings of a chronicle
_COUNTERS: Final = folded("page/counters")
_COUNTER_WORDS: Final = folded("page/counter_words") | _COUNTERS
_NONE: Final = folded("page/no_comments")
_BUTTONS: Final = folded("page/buttons")
_BUTTON_SIGNS: Final = folded("page/button_signs")
_SECTIONS: Final = folded("page/sections")
_SECTION_SIGNS: Final = folded("page/section_signs")
_MARKS: Final = SEPARATORS | frozenset(".؛>‹›→←#@~©…")


def shaped(form: Sequence[str], page_lines: Sequence[range]) -> Iterator[tuple[str, range]]:
    """Yield the lines that are furniture by their shape, in text order, each with its kind: stamp or furniture.

    Args:
        form: forms of the tokens.
        page_lines: lines of the body.
    """
    if not page_lines:
        return
    first, last = _story(form, page_lines)
    found: list[tuple[str, range, bool]] = []
    for number, line in enumerate(page_lines):
        if len(line) > _LONGEST:
            continue
        words = form[line.start : line.stop]
        is_outside = not first <= number <= last
        if is_stamp(words, is_outside=is_outside):
            found.append(("stamp", line, is_stamp(words, is_outside=False)))
        elif _is_counter(words) or _is_row_of_buttons(words) or (is_outside and _is_section(words)):
            found.append(("furniture", line, True))
        elif is_outside and len(words) == 1 and words[0].isdigit() and _touches(page_lines, number, found):
            found.append(("furniture", line, True))  # a counter without its word, between a section and the buttons
    days = sum(not is_sure for _, _, is_sure in found)
    yield from ((kind, line) for kind, line, is_sure in found if is_sure or days <= _MOST_CHRONICLE)


def _touches(page_lines: Sequence[range], number: int, found: Sequence[tuple[str, range, bool]]) -> bool:
    return number > 0 and bool(found) and found[-1][1] == page_lines[number - 1]


def _story(form: Sequence[str], page_lines: Sequence[range]) -> tuple[int, int]:
    """Return the numbers of the first and the last line of the story; if no line is long enough, all lines are the story."""
    are = [number for number, line in enumerate(page_lines) if _is_story(form, line)]
    return (are[0], are[-1]) if are else (0, len(page_lines))


def _is_story(form: Sequence[str], line: range) -> bool:
    if len(line) >= _FEWEST_OF_STORY:
        return len(line) > _LONGEST or not is_stamp(form[line.start : line.stop], is_outside=True)
    return len(line) >= _FEWEST_OF_SENTENCE and form[line.stop - 1] in STOPS


def _is_counter(words: Sequence[str]) -> bool:
    """Whether the words are a counter: 1250 مشاهدة، عدد القراءات: 90، 3 دقائق قراءة، لا تعليقات."""
    if len(words) > _LONGEST_COUNTER or words[-1] in STOPS:
        return False
    plain = [fold(word) for word in words if word not in _MARKS]
    numbers = [word for word in plain if word[0].isdigit()]
    if not plain or _COUNTERS.isdisjoint(plain) or not (numbers or not _NONE.isdisjoint(plain)):
        return False
    return all(word[0].isdigit() or word in _COUNTER_WORDS or word in _NONE for word in plain)


def _is_row_of_buttons(words: Sequence[str]) -> bool:
    if len(words) > _LONGEST_COUNTER or words[-1] in STOPS:
        return False
    plain = [fold(word) for word in words if word not in _MARKS]
    if not plain or not _BUTTONS.issuperset(plain) or _BUTTON_SIGNS.isdisjoint(plain):
        return False
    return len(words) > 1 or len(plain[0]) > 1


def _is_section(words: Sequence[str]) -> bool:
    """Whether the words name a section of the site: أخبار >، عربي ودولي، الرئيسية » رياضة."""
    if len(words) > _LONGEST_SECTION or words[-1] in STOPS:
        return False
    plain = [fold(word) for word in words if word not in _MARKS]
    plain = [word[1:] if word not in _SECTIONS and word[0] == "و" else word for word in plain]
    return bool(plain) and _SECTIONS.issuperset(plain) and not _SECTION_SIGNS.isdisjoint(plain)
