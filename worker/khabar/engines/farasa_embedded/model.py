"""The converted model: a trie of words and three columns of numbers, memory-mapped, so that all processes share them.

Layout of a model directory:

    words.trie    marisa-trie of every word of Farasa's lexicons; a word's number is its row in the columns
    scores.f64    the stem's part of the score
    counts.f64    log10 of the word's share of a corpus; -10 where it was not seen
    flags.u8      bit 0: in the lexicon AraLexCom; bit 1: the same, or with ى for a final ي
    shapes.u16    number of the word's finished segmentation in `shapes`; 0 where it is to be computed
    model.json    everything small, and the CRC-32 of each file above
"""

from __future__ import annotations

import json
import mmap
import zlib
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import marisa_trie  # type: ignore[import-not-found,import-untyped,unused-ignore]

from khabar.engines.farasa_embedded.templates import TemplateFitter

TRIE, SCORES, COUNTS, FLAGS, SHAPES, HEADER = (
    "words.trie",
    "scores.f64",
    "counts.f64",
    "flags.u8",
    "shapes.u16",
    "model.json",
)
COLUMNS = (SCORES, COUNTS, FLAGS, SHAPES)

IS_LEXEME = 1
IS_LEXEME_OR_MAQSURA = 2

# (text before, letters of the word it stands for, text after, letters it stands for): ("ل+ال+", 3, "+ات", 2)
Shape = tuple[str, int, str, int]


@dataclass(frozen=True)
class Tables:
    """Everything small, as model.json has it. Scores are natural, the higher the better."""

    version: str  # of PyFarasa
    prefixes: list[str]
    suffixes: list[str]
    affix_scores: list[list[float]]
    prefix_pieces: list[str]  # what may stand as one prefix
    suffix_pieces: list[str]
    weights: list[float]
    unknown_scores: list[float]  # by length: stem in no lexicon, without its template
    template_scores: dict[str, float]
    empty_score: float  # the empty stem
    empty_count: float
    best_stem_scores: list[float]  # by length: no stem scores higher
    shapes: list[Shape]
    roots: list[tuple[str, float]]
    patterns: list[tuple[str, float]]


class InvalidModelError(Exception):
    """A model directory is missing, cut short or damaged; it is converted again."""


class Model:
    """An open model. Rows of the columns are the trie's numbers."""

    def __init__(
        self,
        tables: Tables,
        words: marisa_trie.Trie,
        scores: memoryview[float],
        counts: memoryview[float],
        flags: memoryview[int],
        shapes: memoryview[int],
    ) -> None:
        self.tables = tables
        self.words = words
        self.scores = scores
        self.counts = counts
        self.flags = flags
        self.shapes = shapes

    @cached_property
    def fitter(self) -> TemplateFitter:
        """Fits templates to stems that are in no lexicon. Building it takes a quarter of the time to open a model."""
        return TemplateFitter(self.tables.roots, self.tables.patterns)


def write_header(folder: Path, tables: Tables) -> None:
    """Write model.json, the last file of a conversion, with the checksum of every other."""
    checksums = {name: zlib.crc32((folder / name).read_bytes()) for name in (TRIE, *COLUMNS)}
    text = json.dumps({"checksums": checksums, "tables": asdict(tables)}, ensure_ascii=False)
    (folder / HEADER).write_text(json.dumps(zlib.crc32(text.encode())) + "\n" + text, encoding="utf-8")


def open_model(folder: Path) -> Model:
    """Map a model directory and check every byte of it (15 ms for 19 MB).

    Raises:
        InvalidModelError: missing, cut short or damaged.
    """
    try:
        checksum, _, text = (folder / HEADER).read_bytes().partition(b"\n")
        if int(checksum) != zlib.crc32(text):
            raise InvalidModelError(f"{folder / HEADER} is damaged")
        header = json.loads(text)
        views = {}
        for name in (TRIE, *COLUMNS):
            with (folder / name).open("rb") as file:
                view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            if zlib.crc32(view) != header["checksums"][name]:
                raise InvalidModelError(f"{folder / name} is damaged")
            views[name] = view
        words = marisa_trie.Trie()
        words.mmap(str(folder / TRIE))
        shapes = [tuple(shape) for shape in header["tables"].pop("shapes")]
        tables = Tables(shapes=shapes, **header["tables"])
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise InvalidModelError(f"{folder}: {error}") from error
    return Model(
        tables,
        words,
        views[SCORES].cast("d"),
        views[COUNTS].cast("d"),
        views[FLAGS].cast("B"),
        views[SHAPES].cast("H"),
    )
