"""The tokens of a text, stored as columns and not as one object each; offsets are raw unless the name begins with `norm`."""

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tokens:
    """N tokens as columns of length N, in text order.

    Attributes:
        start, end: raw offsets; diacritics and tatweel at a word's end are inside.
        norm_start, norm_end: offsets in the normalized text.
        form: normalized form, normalized.text[norm_start:norm_end].
        segments: the engine's segmentation of Arabic words, with '+' between the parts; for other tokens the form.
        words: indexes of the Arabic words, ascending.
    """

    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    norm_start: list[int] = field(default_factory=list)
    norm_end: list[int] = field(default_factory=list)
    form: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    words: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.form)

    def touches_previous(self, index: int) -> bool:
        """Whether there is a token before this one, and no space between the two."""
        return index > 0 and self.norm_start[index] == self.norm_end[index - 1]

    def at(self, offset: int) -> int:
        """Return the index of the last token that starts at or before raw `offset`; -1 before the first; O(log N)."""
        return bisect_right(self.start, offset) - 1

    def at_norm(self, offset: int) -> int:
        """Return the index of the last token that starts at or before normalized `offset`; -1 before the first."""
        return bisect_right(self.norm_start, offset) - 1
