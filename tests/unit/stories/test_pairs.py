"""What a pair shares is found by a shortcut; it finds what a plain search finds."""

from itertools import pairwise

import numpy as np

from khabar.stories.columns import COLUMNS, WEIGHED, WIDTHS
from khabar.stories.digest import Digest
from khabar.stories.pairs import Probe, find
from khabar.stories.terms import LiveRarity, Rarity
from khabar.stories.window import Window

RANDOM = np.random.default_rng(7)
TERMS = RANDOM.integers(1, 2**20, 300, dtype=np.uint32)  # of few, so that columns and articles share some


def digest() -> Digest:
    """Return one of any terms, some of them like others in all but their high bits."""
    columns = []
    for name in COLUMNS:
        terms = RANDOM.choice(TERMS, RANDOM.integers(0, WIDTHS[name] + 1))
        terms[::4] ^= np.uint32(1 << 17)
        columns.append(np.unique(terms[terms != 0]))
    told = [
        RANDOM.random(len(codes), np.float32) + 1
        for name, codes in zip(COLUMNS, columns, strict=True)
        if name in WEIGHED
    ]
    return Digest(20_000.0, 0, 0, np.concatenate(columns), tuple(map(len, columns)), np.concatenate(told))


def test_the_shortcut_by_low_bits_finds_what_a_plain_search_finds() -> None:
    """Terms count in their own column only; those that share their low bits, and empty places, are no hits."""
    window = Window(LiveRarity(Rarity.load()))
    many = [digest() for _ in range(30)]
    rows = [window.add(each, day=20_000.0) for each in many]
    for _ in range(20):
        one = digest()
        hits = find(Probe(one), window.gather(rows))
        expected = [
            (row, number, code)
            for row, other in enumerate(many)
            for number, name in enumerate(COLUMNS)
            for code in other.column(name).tolist()
            if code in one.column(name).tolist()
        ]
        assert list(zip(hits.row.tolist(), hits.column.tolist(), hits.code.tolist(), strict=True)) == expected
        assert one.codes[hits.mine].tolist() == hits.code.tolist()
        assert expected


def test_a_row_of_the_window_gives_its_digest_back() -> None:
    """A row is used again: what stood there before must not show."""
    window = Window(LiveRarity(Rarity.load()))
    for one, other in pairwise(digest() for _ in range(20)):
        row = window.add(one, day=20_000.0)
        window.set_story([row], 1)
        window.drop([row])
        row = window.add(other, day=20_000.0)
        kept = window.digest(row)
        assert kept.codes.tolist() == other.codes.tolist()
        assert kept.lengths == other.lengths
        assert kept.weights.tolist() == other.weights.astype(np.float16).tolist()
        window.set_story([row], 1)
        window.drop([row])
