"""Chooses articles and writes a sheet of each, with khabar's own answers for a draft.

    python -m training.annotating.draft --texts FILE --known FILE [--known-folder FOLDER] --count N --seed S --out FOLDER...

Half of the articles are random ones; half are those of four times as many random ones in which most speakers are in doubt.
`--count` is of one folder; several share no article. 1 minute for 200 articles on one core.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from khabar.engines.base import Engine
from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.grammar.speech.glyphs import quoted
from khabar.library import open_pipeline
from khabar.messages.record import Quotation, Record, Statement
from training.annotating.choose import Article, Seen, doubts, in_random_order, known_ids, read_texts, text_of
from training.annotating.places import Unclear
from training.annotating.sheet import Row, read, write
from training.entities.data import parse

_POOL: Final = 4


class Drafter:
    """Drafts an article's row with the fast recognizer."""

    def __init__(self) -> None:
        self._engine: Engine = FarasaEmbedded()
        self._open = open_pipeline(layers=["sentences", "entities", "quotations", "statements"], recognizer="fast")

    def record(self, article: Article) -> Record:
        """Return khabar's record of an article."""
        return self._open({"id": article["id"], "title": article["title"] or None, "text": article["text"]})

    def row(self, article: Article, record: Record) -> Row:
        """Return the record in the form of other.jsonl."""
        text = text_of(article)
        names = [
            {"type": entity.type, "start": mention.start, "end": mention.end, "name": entity.name}
            for entity in record.entities or ()
            for mention in entity.mentions
            if mention.kind == "name"
        ]
        quotations = [_said(one) for one in record.quotations or ()]
        document = parse(article["id"], text, self._engine)
        stretches = [document.token_span(one.first, one.last) for one in quoted(document)]
        return {
            "ref": article["id"],
            "outlet": article["outlet"],
            "sha256": sha256(text.encode()).hexdigest(),
            "entities": sorted(names, key=lambda one: one["start"]),
            "quotations": quotations,
            "no_speech": [
                [start, end]
                for start, end in stretches
                if not any(one["start"] < end and start < one["end"] for one in quotations)
            ],
            "statements": [_said(one) for one in record.statements or ()],
        }

    def sheet(self, article: Article, record: Record) -> str | None:
        """Return the sheet; None if words cannot tell every item of this text."""
        row = self.row(article, record)
        try:
            sheet = write(row, record.text)
        except Unclear:
            return None
        return sheet if record.text == text_of(article) and read(sheet)[0] == row else None


def choose(articles: list[Article], known: set[str], count: int, seed: int) -> Iterator[tuple[Article, str]]:
    """Yield articles with their sheets, random ones and doubtful ones mixed."""
    drafter, seen = Drafter(), Seen()
    for one in articles:
        if one["id"] in known:
            seen.add(text_of(one))
    pool = []
    for one in in_random_order((one for one in articles if one["id"] not in known), seed):
        if seen.is_copy(text_of(one)):
            continue
        record = drafter.record(one)
        if not record.quotations and not record.statements:
            continue
        if sheet := drafter.sheet(one, record):
            seen.add(text_of(one))
            pool.append((doubts(record), one, sheet))
        if len(pool) == count // 2 + _POOL * (count - count // 2):
            break
    doubtful = sorted(pool[count // 2 :], key=lambda row: -row[0])[: count - count // 2]
    chosen = pool[: count // 2] + doubtful
    random.Random(seed).shuffle(chosen)  # noqa: S311 no secret
    yield from ((one, sheet) for _, one, sheet in chosen)


def main() -> None:
    """Write the sheets."""
    options = _parser().parse_args()
    known = known_ids(options.known, options.known_folder)
    chosen = list(choose(read_texts(options.texts), known, options.count * len(options.out), options.seed))
    for number, folder in enumerate(options.out):
        folder.mkdir(parents=True)
        for article, sheet in chosen[number :: len(options.out)]:
            (folder / f"{article['id']}.txt").write_bytes(sheet.encode())
    sys.stdout.write(f"{len(chosen)} sheets\n")


def _said(one: Quotation | Statement) -> Row:
    who, cue = one.speaker, one.cue
    return {
        "start": one.start,
        "end": one.end,
        "kind": one.kind,
        "speaker": who.name if who else None,
        "speaker_type": ("document" if who.type == "scripture" else who.type) if who else None,
        "speaker_gender": who.gender if who and who.type in ("person", "anonymous") else None,
        "cue": cue.text if cue else None,
        "act": one.act,
        "pro_drop": one.pro_drop,
        **({"cue_start": cue.start, "cue_end": cue.end} if cue else {}),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--texts", type=Path, required=True, help="gzipped JSON lines")
    parser.add_argument("--known", type=Path, required=True, help="annotations: JSON lines with `ref`")
    parser.add_argument("--known-folder", type=Path, help="folder of ID.gold.json")
    parser.add_argument("--count", type=int, required=True, help="of articles in each folder")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, nargs="+", required=True, help="new folders")
    return parser


if __name__ == "__main__":
    main()
