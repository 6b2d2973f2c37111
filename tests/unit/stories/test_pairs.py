"""What a pair shares is found by a shortcut; it finds what a plain search finds."""

import numpy as np

from khabar.stories.pairs import _LOW_BITS, _hits


def test_the_shortcut_by_low_bits_finds_what_a_plain_search_finds() -> None:
    """Codes that share their low bits with one of the article's, and differ above them, are no hits; nor is 0, an empty place."""
    random = np.random.default_rng(7)
    for _ in range(200):
        one = np.unique(random.integers(1, 2**20, 40, dtype=np.uint32))
        many = random.integers(0, 2**20, (30, 25), dtype=np.uint32)
        many[random.random(many.shape) < 0.2] = 0
        many[:, :5] = random.choice(one, (30, 5))
        many[:, 5:8] = random.choice(one, (30, 3)) ^ np.uint32(1 << 17)
        may_be_shared = np.zeros(_LOW_BITS + 1, np.bool_)
        may_be_shared[one & _LOW_BITS] = True
        at, place = _hits(one, many, may_be_shared)
        expected = [
            (index, int(np.flatnonzero(one == code)[0]))
            for index, code in enumerate(many.ravel().tolist())
            if code and code in set(one.tolist())
        ]
        assert list(zip(at.tolist(), place.tolist(), strict=True)) == expected
        assert expected
