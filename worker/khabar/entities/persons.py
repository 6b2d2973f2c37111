"""Join the forms that name one person: a surname or a first name means the person whom the article names in full."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from khabar.entities.groups import Groups
from khabar.entities.spelling import bare, is_same, skeleton

_SON: Final = "بن"
# At most this many candidates are compared; it bounds the time for long lists of names.
_MOST_CANDIDATES: Final = 24

Words = tuple[str, ...]


def link_persons(groups: Groups, indexes: Sequence[int]) -> None:
    """Join the forms of each person, the longest forms first; O(forms)."""
    by_word: dict[str, list[int]] = defaultdict(list)
    forms = groups.forms
    for index in sorted(indexes, key=lambda index: (-len(_names(forms[index].words)), index)):
        words = forms[index].words
        keys = {skeleton(word) or bare(word) for word in words if word != _SON}
        shortest = min((by_word[key] for key in keys), key=len, default=[])
        best = 0
        hosts: list[int] = []
        for candidate in shortest[-_MOST_CANDIDATES:]:
            strength = 2 * _strength(words, forms[candidate].words)
            if strength and words[-1] in forms[candidate].words:
                strength += 1  # spelled alike
            if strength > best:
                best, hosts = strength, []
            if strength and strength == best:
                hosts.append(candidate)
        host = groups.nearest(index, hosts) if hosts else None
        if host is not None:
            groups.join(index, host)
        if host is None or len(_names(words)) > 1:
            for key in keys:
                by_word[key].append(index)


def _names(words: Words) -> Words:
    return tuple(word for word in words if word != _SON)


def _strength(short: Words, full: Words) -> int:
    """Return how well `short` fits the person named `full`; 0: not at all.

    4: the whole name in another spelling; 3: a shorter name with the first name; 2: only the surname; 1: only the first name.
    """
    ours, theirs = _names(short), _names(full)
    if not ours or len(ours) > len(theirs):
        return 0
    if len(ours) == len(theirs):
        return 4 if all(map(is_same, ours, theirs)) else 0
    if len(ours) > 1 and is_same(ours[0], theirs[0]):
        return 3 if _is_subsequence(ours, theirs) and _same_father(short, full) else 0
    if is_same(ours[-1], theirs[-1]):
        at = len(full) - len(short)
        if not all(map(is_same, short, full[at:])):
            return 0
        # سلمان بن عبد العزيز is the father of محمد بن سلمان بن عبد العزيز.
        return 0 if at > 0 and full[at - 1] == _SON and short[0] != _SON else 2
    if len(ours) == 1:
        if is_same(ours[0], theirs[0]):
            return 1
        middle = any(is_same(ours[0], word) and full[at] != _SON for at, word in enumerate(full[1:]))
        return 1 if middle and _SON not in full else 0
    return 0


def _is_subsequence(short: Words, full: Words) -> bool:
    rest = iter(full)
    return all(any(is_same(word, other) for other in rest) for word in short)


def _same_father(short: Words, full: Words) -> bool:
    """Whether both forms have the same father's name; true if one of them has none."""
    if len(short) > 2 and len(full) > 2 and short[1] == full[1] == _SON:
        return is_same(short[2], full[2])
    return True
