"""The article's text with its marks: title and paragraphs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from khabar.page.html import Html, ar, el, en, join
from khabar.page.marks import BADGED, Mark, Piece, marks_of, pieces


def marked_text(record: Mapping[str, Any], left_out: Sequence[tuple[int, int, str]] = ()) -> tuple[Html | None, Html]:
    """Return two pieces of markup: the title, or None for a record without a title, and the paragraphs."""
    text: str = record["text"]
    blocks = _blocks(record)
    marks = marks_of(record, left_out)
    badges = _badges(marks, text)
    cuts = sorted({0, len(text), *badges, *(edge for block in blocks for edge in block)})
    written: list[list[Html]] = [[] for _ in blocks]
    number = 0
    for piece in pieces(marks, cuts):
        while number < len(blocks) and blocks[number][1] <= piece.start:
            number += 1
        if number < len(blocks) and blocks[number][0] <= piece.start:
            written[number] += [_badge(mark) for mark in badges.get(piece.start, ())]
            written[number].append(_piece(piece, text))
    title = record["article"].get("title") or ""
    head = len(title) if title and text.startswith(title) else 0
    above = [part for block, part in zip(blocks, written, strict=True) if block[1] <= head]
    below = [part for block, part in zip(blocks, written, strict=True) if block[1] > head]
    return (ar(above) if above else None), el("div", [el("p", part) for part in below])


def _blocks(record: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return title and paragraphs; lines where the record has no paragraphs."""
    text: str = record["text"]
    spans = sorted((span["start"], span["end"]) for span in record.get("paragraphs") or ())
    blocks: list[tuple[int, int]] = []
    at = 0
    for start, end in [*spans, (len(text), len(text))]:
        if text[at:start].strip():  # words that no paragraph has
            blocks += _lines(text, at, start)
        if max(at, start) < min(end, len(text)):
            blocks.append((max(at, start), min(end, len(text))))
        at = max(at, end)
    return blocks


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for line in text[start:end].splitlines(keepends=True):
        if line.strip():
            yield start, start + len(line)
        start += len(line)


def _badges(marks: Sequence[Mark], text: str) -> dict[int, list[Mark]]:
    """Return where the number of a quotation or statement stands: before its first word, for inside it would part letters."""
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        if mark.look in BADGED:
            at = mark.start
            while at and mark.start - at < 8 and not text[at - 1].isspace():
                at -= 1
            found.setdefault(at, []).append(mark)
    return found


def _badge(mark: Mark) -> Html:
    letter, name = ("Q", "quotation") if mark.look == "quote" else ("S", "statement")
    number = f"{letter}{int(mark.row[1:]) + 1}"
    label = f"{number}: {name}"
    return en(
        number,
        name="a",
        class_=f"badge {mark.look}-badge",
        href=f"#{mark.row}",
        data_rows=mark.row,
        id=f"t-{mark.row}",
        aria_label=label,
    )


def _piece(piece: Piece, text: str) -> Html:
    words = text[piece.start : piece.end]
    if not piece.marks:
        return join(words)
    inline = next((mark for mark in piece.marks if mark.look not in BADGED and mark.row), None)
    looks = {mark.look for mark in piece.marks if mark is inline or mark.look in BADGED or not mark.row}
    rows = " ".join(dict.fromkeys(mark.row for mark in piece.marks if mark.row))
    classes = " ".join(["m", *sorted(looks)])
    if inline is None or inline not in piece.opening:
        return el("span", words, class_=classes, data_rows=rows or None)
    anchor = f"t-{inline.row}" if inline.is_first else None
    return el("a", words, class_=classes, href=f"#{inline.row}", data_rows=rows, id=anchor)
