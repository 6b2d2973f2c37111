"""The name of an entity: its fullest form, without words that only say where it is or to which country it belongs."""

from collections.abc import Sequence
from typing import Final

from khabar.entities.countries import ADJECTIVES
from khabar.entities.forms import Form
from khabar.entities.spelling import fold
from khabar.lexicons import entries

_SINGULAR: Final = dict(line.split("\t") for line in entries("entities/dual_heads"))
_COMPLETE: Final = {
    fold(noun): after for noun, after in (line.split("\t") for line in entries("entities/complete_heads"))
}
_ARTICLE: Final = "ال"
_NO_PART: Final = "-"
_IN: Final = fold("في")
_LONGEST: Final = 6  # words of a description


def fullest(forms: Sequence[Form]) -> str:
    """Return an entity's name.

    Args:
        forms: all forms in which the article names one entity; at least one.
    """
    written = {_words(form.text) for form in forms}

    def fullness(form: Form) -> tuple[bool, bool, int, int, int]:
        """Return the sort key: Arabic letters, no description, more words, more letters, more mentions; in this order."""
        # The letters of a spelled-out acronym do not count as words; a person's first name may be as short (جو).
        words = [word for word in form.words if len(word) > 2 or form.type == "PER"]
        letters = sum(map(len, words))
        return not form.text.isascii(), not _is_described(form.text, written), len(words), letters, len(form.mentions)

    name = _alone(max(forms, key=fullness).text)
    return name if any(form.is_told_apart for form in forms) else _without_nationality(name)


def _words(text: str) -> tuple[str, ...]:
    return tuple(map(fold, text.split()))


def _is_described(text: str, written: set[tuple[str, ...]]) -> bool:
    """Whether a form is another form of the entity plus a nationality or a place, or has its class noun in the dual."""
    words = _words(text)
    if text.split()[0] in _SINGULAR:
        return len(written) > 1
    is_complete = words[0] in _COMPLETE
    return any(
        words[:count] in written
        and (words[count] == _IN or (is_complete and all(word in ADJECTIVES for word in words[count:])))
        for count in range(max(1, len(words) - _LONGEST), len(words))
    )


def _without_nationality(text: str) -> str:
    """Return the name without a nationality that a newspaper adds after a name that is complete without it."""
    written = text.split()
    words = _words(text)
    end = len(words)
    if _COMPLETE.get(words[0]) == "bare":
        while end > 2 and words[end - 1] in ADJECTIVES and not words[end - 2].startswith(_ARTICLE):
            end -= 1
    return " ".join(written[:end]) if end < len(words) else text


def _alone(text: str) -> str:
    """Return the name with its class noun in the singular instead of the dual, or without the noun if it is not a part."""
    head, _, rest = text.partition(" ")
    singular = _SINGULAR.get(head)
    if singular is None or not rest:
        return text
    return rest if singular == _NO_PART else f"{singular} {rest}"
