"""Names of site or writer on the page: after the title (... | صحيفة سبق), or alone on a line above or below the story."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.credit_names import Kind, folded, longest_name
from khabar.grammar.page.credits import SEPARATORS

_HEADS: Final = folded("page/site_heads")
_MARKS: Final = frozenset("-–—―−_|•:»«›<>*~")
_BARS: Final = frozenset("|•")
_LONGEST: Final = 6  # tokens in a site's name
_EDGE: Final = 4  # lines at each end of the body
_FEWEST_BEFORE: Final = 3  # tokens of a headline


def site_suffix(form: Sequence[str], title: range, source: str | None) -> range | None:
    """Return the tokens of the site's name after a title, without the marks before it; None if the title has none.

    Args:
        form: forms of the tokens.
        title: tokens of the title.
        source: the article's source as its producer sent it.
    """
    earliest = max(title.start + _FEWEST_BEFORE, title.stop - _LONGEST - 1)
    mark = next((index for index in range(title.stop - 2, earliest - 1, -1) if form[index] in _MARKS), None)
    if mark is None:
        return None
    name = range(mark + 1, title.stop)
    return name if _is_site(form, name, source, is_bar=form[mark] in _BARS) else None


def own_names(form: Sequence[str], page_lines: Sequence[range], names: Iterable[str | None]) -> Iterator[range]:
    """Yield the first and last lines of the body that have only the outlet's address, the outlet's name or the writer's name.

    Args:
        form: forms of the tokens.
        page_lines: lines of the body.
        names: names of source and author, as their producer sent them.
    """
    keys = {"".join(fold(name).split()) for name in names if name}
    edges = (*page_lines[:_EDGE], *page_lines[max(len(page_lines) - _EDGE, _EDGE) :])
    for line in edges:
        words = [index for index in line if form[index] not in SEPARATORS] if len(line) <= _LONGEST else []
        if not words:
            continue
        is_address = len(words) == 1 and _is_address(form[words[0]])
        if is_address or "".join(fold(form[index]) for index in words) in keys:
            yield line


def _is_address(word: str) -> bool:
    return "." in word[1:-1] and word[0].isalpha() and "/" not in word and "@" not in word


def _is_site(form: Sequence[str], name: range, source: str | None, *, is_bar: bool) -> bool:
    words = "".join(fold(form[index]) for index in name if form[index] not in SEPARATORS)
    if source and words == "".join(fold(source).split()):
        return True
    first = fold(form[name.start])
    start = name.start + 1 if first in _HEADS and len(name) > 1 else name.start
    known = longest_name(form, start, name.stop)
    if known and known[1] == name.stop and known[0].kind in (Kind.OUTLET, Kind.AGENCY):
        # Names such as الرياض، اليوم and الحياة are also other words.
        return is_bar or len(name) > 1
    is_label = form[name.start - 1] == ":" and form[name.start - 2] != ":"
    is_named = first in _HEADS and len(name) > 1 and not is_label and form[name.start - 1] not in ("«", "»")
    is_address = len(name) == 1 and _is_address(form[name.start])
    return is_address or is_named or (is_bar and first in _HEADS)
