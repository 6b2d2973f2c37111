"""An article's sheet: its numbered lines, and below them the items that a reader mends, one a line.

    # ID | OUTLET | SHA256 of the text
    1<TAB>first line
    ---
    PER 3 WORDS | canonical name
    direct 5 FIRST WORDS ~ LAST WORDS | cue | act | speaker | person f | before
    clause 5 FIRST WORDS ~ LAST WORDS | @4 cue | act | - | -
    none 7 WORDS

PER, ORG and LOC are names; direct and partial are quotations; clause, nominal and according_to are statements. none is a quoted
stretch that nobody says. A name that is its own canonical name needs no second field. `-` is nothing: no cue, no speaker, no
type. A trailing `?` is doubt. Places are explained in places.py. Lines that begin with `#` are passed over.
"""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final, get_args

from khabar.messages.record import Act
from training.annotating.places import Lines, Span, Unclear

NAMES: Final = ("PER", "ORG", "LOC")
QUOTATIONS: Final = ("direct", "partial")
STATEMENTS: Final = ("clause", "nominal", "according_to")
NO_SPEECH: Final = "none"
ACTS: Final = get_args(Act)
SPEAKERS: Final = ("person", "organisation", "document", "anonymous")
_NOTHING: Final = "-"
_END_OF_TEXT: Final = "---"
_BEFORE: Final = "before"
_LAYERS: Final = ("entities", "quotations", "no_speech", "statements")
_DOUBT: Final = re.compile(r"\s*(?:\|\s*)?\s\?\s*$")
_SEPARATOR: Final = re.compile(r"\s\|(?:\s|$)")

Row = dict[str, Any]
Item = tuple[str, Any]
Problem = tuple[int, str]
Placed = tuple[int, str, Any]  # the sheet's line, the layer, the item


def write(row: Row, text: str) -> str:
    """Return the sheet of an article.

    Args:
        row: as a line of other.jsonl. text: of the article.

    Raises:
        Unclear: an item cannot be told by words.
    """
    lines = Lines(text)
    out = [f"# {row['ref']} | {row['outlet']} | {row['sha256']}"]
    out += [f"{number}\t{line}" for number, line in enumerate(lines.lines, 1)]
    out.append(_END_OF_TEXT)
    for one in row["entities"]:
        surface = " ".join(text[one["start"] : one["end"]].split())
        name = "" if surface == one["name"] else f" | {one['name']}"
        out.append(f"{one['type']} {lines.tell(one['start'], one['end'])}{name}{_doubt(one)}")
    for layer in ("quotations", "statements"):
        out += ["", *(_said(one, lines) for one in row[layer])]
    out += ["", *(f"{NO_SPEECH} {lines.tell(start, end)}" for start, end in row["no_speech"])]
    return "\n".join(out) + "\n"


def read(sheet: str) -> tuple[Row, str, list[Problem]]:
    """Return the article's row, in the form of other.jsonl, its text, and what is wrong: number of the sheet's line, sentence.

    Items that cannot be read are left out of the row.
    """
    head, *rest = sheet.split("\n")
    parts = head.removeprefix("# ").split(" | ")
    if len(parts) != 3 or _END_OF_TEXT not in rest:
        return {}, "", [(1, "the sheet's first line or the line --- below the text is damaged")]
    end = rest.index(_END_OF_TEXT)
    text = "\n".join(line.partition("\t")[2] for line in rest[:end])
    row: Row = {"ref": parts[0], "outlet": parts[1], "sha256": parts[2], **{layer: [] for layer in _LAYERS}}
    if sha256(text.encode()).hexdigest() != row["sha256"]:
        return row, text, [(1, "the text above --- was changed; restore it")]
    lines = Lines(text)
    problems: list[Problem] = []
    places: list[Placed] = []
    for number, line in enumerate(rest[end + 1 :], end + 3):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            layer, item = _item(line.strip(), lines)
        except Unclear as error:
            problems.append((number, str(error)))
            continue
        row[layer].append(item)
        places.append((number, layer, item))
    problems += _against_each_other(row, text, places)
    for layer in _LAYERS:
        row[layer].sort(key=span)
    return row, text, sorted(problems)


def span(item: Any) -> Span:
    """Return an item's span."""
    return (item["start"], item["end"]) if isinstance(item, dict) else (item[0], item[1])


def _doubt(one: Row) -> str:
    return " | ?" if one.get("unsure") else ""


def _said(one: Row, lines: Lines) -> str:
    where = one["start"], one["end"]
    cue = lines.tell_near(one["cue_start"], one["cue_end"], where) if "cue_start" in one else _NOTHING
    who = " ".join(filter(None, (one["speaker_type"], one["speaker_gender"]))) or _NOTHING
    fields = [f"{one['kind']} {lines.tell(*where)}", cue, one["act"], one["speaker"] or _NOTHING, who]
    return " | ".join(fields + [_BEFORE] * one["pro_drop"]) + _doubt(one)


def _item(line: str, lines: Lines) -> Item:
    doubt = _DOUBT.search(line)
    fields = [field.strip() for field in _SEPARATOR.split(line[: doubt.start()] if doubt else line)]
    kind, _, place = fields[0].partition(" ")
    unsure = {"unsure": True} if doubt else {}
    for kinds, layer, least, most, make in _FORMS:
        if kind in kinds:
            if not least <= len(fields) <= most:
                raise Unclear(f"{kind} takes {least} to {most} fields between |, and there are {len(fields)}")
            item = make(kind, lines.find(place), fields[1:], lines)
            return layer, item if isinstance(item, list) else {**item, **unsure}
    raise Unclear(f"'{kind}' is no kind; there are {', '.join((*NAMES, *QUOTATIONS, *STATEMENTS, NO_SPEECH))}")


def _name(kind: str, where: Span, fields: list[str], lines: Lines) -> Row:
    name = fields[0] if fields else " ".join(lines.text[slice(*where)].split())
    if not name:
        raise Unclear("the canonical name is empty")
    return {"type": kind, "start": where[0], "end": where[1], "name": name}


def _speech(kind: str, where: Span, fields: list[str], lines: Lines) -> Row:
    cue, act, speaker, who, *before = fields
    if act not in ACTS:
        raise Unclear(f"'{act}' is no act; there are {', '.join(ACTS)}")
    if before not in ([], [_BEFORE]):
        raise Unclear(f"'{before[0]}' should be '{_BEFORE}', or not there")
    if not speaker or not cue:
        raise Unclear("an empty cue or speaker is written -")
    speaker_type, gender = _who(who, speaker)
    found = None if cue == _NOTHING else lines.find_near(cue, where)
    return {
        "start": where[0],
        "end": where[1],
        "kind": kind,
        "speaker": None if speaker == _NOTHING else speaker,
        "speaker_type": speaker_type,
        "speaker_gender": gender,
        "cue": lines.text[slice(*found)] if found else None,
        "act": act,
        "pro_drop": bool(before),
        **({"cue_start": found[0], "cue_end": found[1]} if found else {}),
    }


def _who(who: str, speaker: str) -> tuple[str | None, str | None]:
    if (who == _NOTHING) != (speaker == _NOTHING):
        raise Unclear("speaker and type are both -, or neither is")
    if who == _NOTHING:
        return None, None
    speaker_type, _, gender = who.partition(" ")
    if speaker_type not in SPEAKERS:
        raise Unclear(f"'{speaker_type}' is no type of speakers; there are {', '.join(SPEAKERS)}")
    if gender not in ("", "m", "f"):
        raise Unclear(f"'{gender}' is no gender; there are m and f, or nothing")
    if gender and speaker_type in ("organisation", "document"):
        raise Unclear(f"a speaker of type {speaker_type} has no gender")
    return speaker_type, gender or None


def _none(_: str, where: Span, __: list[str], ___: Lines) -> list[int]:
    return list(where)


_Make = Callable[[str, Span, list[str], Lines], Row | list[int]]
_FORMS: Final[tuple[tuple[tuple[str, ...], str, int, int, _Make], ...]] = (
    (NAMES, "entities", 1, 2, _name),
    (QUOTATIONS, "quotations", 5, 6, _speech),
    (STATEMENTS, "statements", 5, 6, _speech),
    ((NO_SPEECH,), "no_speech", 1, 1, _none),
)


def _against_each_other(row: Row, text: str, places: list[Placed]) -> Iterator[Problem]:
    for layers in (("entities",), ("quotations", "no_speech")):
        items = sorted((span(item), number) for number, layer, item in places if layer in layers)
        for (before, _), (after, number) in pairwise(items):
            if after[0] < before[1]:
                yield number, f"'{text[slice(*after)]}' overlaps another item: '{text[slice(*before)]}'"
    statements = sorted((span(item), number) for number, layer, item in places if layer == "statements")
    for (before, _), (after, number) in pairwise(statements):
        if after == before:
            yield number, "the same stretch is a statement twice"
    names, letters = {one["name"] for one in row["entities"]}, " ".join(_letters(text).split())
    for number, layer, item in places:
        words, speaker = text[slice(*span(item))], item.get("speaker") if isinstance(item, dict) else None
        if {words[0], words[-1]} & _NO_EDGE or (layer != "statements" and _has_outer_glyph(words)):
            yield number, f"'{words}' has a quotation glyph, a comma or a space at its edge"
        if layer == "entities":
            for word in _letters(item["name"]).split():
                if word.removeprefix("ال") not in letters:
                    yield number, f"'{word}' of the canonical name stands nowhere in the text"
        if speaker and speaker not in names and " ".join(_letters(speaker).split()).removeprefix("ال") not in letters:
            yield number, f"the speaker '{speaker}' is no name's canonical form and no words of the text"


def _has_outer_glyph(words: str) -> bool:
    """Whether a glyph at the edge does not belong to a pair inside: a statement, or a name, may end with a quoted word."""
    edges = [words[0] in _GLYPHS, words[-1] in _GLYPHS]
    return all(edges) or (any(edges) and sum(letter in _GLYPHS for letter in words) % 2 == 1)


_NO_EDGE: Final = frozenset("،, \n\t")
_GLYPHS: Final = frozenset('"“”«»')  # a statement may end with a quoted word
_MARKS: Final = re.compile(r"[\u0640\u064b-\u0652\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def _letters(text: str) -> str:
    """Return a text without what a canonical name leaves out."""
    return _MARKS.sub("", text.replace("_", " ").replace("#", ""))
