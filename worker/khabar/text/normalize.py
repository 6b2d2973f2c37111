"""Step 1: normalized text, with an exact map back to the code points received.

Clean stretches are copied whole. Python code runs only for dirty code points, so clean text costs one regex search.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Final
from unicodedata import category
from unicodedata import normalize as unicode_normalize

from khabar.lexicons import entries
from khabar.text.characters import (
    ATTACHED,
    COMMON_MARKS,
    HAMZA_MARKS,
    JOINER,
    TABLE,
    TATWEEL,
    character_class,
)

_DIRT: Final = character_class(TABLE) + "+"
# Double escapes (&amp;quot;) are read up to three levels deep. All quantifiers are possessive or bounded, so that time is linear
# even on '&' * 100_000.
_ESCAPES: Final = "(?:amp;){0,3}"
_ENTITY: Final = f"&{_ESCAPES}(?:#[0-9]{{1,7}};|#[xX][0-9A-Fa-f]{{1,6}};|[A-Za-z][A-Za-z0-9]{{1,31}};|nbsp|quot)"
_TAG: Final = (
    r"<(script|style)\b[^<>]*+>[^<]*+</(?:script|style)\s*>"  # with its content, if that has no '<'
    r"|<!(?:--|[A-Za-z\[])[^<>]*+>"
    r"|</?([A-Za-z][A-Za-z0-9]*+)(?=[\s/>])[^<>]*+>"
    rf"|&{_ESCAPES}lt;/?([A-Za-z][A-Za-z0-9]*+)(?=[\s/&])(?:[^<>&]|&(?!{_ESCAPES}[lg]t;))*+&{_ESCAPES}gt;"
)
_PLAIN: Final = re.compile(_DIRT)
_HTML: Final = re.compile(f"{_DIRT}|{_TAG}|{_ENTITY}")
_INLINE_TAGS: Final = frozenset(entries("html_inline_tags"))
_LINE_TAGS: Final = frozenset(entries("html_line_tags"))

_COMPOSED: Final = {
    "ا\u0653": "آ",
    "ا\u0654": "أ",
    "ا\u0655": "إ",
    "و\u0654": "ؤ",
    "ي\u0654": "ئ",
    "ى\u0654": "ئ",
}
_FARSI_YEH: Final = "ی"
_FINAL_YEH: Final = re.compile(
    "(?<![ء-ۿ])([وف]?(?:" + "|".join(entries("letters/farsi_final_yeh")) + "))ي(?![ء-ۿ])",
)


@dataclass(frozen=True, slots=True)
class Normalized:
    """Normalized text, and the raw offset of each of its characters.

    Attributes:
        raw: the text as received.
        text: the normalized text; its only white space is ' ' and line feed.
        starts: for each normalized character, the raw offset of its first code point; ascending.
        late_ends: normalized offset -> raw end, for the characters that end after starts[i] + 1, because diacritics, tatweel
            or the rest of an HTML entity follow.
        dirt: the dirty code points found, and all code points above U+FFFF.
        tags: whether tags were found.
        entities: whether HTML entities were found.
    """

    raw: str
    text: str
    starts: Sequence[int]
    late_ends: dict[int, int] = field(default_factory=dict)
    dirt: frozenset[str] = frozenset()
    tags: bool = False
    entities: bool = False

    def copy(self) -> "Normalized":
        """Return a copy that shares no mutable object."""
        starts = self.starts if isinstance(self.starts, range) else list(self.starts)
        return replace(self, starts=starts, late_ends=dict(self.late_ends))

    @property
    def is_identity(self) -> bool:
        """Whether nothing was changed, so raw and normalized offsets are equal."""
        return isinstance(self.starts, range)

    def raw_start(self, index: int) -> int:
        """Return the raw offset at which normalized character `index` begins; O(1)."""
        return self.starts[index]

    def raw_end(self, index: int) -> int:
        """Return the raw offset at which the normalized character before `index` ends, with its diacritics; O(1)."""
        return self.late_ends.get(index - 1) or self.starts[index - 1] + 1

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span of the non-empty normalized span [start, end); O(1)."""
        return self.raw_start(start), self.raw_end(end)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the normalized span of the characters that begin in the raw span [start, end); may be empty; O(log n)."""
        return bisect_left(self.starts, start), bisect_left(self.starts, end)

    def index(self, raw: int) -> int:
        """Return the index of the normalized character at raw offset `raw`, or of the nearest one before it; O(log n)."""
        return max(bisect_right(self.starts, raw) - 1, 0)


class _Builder:
    """Collects the pieces of normalized text and the map; one call for each dirty code point."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.pieces: list[str] = []
        self.starts: list[int] = []
        self.late_ends: dict[int, int] = {}

    def copy(self, start: int, end: int) -> None:
        """Copy a clean stretch."""
        self.pieces.append(self.raw[start:end])
        self.starts.extend(range(start, end))

    def put(self, text: str, start: int, end: int) -> None:
        """Write `text` for raw[start:end]."""
        self.pieces.append(text)
        self.starts.extend([start] * len(text))
        if end != start + 1:
            last = len(self.starts)
            self.late_ends.update(dict.fromkeys(range(last - len(text), last), end))

    def add(self, character: str, start: int, end: int) -> None:
        """Write the normalized form of one character; raw[start:end] is that character, or an HTML entity for it."""
        plain = TABLE.get(character)
        if plain is None:
            self.put(character, start, end)
        elif character in ATTACHED:
            self._attach(character, start, end)
        elif character == "٫":
            between_digits = self.raw[start - 1 : start].isdigit() and self.raw[end : end + 1].isdigit()
            self.put("." if between_digits else character, start, end)
        elif plain:
            self.put(plain, start, end)

    def _attach(self, character: str, start: int, end: int) -> None:
        """Attach a mark to the character before it, if it touches one."""
        last = len(self.starts) - 1
        base = self.pieces[-1][-1] if last >= 0 else " "
        if base in " \n":
            # A single tatweel between spaces is meant as a dash.
            if character == TATWEEL and self.raw[end : end + 1].strip() == "":
                self.put("-", start, end)
            return
        if (self.late_ends.get(last) or self.starts[last] + 1) != start:
            return
        if character == TATWEEL and base.isdigit() and self.raw[end : end + 1].isdigit():
            self.put("-", start, end)
            return
        if character == JOINER and category(base) in ("So", "Sk"):
            following = self.raw[end : end + 1]
            if following and category(following) == "So":
                self.put(JOINER, start, end)
                return
        self.late_ends[last] = end
        if character in HAMZA_MARKS:
            self._replace_base(_COMPOSED.get(base + character))
        elif character in COMMON_MARKS:
            composed = unicode_normalize("NFC", base + character)
            self._replace_base(composed if len(composed) == 1 else None)

    def _replace_base(self, character: str | None) -> None:
        if character:
            self.pieces[-1] = self.pieces[-1][:-1] + character


def _decode(entity: str) -> str | None:
    """Return the character of an HTML entity, '' for an entity of no character, None if it is not an entity."""
    text = entity
    for _ in range(5):
        decoded = unescape(text)
        if len(decoded) <= 1:
            return decoded
        if decoded == text:
            return None
        text = decoded
    return None


def _restore_alef_maksura(text: str, raw: str, starts: Sequence[int]) -> str:
    """Write ى where a Persian keyboard gave ی at the end of words such as على and إلى."""
    return _FINAL_YEH.sub(lambda m: m[1] + ("ى" if raw[starts[m.end() - 1]] == _FARSI_YEH else "ي"), text)


def normalize(raw: str) -> Normalized:
    """Normalize a text.

    Args:
        raw: the text as received; any code points except surrogates.

    Returns:
        The normalized text, made in time linear in len(raw). Diacritics, tatweel, bidi marks, zero-width and control
        characters, and tags are removed. Presentation forms and letters of Persian keyboards become Arabic letters.
        Hamza marks are composed, entities decoded, digits ASCII, the percent sign is '%', and all white space is ' ' or line
        feed.
    """
    is_html = "&" in raw or "<" in raw
    matches = (_HTML if is_html else _PLAIN).finditer(raw)
    builder = _Builder(raw)
    dirt: set[str] = set()
    tags = entities = False
    done = 0
    for match in matches:
        start, end = match.span()
        run = match[0]
        first = run[0]
        if first == "<" or (first == "&" and match.lastindex):
            tags = True
        elif first == "&":
            character = _decode(run)
            if character is None:
                continue
            entities = True
        if start > done:
            builder.copy(done, start)
        done = end
        if first == "<" or (first == "&" and match.lastindex):
            name = (match[1] or match[2] or match[3] or "").lower()
            if name not in _INLINE_TAGS:
                builder.put("\n" if name in _LINE_TAGS else " ", start, end)
        elif first == "&":
            if character:
                builder.add(character, start, end)
        else:
            dirt.update(run)
            for offset, character in enumerate(run, start):
                builder.add(character, offset, offset + 1)
    if done == 0:
        return Normalized(raw, raw, range(len(raw)))
    if done < len(raw):
        builder.copy(done, len(raw))
    text = "".join(builder.pieces)
    if _FARSI_YEH in dirt:
        text = _restore_alef_maksura(text, raw, builder.starts)
    return Normalized(raw, text, builder.starts, builder.late_ends, frozenset(dirt), tags, entities)
