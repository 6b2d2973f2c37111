"""The forms in which an article writes its names; mentions with the same spelling share one form."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from khabar.entities.countries import ADJECTIVES
from khabar.entities.recognizer import EntityType, Name
from khabar.entities.spelling import fold, units
from khabar.lexicons import entries
from khabar.text.document import Document

_LAM_WORDS: Final = frozenset(fold(word) for word in entries("entities/lam_words"))


_MARKED: Final = {name: name for name in entries("entities/marked_names")}


@dataclass(slots=True)
class Form:
    """One way in which the article writes a name.

    Attributes:
        type: person, organisation or place.
        text: the name in normalized spelling, without proclitics, '#' and '_'; as first written.
        words: folded words of `text`, particles joined.
        mentions: indexes of the names with this spelling, ascending.
        is_told_apart: whether `text` includes the nationality after the name, because the article names another country's
            organisation in the same words.
    """

    type: EntityType
    text: str
    words: tuple[str, ...]
    mentions: list[int] = field(default_factory=list)
    is_told_apart: bool = False


def forms(document: Document, names: Sequence[Name]) -> list[Form]:
    """Return the forms of an article's names in the order of their first mention; O(names)."""
    found: dict[tuple[EntityType, str], Form] = {}
    by_text: dict[tuple[EntityType, str], Form] = {}
    texts = [_text(document, name) for name in names]
    apart = _told_apart(document, names, texts)
    for index, name in enumerate(names):
        text = apart.get(index, texts[index])
        form = by_text.get((name.type, text))
        if form is None:
            words = units(text.split()) or (text,)
            new = Form(name.type, text, words, is_told_apart=index in apart)
            form = found.setdefault((name.type, "".join(words)), new)
            by_text[name.type, text] = form
        form.mentions.append(index)
    return list(found.values())


def _told_apart(document: Document, names: Sequence[Name], texts: Sequence[str]) -> dict[int, str]:
    """Return index -> text with nationality for names that need it: وزارة الخارجية | الروسية and وزارة الخارجية | الأميركية.

    A mention without a nationality is taken to mean the organisation that was named last.
    """
    behind: dict[str, dict[int, tuple[str, str]]] = {}  # text -> name -> country, adjective
    for index, (name, text) in enumerate(zip(names, texts, strict=True)):
        if name.type == "ORG":
            behind.setdefault(text, {})[index] = _nationality(document, name)
    found: dict[int, str] = {}
    for text, nations in behind.items():
        if len({country for country, _ in nations.values() if country}) < 2:
            continue
        last = ""
        for index, (country, adjective) in nations.items():
            last = adjective if country else last
            if last:
                found[index] = f"{text} {last}"
    return found


def _nationality(document: Document, name: Name) -> tuple[str, str]:
    """Return the country and the adjective right after a name; two empty strings if no such adjective follows."""
    tokens = document.tokens
    token = tokens.at(name.end - 1) + 1
    if token < len(tokens) and document.raw[name.end : tokens.start[token]].isspace():
        country = ADJECTIVES.get(fold(tokens.form[token]))
        if country:
            return country, tokens.form[token]
    return "", ""


def _text(document: Document, name: Name) -> str:
    marked = _MARKED.get(document.raw[name.start : name.end].split()[-1]) if name.type == "LOC" else None
    text = document.form(name.start, name.end)
    if marked is not None:
        return " ".join([*text.split()[:-1], marked])
    if "#" in text or "_" in text:
        text = text.replace("#", "").replace("_", " ")
    text = " ".join(text.split()) or document.raw[name.start : name.end]
    if text.startswith("ل") and name.start and document.raw[name.start - 1] == "ل":
        return _lost_article(document, name, text) + text
    return text


def _lost_article(document: Document, name: Name, text: str) -> str:
    """Return the letters that the name's article lost after ل: 'ا' in للنصر, 'ال' in للجنة, none in للندن."""
    first, _, rest = text.partition(" ")
    if fold(first) in _LAM_WORDS:
        # للجنة الأولمبية is 'to the Olympic committee', with article; للجنة الانضباط 'to a committee of something', without.
        return "ال" if rest.startswith("ال") and rest.split()[0].endswith(("ية", "يه")) else ""
    token = document.tokens.at(name.start)
    segments = document.tokens.segments[token] if token >= 0 else ""
    return "ا" if "ل+ال+" in segments or "+" not in segments else ""
