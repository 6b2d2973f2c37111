"""An engine for tests of everything around the segments."""

from collections.abc import Sequence


class IdentityEngine:
    """Segments nothing: each word is its own stem."""

    name = "identity 1"

    def segment(self, words: Sequence[str]) -> list[str]:
        """Return the words."""
        return list(words)
