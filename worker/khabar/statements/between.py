"""What stands between a cue and a place: counts of items, all in one number, so that a step is an addition.

Each count has eight bits: no place is 256 items from its cue.
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
    """The counts, each as far as it matters.

    Attributes:
        clauses, phrases: how many of them lie between, as names of features.
        prepositions, words: at most 2, at most 3. has_name: whether a name is among them.
    """

    clauses: str
    phrases: str
    prepositions: int
    words: int
    has_name: bool


def step(kind: str, proclitic: str) -> int:
    """Return what an item of a line adds; a name adds NAME where it ends."""
    found = _STEPS.get(kind, 0)
    return found + _PREPOSITION if kind != "prep" and ("ب" in proclitic or "ل" in proclitic) else found


@lru_cache(maxsize=8192)
def between(counts: int) -> Between:
    """Read the sum of steps."""
    names, words, prepositions, thats, commas, verbs, participles, quoted = counts.to_bytes(8, "little")
    return Between(
        f"{min(thats, 2)}{min(commas, 2)}{min(verbs, 2)}{min(participles, 1)}{min(quoted, 1)}",
        f"m{min(names, 2)}w{min(words, 4)}p{min(prepositions, 2)}",
        min(prepositions, 2),
        min(words, 3),
        names > 0,
    )
