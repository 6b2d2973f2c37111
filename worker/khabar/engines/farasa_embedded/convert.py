"""Converts PyFarasa's pickles into a model directory (model.py): once per installation, in a process of its own.

Run as `python -m khabar.engines.farasa_embedded.convert FARASA_FOLDER VERSION TARGET_FOLDER`, because the pickles need
250 MB as Python dicts and a worker child is to stay small.
"""

import sys
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import marisa_trie  # type: ignore[import-not-found,import-untyped,unused-ignore]

from khabar.engines.farasa_embedded.features import NO_COUNT, StemScorer, score_affixes
from khabar.engines.farasa_embedded.letters import MAX_LETTERS, is_arabic
from khabar.engines.farasa_embedded.model import (
    COUNTS,
    FLAGS,
    IS_LEXEME,
    IS_LEXEME_OR_MAQSURA,
    SCORES,
    SHAPES,
    TRIE,
    Model,
    Shape,
    Tables,
    write_header,
)
from khabar.engines.farasa_embedded.source import LEXICONS, ModelSource
from khabar.engines.farasa_embedded.splits import Splitter

# Words at least this common in Farasa's corpus get their segmentation at conversion, the rest when they are met:
# log10 of a share. -8: 290,000 words, 1.7 s of the 9 s conversion, and 1.5 instead of 1.1 million tokens/s from a
# cold start.
PRECOMPUTED_COUNT = -8.0

NOT_COMPUTED: Shape = ("", 0, "", 0)  # fills place 0, which stands for "to be computed"


def convert(source: ModelSource, folder: Path) -> None:
    """Write a complete model directory into an existing, empty folder.

    Raises:
        FarasaModelError: PyFarasa's files are damaged or not version 0.0.1's.
        OSError: the folder cannot be written.
    """
    weights = source.weights()
    lexicons = {name: source.pickle(name) for name in LEXICONS}
    stored = source.pickle("hmSeenBefore")
    allowed = source.pickle("hmPreviouslySeenTokenizations")
    scorer = StemScorer(source, weights, lexicons)

    keys = {word for lexicon in lexicons.values() for word in lexicon if _is_usable(word)}
    # A stem in ي counts as known where the same word in ى is; with this no unknown stem has such a twin.
    keys |= {word[:-1] + "ي" for word in keys if word.endswith("ى")}
    keys |= {word for table in (stored, allowed) for word in table if _is_usable(word)}
    words = marisa_trie.Trie(keys)
    ordered = [""] * len(words)
    for word, row in words.items():
        ordered[row] = word

    scores = array("d", map(scorer.score, ordered))
    counts = array("d", (scorer.counts.get(word, NO_COUNT) for word in ordered))
    flags = array(
        "B",
        (
            IS_LEXEME * (word in scorer.lexemes) + IS_LEXEME_OR_MAQSURA * scorer.is_lexeme(word)  #
            for word in ordered
        ),
    )
    affixes = score_affixes(source, weights)
    tables = Tables(
        version=source.version,
        prefixes=affixes.prefixes,
        suffixes=affixes.suffixes,
        affix_scores=affixes.scores,
        prefix_pieces=sorted(source.pickle("hPrefixes")),
        suffix_pieces=sorted(source.pickle("hSuffixes")),
        weights=weights,
        unknown_scores=scorer.unknown_scores,
        template_scores=scorer.template_scores,
        empty_score=scorer.score(""),
        empty_count=scorer.counts.get("", NO_COUNT),
        best_stem_scores=_best_by_length(scorer, ordered, scores),
        shapes=[],
        roots=source.pairs("roots.txt"),
        patterns=source.pairs("template-count.txt"),
    )
    model = Model(tables, words, memoryview(scores), memoryview(counts), memoryview(flags), memoryview(array("H")))
    shapes, shape_numbers = _finished(Splitter(model), ordered, counts, stored, allowed)

    words.save(str(folder / TRIE))
    for name, column in ((SCORES, scores), (COUNTS, counts), (FLAGS, flags), (SHAPES, shape_numbers)):
        with (folder / name).open("wb") as file:
            column.tofile(file)
    write_header(folder, replace(tables, shapes=shapes))


def _is_usable(word: str) -> bool:
    return 0 < len(word) <= MAX_LETTERS and is_arabic(word) is not None


def _best_by_length(scorer: StemScorer, words: Iterable[str], scores: Iterable[float]) -> list[float]:
    best_template = max(scorer.template_scores.values())
    best = [score + best_template for score in scorer.unknown_scores]
    best[0] = max(best[0], scorer.score(""))
    for word, score in zip(words, scores, strict=True):
        if score > best[len(word)]:
            best[len(word)] = score
    return best


def _finished(
    splitter: Splitter,
    words: Iterable[str],
    counts: Iterable[float],
    stored: Mapping[str, Any],
    allowed: Mapping[str, list[str]],
) -> tuple[list[Shape], "array[int]"]:
    """Segment the vocabulary.

    A word seen in training has its stored segmentation; of those with several the best of them; other words that are
    common enough are computed.

    Returns:
        The distinct shapes, the first a place-holder, and each word's shape number.
    """
    numbers: dict[Shape, int] = {}
    column = array("H")
    for word, count in zip(words, counts, strict=True):
        if word in stored:
            segmentation = stored[word].replace(";", "")
        elif word in allowed:
            segmentation = splitter.best_of(allowed[word])
        elif count >= PRECOMPUTED_COUNT and not word.startswith("لل"):
            segmentation = splitter.split(word)
        else:
            column.append(0)
            continue
        shape = _shape(word, segmentation)
        column.append(0 if shape is None else numbers.setdefault(shape, len(numbers) + 1))
    return [NOT_COMPUTED, *numbers], column


def _shape(word: str, segmentation: str) -> Shape | None:
    """Describe a segmentation by what surrounds its longest part; None where that does not give it back."""
    stem = max(segmentation.split("+"), key=len)
    before, _, after = segmentation.partition(stem)
    start, end = len(before.replace("+", "")), len(after.replace("+", ""))
    if segmentation.replace("+", "") != word:
        start -= 1  # the ا of ل+ال for لل
    shape = (before, start, after, end)
    return shape if start >= 0 and before + word[start : len(word) - end] + after == segmentation else None


if __name__ == "__main__":
    convert(ModelSource(Path(sys.argv[1]), sys.argv[2]), Path(sys.argv[3]))
