"""Search terms of records and of searches: words without careless spelling and without proclitics."""

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from khabar.grammar.folding import CARELESS_NAMES, fold_text

_MARKS: Final = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_WORD: Final = re.compile(r"[^\W_]+")
# Farasa's parts before and behind a stem that are words of their own.
PROCLITICS: Final = frozenset({"و", "ف", "ب", "ك", "ل", "س", "ال", "أ"})
ENCLITICS: Final = frozenset({"ه", "ها", "هم", "هما", "هن", "نا", "كم", "ي", "ني", "ك"})
_LEAST: Final = 3  # letters that are left of a word without its enclitic
_BETWEEN: Final = " qqq "  # no word of any text: a phrase never reaches from one name into the next
_QUERY: Final = re.compile(r'(-?)"([^"]*)"?|(\S+)')
MOST_QUERY_WORDS: Final = 32


class Terms(NamedTuple):
    """The columns of the index of one record, words with spaces between."""

    words: str
    forms: str
    people: str
    organisations: str
    places: str
    facets: str


def fold(text: str) -> str:
    """Return text without marks, and with one spelling for letters that careless writers mix up."""
    return fold_text(_MARKS.sub("", text), CARELESS_NAMES)


def terms_of(record: Mapping[str, Any]) -> Terms:
    """Return the terms by which a record is found."""
    text = record["text"]
    tokens = record.get("tokens") or {}
    forms: dict[str, None] = {}
    for segments in tokens.get("segments") or ():
        if "+" in segments:
            forms.update(dict.fromkeys(forms_of(segments)))
    names = {kind: _names(record, kind) for kind in ("PER", "ORG", "LOC")}
    return Terms(fold(text), " ".join(forms), names["PER"], names["ORG"], names["LOC"], " ".join(_facets(record)))


def forms_of(segments: str) -> Iterator[str]:
    """Yield the words inside a segmented word: without its first proclitic, its first two and so on; also without a pronoun.

    >>> list(forms_of("و+ال+مكتب+ات"))
    ['المكتبات', 'مكتبات']
    """
    parts = segments.split("+")
    first = 0
    while first < len(parts) - 1 and parts[first] in PROCLITICS:
        first += 1
        yield fold("".join(parts[first:]))
    if parts[-1] in ENCLITICS and len(bare := "".join(parts[first:-1])) >= _LEAST:
        yield fold(bare)


def _names(record: Mapping[str, Any], kind: str) -> str:
    found: list[str] = []
    for entity in record.get("entities") or ():
        if entity["type"] != kind:
            continue
        forms = [entity["name"], entity.get("key"), (entity.get("name_latin") or {}).get("text")]
        forms += [(entity.get("geo") or {}).get("name_en")]
        forms += [mention["text"] for mention in entity["mentions"] if mention.get("kind") == "name"]
        found += dict.fromkeys(fold(form) for form in forms if form)
    return _BETWEEN.join(found)


def _facets(record: Mapping[str, Any]) -> Iterator[str]:
    if outlet := record["article"].get("source"):
        yield outlet_facet(outlet)
    for topic in record.get("topics") or ():
        yield topic_facet(topic["code"])
    if record.get("genre"):
        yield f"genre{record['genre']}"


def topic_facet(code: str) -> str:
    """Return the word by which articles of a topic are found."""
    return "topic" + "".join(_WORD.findall(code))


def outlet_facet(outlet: str) -> str:
    """Return the word by which articles of an outlet are found."""
    return "outlet" + blake2b(outlet.encode(), digest_size=8).hexdigest()


def match_of(
    words: str = "",
    *,
    person: str = "",
    organisation: str = "",
    place: str = "",
    topic: str = "",
    outlet: str = "",
    genre: str = "",
) -> str:
    """Return the FTS5 expression of a search; empty where it asks for everything, '""' where nothing can be found.

    Args:
        words: all of them; "a phrase", -without, prefix*.
        person, organisation, place: a name or a part of it, Arabic or English.
        topic: an IPTC code. outlet: as the record has it. genre: its code.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for sign, phrase, word in _QUERY.findall(words)[:MOST_QUERY_WORDS]:
        negative = bool(sign) or word.startswith("-")
        made = _phrase(phrase) if phrase else _word(word.removeprefix("-"))
        if made:
            (unwanted if negative else wanted).append(made)
    for column, name in (("people", person), ("organisations", organisation), ("places", place)):
        if name.strip():
            wanted.append(f"{column}: {_quoted(name)}" if _WORD.search(fold(name)) else '""')
    facets = [topic_facet(topic)] if topic else []
    facets += [outlet_facet(outlet)] if outlet else []
    facets += [f"genre{''.join(_WORD.findall(genre))}"] if genre else []
    wanted += [f"facets: {_quoted(facet)}" for facet in facets]
    if not wanted:
        return '""' if words.strip() or unwanted else ""
    found = " AND ".join(wanted)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


_TEXT: Final = "{words forms people organisations places}"


def _phrase(phrase: str) -> str:
    return f"{{words people organisations places}}: {_quoted(phrase)}" if _WORD.search(fold(phrase)) else ""


def _word(word: str) -> str:
    ways = ways_of(word)
    star = "*" if word.endswith("*") else ""
    return f"{_TEXT}: ({' OR '.join(_quoted(way) + star for way in ways)})" if ways else ""


def ways_of(word: str) -> Sequence[str]:
    """Return how a searched word may be indexed: as it is, and without its article."""
    folded = " ".join(_WORD.findall(fold(word)))
    if not folded:
        return []
    return [folded, folded[2:]] if folded.startswith("ال") and len(folded) > 4 else [folded]


def words_in(query: str) -> frozenset[str]:
    """Return the single words that a search asks for, in all ways, to mark them in what is found."""
    found: set[str] = set()
    for sign, phrase, word in _QUERY.findall(query)[:MOST_QUERY_WORDS]:
        if not sign and not word.startswith("-"):
            for each in _WORD.findall(fold(phrase or word)):
                found.update(ways_of(each))
    return frozenset(found)


def _quoted(text: str) -> str:
    return '"' + fold(text).replace('"', " ") + '"'
