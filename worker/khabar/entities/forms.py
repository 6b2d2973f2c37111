"""The forms in which an article writes its names: mentions that are spelled alike share one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from khabar.entities.recognizer import EntityType, Name
from khabar.entities.spelling import fold, units
from khabar.lexicons import entries
from khabar.text.document import Document

_LAM_WORDS: Final = frozenset(fold(word) for word in entries("entities/lam_words"))


@dataclass(slots=True)
class Form:
    """One way in which the article writes a name.

    Attributes:
        type: person, organisation or place.
        text: the name in normalized spelling, without proclitics, '#' and '_'; as first written.
        words: folded words of `text`, particles joined.
        mentions: indexes of the names that are written so, ascending.
    """

    type: EntityType
    text: str
    words: tuple[str, ...]
    mentions: list[int] = field(default_factory=list)


def forms(document: Document, names: Sequence[Name]) -> list[Form]:
    """Return the forms of an article's names in the order of their first mention; O(names)."""
    found: dict[tuple[EntityType, str], Form] = {}
    by_text: dict[tuple[EntityType, str], Form] = {}
    for index, name in enumerate(names):
        text = _text(document, name)
        form = by_text.get((name.type, text))
        if form is None:
            words = units(text.split()) or (text,)
            form = found.setdefault((name.type, "".join(words)), Form(name.type, text, words))
            by_text[name.type, text] = form
        form.mentions.append(index)
    return list(found.values())


def _text(document: Document, name: Name) -> str:
    text = document.form(name.start, name.end)
    if "#" in text or "_" in text:
        text = text.replace("#", "").replace("_", " ")
    text = " ".join(text.split()) or document.raw[name.start : name.end]
    if text.startswith("ل") and name.start and document.raw[name.start - 1] == "ل":
        return _lost_article(document, name, text) + text
    return text


def _lost_article(document: Document, name: Name, text: str) -> str:
    """Return what the preposition took of the name's article: 'ا' of للنصر, 'ال' of للجنة, nothing of للندن."""
    first, _, rest = text.partition(" ")
    if fold(first) in _LAM_WORDS:
        # للجنة الأولمبية is the committee, للجنة الانضباط a committee of something.
        return "ال" if rest.startswith("ال") and rest.split()[0].endswith(("ية", "يه")) else ""
    token = document.tokens.at(name.start)
    segments = document.tokens.segments[token] if token >= 0 else ""
    return "ا" if "ل+ال+" in segments or "+" not in segments else ""
