"""Labels of the fast recognizer: BIOES over three types, and which label may follow which."""

from typing import Final

from khabar.entities.recognizer import EntityType

TYPES: Final[tuple[EntityType, ...]] = ("PER", "ORG", "LOC")
OUTSIDE: Final = 0
# O, then for each type: a name of one word (S), its beginning (B), inside (I), end (E).
LABELS: Final = ("O", *(f"{part}-{kind}" for kind in TYPES for part in "SBIE"))


def may_follow(before: int, after: int) -> bool:
    """Whether label `after` may follow label `before`; both are indexes of LABELS."""
    first, second = LABELS[before], LABELS[after]
    inside = first[0] in "BI"
    return inside == (second[0] in "IE") and (not inside or first[2:] == second[2:])


def may_begin(label: int) -> bool:
    """Whether a sentence may begin with it."""
    return LABELS[label][0] in "OSB"


def may_end(label: int) -> bool:
    """Whether a sentence may end with it."""
    return LABELS[label][0] in "OSE"


def of_span(kind: EntityType, length: int) -> list[int]:
    """Return the labels of a name of `length` words."""
    single = 1 + 4 * TYPES.index(kind)
    return [single] if length == 1 else [single + 1, *[single + 2] * (length - 2), single + 3]


def spans(path: list[int]) -> list[tuple[EntityType, int, int]]:
    """Return (type, first word, last word) of each name in a sequence of labels that `may_follow` allows."""
    found = []
    first = 0
    for index, label in enumerate(path):
        if label == OUTSIDE:
            continue
        kind, part = divmod(label - 1, 4)
        if part < 2:
            first = index
        if part in (0, 3):
            found.append((TYPES[kind], first, index))
    return found
