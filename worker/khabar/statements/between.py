"""Counts of the items between a cue and a place in its line. All counts are packed in one number, so a step is one addition.

Each count has eight bits, which is enough because a place is always fewer than 256 items from its cue.
"""

from functools import lru_cache
from typing import Final, NamedTuple

NAME: Final = 1
_WORD, _PREPOSITION, _THAT, _COMMA, _VERB, _PARTICIPLE, _QUOTED = (NAME << 8 * place for place in range(1, 8))
_STEPS: Final = {
    "that": _THAT, "comma": _COMMA, "dash": _COMMA, "colon": _COMMA, "verb": _VERB, "participle": _PARTICIPLE,
    "quoted": _QUOTED, "prep": _PREPOSITION, "the": _WORD, "any": _WORD, "maybe": _WORD, "noun": _WORD,
}  # fmt: skip


class Between(NamedTuple):
    """The counts, each cut at the greatest number that the features tell apart.

    Attributes:
        clauses, phrases: several counts each, as the name of a feature.
        prepositions: at most 2.
        words: at most 3.
        has_name: whether a name is among the items.
    """

    clauses: str
    phrases: str
    prepositions: int
    words: int
    has_name: bool


def step(kind: str, proclitic: str) -> int:
    """Return the number to add for an item of a line; for a name, the caller adds NAME at its end."""
    found = _STEPS.get(kind, 0)
    return found + _PREPOSITION if kind != "prep" and ("ب" in proclitic or "ل" in proclitic) else found


@lru_cache(maxsize=8192)
def between(counts: int) -> Between:
    """Unpack a sum of steps."""
    names, words, prepositions, thats, commas, verbs, participles, quoted = counts.to_bytes(8, "little")
    return Between(
        f"{min(thats, 2)}{min(commas, 2)}{min(verbs, 2)}{min(participles, 1)}{min(quoted, 1)}",
        f"m{min(names, 2)}w{min(words, 4)}p{min(prepositions, 2)}",
        min(prepositions, 2),
        min(words, 3),
        names > 0,
    )
