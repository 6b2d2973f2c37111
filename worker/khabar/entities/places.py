"""Join the forms that name one place: with or without its class noun or its epithet."""

from collections.abc import Sequence
from typing import Final

from khabar.entities.countries import NAMES
from khabar.entities.forms import Form
from khabar.entities.groups import Groups
from khabar.entities.spelling import bare, fold, is_foreign, skeleton
from khabar.lexicons import entries

_SHORTEST_SKELETON: Final = 3
_CAPITAL: Final = fold("العاصمة")


def _classes() -> dict[str, str]:
    return dict(line.split("\t") for line in entries("entities/place_heads"))


# Class noun -> '+' if the name without it is the same place, '-' if not (مطار دبي is not دبي).
_HEADS: Final = {bare(noun): mark for noun, mark in _classes().items()}
_EPITHETS: Final = frozenset(map(fold, entries("entities/place_epithets")))


def link_places(groups: Groups, indexes: Sequence[int]) -> None:
    """Join the forms of each place; O(forms)."""
    keys: dict[str, int] = {}
    for index in indexes:
        for key in _keys(groups.forms[index]):
            host = keys.setdefault(key, index)
            if host != index:
                groups.join(host, index)


def _keys(form: Form) -> list[str]:
    """Return the keys of a form; forms that share a key are the same place."""
    words = form.words
    code = NAMES.get("".join(words))
    if code:
        return [code]
    mark = _HEADS.get(bare(words[0])) if len(words) > 1 else None
    end = len(words)
    while end > 1 + (mark is not None) and words[end - 1] in _EPITHETS:
        end -= 1
    if end < len(words) and words[end] == _CAPITAL and "".join(words[:end]) in NAMES:
        return ["".join(words)]  # الجزائر العاصمة is not الجزائر
    core = "".join(map(bare, words[:end]))
    keys = [core]
    if mark == "+" and "".join(words[1:end]) not in NAMES:
        keys.append("".join(map(bare, words[1:end])))
    consonants = "".join(map(skeleton, words[:end]))
    if len(consonants) >= _SHORTEST_SKELETON and all(map(is_foreign, words[:end])):
        keys.append("~" + consonants)
    return keys
