"""The fingerprint: which phrases the story is made of, as a sketch that tells shared text from texts of their own.

The least hashes of a set are a sample of it that two texts choose alike: where both have a phrase and one has sampled it, the
other has too, as far down as both samples reach. Both resemblance and containment are read off two such samples
(khabar.stories.sketch); minima of 64 permutations would say nothing of a cut text's share in a long one.

Source: Broder, "On the resemblance and containment of documents", SEQUENCES 1997.
"""

from base64 import urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from khabar.grammar.folding import fold_text
from khabar.grammar.page.boilerplate import boilerplate
from khabar.text.document import Document

MOST_HASHES: Final = 96  # 384 bytes; docs/how-to/stories.md has other numbers side by side
_FEWEST_WORDS: Final = 8  # fewer are a caption, or what is left of a page


def fingerprint(document: Document) -> str | None:
    """Return the sketch of the story's words; None where there are too few to tell texts by.

    Args:
        document: segmented.

    Returns:
        The least 96 distinct hashes of three consecutive words each, ascending, as big-endian numbers of 32 bits in base64url
        without padding: at most 512 characters.
    """
    words = story_words(document)
    if len(words) < _FEWEST_WORDS:
        return None
    return encode(sketch(words))


def sketch(words: Sequence[str]) -> NDArray[np.uint32]:
    """Return the least hashes of three consecutive words, ascending: 5 a + 3 b + c of their CRC-32, modulo 2 ** 32."""
    sums = np.array(list(map(crc32, " ".join(words).encode(errors="replace").split(b" "))), np.uint32)
    hashes = np.sort(5 * sums[:-2] + 3 * sums[1:-1] + sums[2:])
    first = np.ones(len(hashes), np.bool_)
    first[1:] = hashes[1:] != hashes[:-1]
    return hashes[first][:MOST_HASHES]  # np.unique takes five times as long


def encode(hashes: NDArray[np.uint32]) -> str:
    """Return a sketch as a record holds it."""
    return urlsafe_b64encode(hashes.astype(">u4").tobytes()).decode().rstrip("=")


def story_words(document: Document) -> list[str]:
    """Return the story's words and numbers, folded: without title, dateline, credits, page furniture and marks."""
    tokens = document.tokens
    first = tokens.at(document.body_start - 1) + 1
    words = _words(" ".join([" ".join(tokens.form[part.start : part.stop]) for part in _outside(document, first)]))
    title = _words(" ".join(tokens.form[:first]))
    while title and words[: len(title)] == title:  # repeated as the first line
        words = words[len(title) :]
    return words


def _words(text: str) -> list[str]:
    return [
        word for word in fold_text(text).split() if word.isalnum() or word[0].isalnum()
    ]  # most are in the first test


def _outside(document: Document, first: int) -> Iterator[range]:
    """Yield the tokens from `first` that are in no stretch of the page and not the dateline's place."""
    page, start = boilerplate(document), document.tokens.start
    stretches = [(bisect_left(start, each.start), bisect_left(start, each.end)) for each in page.stretches]
    if page.opening.place:
        stretches = sorted([*stretches, page.opening.place])
    for begin, end in (*stretches, (len(start), len(start))):
        if first < begin:
            yield range(first, begin)
        first = max(first, end)
