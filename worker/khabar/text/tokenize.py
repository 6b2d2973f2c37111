"""Cut the normalized text into tokens, with one compiled regex and no Python code for each token."""

import re
from itertools import accumulate, compress
from operator import not_
from typing import Final

from khabar.lexicons import entries
from khabar.text.characters import FOREIGN_MARKS
from khabar.text.normalize import Normalized
from khabar.text.tokens import Tokens

# Letters that Farasa knows, and others used in Arabic words (پ چ ڤ گ), without digits, punctuation and marks.
_ARABIC_LETTER: Final = "\u0621-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff"
_ARABIC: Final = f"[{_ARABIC_LETTER}]+"

# 2015-08-06 · 1,500 3.5 3:30 2015/08/06 · 7ر2 and 5و2, the agencies' decimal point between digits.
_NUMBER: Final = r"\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{1,2}-\d{1,2}-\d{4}(?!\d)|\d+(?:[.,:/٫رو]\d+)*+"
_LATIN: Final = r"[A-Za-z][A-Za-z0-9]*+(?:['’][A-Za-z]++)?"
# Flags, families and other emoji of several code points are one token.
_SYMBOL: Final = "[\U0001f1e6-\U0001f1ff]{2}|\\S(?:\u200d\\S)*+"

# Every quantifier is bounded or possessive, so that time is linear even on 'a.' * 100_000 and 'http://(' * 100_000.
_URL_END: Final = r"[^\s<>\"«»“”‘’،؛؟.,:;!?)\]}'…*]"
_URL_BODY: Final = rf"(?:[^\s<>\"«»“”‘’،؛]{{0,2000}}{_URL_END})"
_TLD: Final = "|".join(entries("top_level_domains"))
_LABEL: Final = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}+\."
_EMAIL: Final = r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}+@(?:[A-Za-z0-9-]{1,63}+\.){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9])"
_URL: Final = (
    rf"(?i:https?://|ftp://|www\.(?=[^\s.])){_URL_BODY}"
    rf"|(?:{_LABEL}){{1,6}}(?i:{_TLD})(?![A-Za-z0-9-])(?!\.[A-Za-z])(?:/{_URL_BODY}?)?"
)
_HANDLE: Final = r"(?<![A-Za-z0-9_.@])@[A-Za-z0-9_]{2,30}(?![A-Za-z0-9_@])"
LINK: Final = re.compile(rf"(?P<email>{_EMAIL})|(?P<url>{_URL})|(?P<handle>{_HANDLE})")

_OTHER: Final = rf"[^\W\d_{_ARABIC_LETTER}]"
_LINKS: Final = rf"{_EMAIL}|{_URL}|{_HANDLE}"
_MARK: Final = "[" + "".join(sorted(FOREIGN_MARKS)) + "]"
_PLAIN: Final = re.compile(rf"{_ARABIC}|\s+|{_NUMBER}|{_LATIN}|{_OTHER}+|{_SYMBOL}")
_WITH_LINKS: Final = re.compile(rf"\s+|{_LINKS}|{_ARABIC}|{_NUMBER}|{_LATIN}|{_OTHER}+|{_SYMBOL}")
_WITH_MARKS: Final = re.compile(
    rf"\s+|{_LINKS}|(?:{_ARABIC}|{_NUMBER}|{_LATIN}){_MARK}*+|{_OTHER}(?:{_OTHER}|{_MARK})*+|(?:{_SYMBOL}){_MARK}*+"
)
_LINK_HINT: Final = re.compile(r"@|://|[A-Za-z0-9]\.[A-Za-z]|[wW]\.[^\s.]")


def tokenize(normalized: Normalized) -> Tokens:
    """Cut the normalized text into tokens.

    Args:
        normalized: the text with its map.

    Returns:
        Words, numbers with their separators, links, and single punctuation marks and emoji. Every character of the normalized
        text except white space is in exactly one token. `segments` equals `form` until the engine has segmented the words.
    """
    text = normalized.text
    pieces = _pattern(normalized).findall(text)
    ends = list(accumulate(map(len, pieces)))
    is_token = list(map(not_, map(str.isspace, pieces)))
    form = list(compress(pieces, is_token))
    norm_end = list(compress(ends, is_token))
    norm_start = list(compress([0, *ends], is_token))
    # The cheapest test for an Arabic word: after normalization no other token sorts in these two ranges.
    words = [index for index, word in enumerate(form) if "ء" <= word < "٠" or "ٮ" <= word < "۔"]
    if normalized.is_identity:
        start, end = norm_start, norm_end
    else:
        starts, late = normalized.starts, normalized.late_ends
        start = [starts[index] for index in norm_start]
        end = [starts[index - 1] + 1 for index in norm_end]
        if late:
            end = [late.get(index - 1, last) for index, last in zip(norm_end, end, strict=True)]
    return Tokens(start, end, norm_start, norm_end, form, form, words)


def _pattern(normalized: Normalized) -> re.Pattern[str]:
    """Return the fastest pattern that is correct for the text; most texts have neither links nor marks of other scripts."""
    if not normalized.dirt.isdisjoint(FOREIGN_MARKS):
        return _WITH_MARKS
    return _WITH_LINKS if _LINK_HINT.search(normalized.text) else _PLAIN
