"""Where it is remembered which outcomes are out: hashes by generation and bucket, small enough to stay compact."""

import time
import zlib

from khabar.keys.names import Names

# A hash stays in the compact form up to 512 fields (hash-max-listpack-entries), so 33 million outcomes a generation do.
# docs/explanation/benchmarks.md has the bytes an outcome.
BUCKETS = 65_536


class Generation:
    """The present generation of remembered outcomes, by the broker's clock.

    Keys must be named before a script runs, so the client guesses by its own clock, which may be wrong by months. Every script
    that uses the keys compares the guess with the broker's clock first, and answers with the right one instead of doing anything.

    Args:
        length_s: seconds of one generation.
    """

    def __init__(self, length_s: int) -> None:
        self.length_s = length_s
        self.number = int(time.time()) // length_s

    def correct(self, number: int) -> None:
        """Take what the broker has answered."""
        self.number = number


def done_field(outcome_id: str) -> bytes:
    """Return the field under which an outcome is remembered: its id as 16 bytes instead of 32 digits."""
    return bytes.fromhex(outcome_id)


def done_keys(names: Names, outcome_id: str, *, generation: int) -> tuple[str, str, str]:
    """Return the hashes that may hold an outcome: of this generation, of the one before and of the one after.

    New outcomes are noted in this generation. Outcomes of the one before still count, so an outcome is remembered for one to
    two generations. The one after matters if the broker's clock was set back.
    """
    bucket = zlib.crc32(outcome_id.encode()) % BUCKETS
    return (
        names.done(generation, bucket),
        names.done(generation - 1, bucket),
        names.done(generation + 1, bucket),
    )
