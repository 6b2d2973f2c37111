"""Farasa's tagged lines, read strictly: parts of speech and names, one token of Farasa's after the other."""

from typing import Final, NamedTuple

from khabar.farasa_jars.errors import UnreadableTags

BEGIN, END = "S/S", "E/E"
NAME_TAGS: Final = frozenset(f"{place}-{kind}" for place in "BI" for kind in ("PERS", "LOC", "ORG", "MISC")) | {"O"}


class Tagged(NamedTuple):
    """A token as Farasa cut it: its letters without '+', and its tag."""

    letters: str
    tag: str


def read_parts_of_speech(line: str) -> list[Tagged]:
    """Read a line of FarasaPOSJar: "S/S و+ ال+ كتاب/CONJ+DET+NOUN-MS E/E".

    The parts of a token stand apart; the last carries the tags of all, '+' between them. The slash that counts is the last.

    Raises:
        UnreadableTags: the frame is missing, or a token has not as many tags as parts.

    Source: farasapy 0.1.1, farasa/pos.py, which reads the same form.
    """
    pieces = line.split()
    if len(pieces) < 2 or pieces[0] != BEGIN or pieces[-1] != END:
        raise UnreadableTags(f"a tagged line of {len(pieces)} tokens does not stand between {BEGIN} and {END}")
    tokens: list[Tagged] = []
    parts: list[str] = []
    for piece in pieces[1:-1]:
        word, slash, tag = piece.rpartition("/")
        part = word if slash else piece
        parts.append(part.replace("+", "") or part)
        if not slash:
            continue
        if not tag or tag.count("+") + 1 != len(parts):
            raise UnreadableTags(f"{len(parts)} parts of a token have {tag.count('+') + 1 if tag else 0} tags")
        tokens.append(Tagged("".join(parts), tag))
        parts = []
    if parts:
        raise UnreadableTags(f"the last {len(parts)} parts have no tag")
    return tokens


def read_names(line: str) -> list[Tagged]:
    """Read a line of FarasaNERJar: "الأمم/B-ORG المتحدة/I-ORG في/O".

    Raises:
        UnreadableTags: a token has no tag, or its tag is unknown. Known are O, and B- or I- with PERS, LOC, ORG or MISC.
    """
    tokens: list[Tagged] = []
    for piece in line.split():
        word, slash, tag = piece.rpartition("/")
        if not slash or not word or tag not in NAME_TAGS:
            raise UnreadableTags(f"token {len(tokens)} of a line of names has no tag that is known")
        tokens.append(Tagged(word.replace("+", "") or word, tag))
    return tokens
