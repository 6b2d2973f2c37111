"""Where it is remembered which outcomes are out: hashes by generation and bucket, small enough to stay compact."""

import time
import zlib

from contracts.names import Names

BUCKETS = 65_536  # up to 8 million outcomes a generation stay in the compact form (41-60 bytes each)
DEFAULT_GENERATION_S = 30 * 86_400  # longer than any replay of a ledger or a file


def done_keys(names: Names, outcome_id: str, *, generation_s: int) -> tuple[str, str]:
    """Return the hashes of this generation and of the one before that may hold an outcome.

    What is remembered in the one before still counts, so an outcome is known for one to two generations.
    """
    generation = int(time.time()) // generation_s
    bucket = zlib.crc32(outcome_id.encode()) % BUCKETS
    return names.done(generation, bucket), names.done(generation - 1, bucket)
