"""The sets of characters that normalization knows."""

import unicodedata

from khabar.text.characters import ARABIC_MARKS, COMMON_MARKS, FOREIGN_MARKS


def test_the_scripts_that_are_scanned_hold_every_mark() -> None:
    """A start looks at a third of the code points; a newer Unicode may put marks elsewhere."""
    every = frozenset(c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.category(c) in ("Mn", "Mc", "Me"))
    assert every - ARABIC_MARKS - COMMON_MARKS == FOREIGN_MARKS
