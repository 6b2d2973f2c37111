"""Which Latin letters stand for which Arabic letter of a name; None where a pair is no transliteration."""

import re
import unicodedata
from functools import cache
from typing import Final

_SOUNDS: Final = {
    "ب": "b p", "ت": "t", "ث": "th t s", "ج": "j g dj dg", "ح": "h", "خ": "kh k x", "د": "d", "ذ": "dh th d z", "ر": "r",
    "ز": "z", "س": "s c", "ش": "sh ch", "ص": "s", "ض": "d dh", "ط": "t", "ظ": "z dh th d", "غ": "gh g", "ف": "f ph v",
    "ق": "q k g gh c", "ك": "k c q ck", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w v", "ي": "y", "ا": "", "ع": "", "ء": "",
}  # fmt: skip
_WEAK: Final = frozenset("اعءهوي")
_LONG: Final = frozenset("اوي")
_VOWELS: Final = re.compile("[aeiouy]*")
_MOST_VOWELS: Final = 3
_NEVER: Final = 99


def latin_letters(text: str) -> str:
    """Return the text without marks, apostrophes and what is no letter, hyphen or space."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("ø", "o").replace("ł", "l"))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub("[^A-Za-z -]", "", kept.replace("’", "").replace("ʿ", "")).split())


def align(arabic: str, latin: str) -> list[str] | None:
    """Return for each Arabic letter its Latin letters, lower case.

    Args:
        arabic: a folded word. latin: letters of a to z.
    """
    latin = latin.lower()

    @cache
    def best(at: int, done: int) -> tuple[int, tuple[str, ...]]:
        if at == len(arabic):
            return (0, ()) if done == len(latin) else (_NEVER, ())
        found: tuple[int, tuple[str, ...]] = (_NEVER, ())
        letter = arabic[at]
        before_long = at + 1 < len(arabic) and arabic[at + 1] in _LONG
        heads = [""] if letter in _WEAK else []
        for sound in _SOUNDS.get(letter, "").split():
            heads += [sound, sound + sound]
        for head in heads:
            if not latin.startswith(head, done):
                continue
            vowels = _VOWELS.match(latin, done + len(head))
            longest = min(len(vowels.group()) if vowels else 0, _MOST_VOWELS)
            for taken in range(longest + 1):
                rest, chunks = best(at + 1, done + len(head) + taken)
                cost = rest + (taken and before_long) + (letter in _LONG and not head and not taken)
                cost += letter == "ه" and not head and at + 1 < len(arabic)
                if cost < found[0]:
                    found = cost, (latin[done : done + len(head) + taken], *chunks)
        return found

    cost, chunks = best(0, 0)
    return list(chunks) if cost < _NEVER else None
