"""Reads fingerprints (khabar.pipeline.fingerprint): the share of one text that is also in another."""

from base64 import urlsafe_b64decode
from binascii import Error
from typing import Final

import numpy as np
from numpy.typing import NDArray

FULL: Final = 96  # hashes; a sketch of fewer is the whole set
_ALL: Final = 0xFFFFFFFF


def decode(fingerprint: str | None) -> NDArray[np.uint32]:
    """Return a fingerprint's hashes, ascending; none for null and for what is no fingerprint."""
    if not fingerprint:
        return np.empty(0, np.uint32)
    try:
        data = urlsafe_b64decode(fingerprint + "=" * (-len(fingerprint) % 4))
    except (Error, ValueError):
        return np.empty(0, np.uint32)
    hashes = np.frombuffer(data[: len(data) // 4 * 4], ">u4").astype(np.uint32)
    if (hashes[1:] <= hashes[:-1]).any():  # of another maker
        hashes = np.unique(hashes)
    return hashes[:FULL]


def reach(hashes: NDArray[np.uint32]) -> int:
    """Return up to where the sketch has every hash of its text."""
    return int(hashes[-1]) if len(hashes) >= FULL else _ALL
