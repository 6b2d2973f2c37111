"""Outcome ids of archives, packed: sorted numbers of seven bytes, in strings by the ids' first 14 bits.

70 of an id's 128 bits are kept: of 100 million remembered ids, one equals that of another article with a chance of
10**8 / 2**70 = 8.5e-14. Seven bytes an id and about 100 a bucket: 8.6 bytes an id at a million, 7 at a hundred million.
"""

from typing import Final

from khabar.keys.names import Names

BUCKETS: Final = 1 << 14
ENTRY_BYTES: Final = 7
_FIRST: Final = 2  # the bytes of an id before those of its entry


def bucket_of(outcome_id: bytes) -> int:
    """Return the bucket of an id of 16 bytes."""
    return int.from_bytes(outcome_id[:_FIRST]) >> 2


def entry_of(outcome_id: bytes) -> bytes:
    """Return what is kept of an id of 16 bytes, besides its bucket."""
    return outcome_id[_FIRST : _FIRST + ENTRY_BYTES]


def known_key(names: Names, outcome_id: bytes) -> str:
    """Return the string that may hold an id of 16 bytes."""
    return names.known(bucket_of(outcome_id))
