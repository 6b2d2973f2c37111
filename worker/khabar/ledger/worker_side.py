"""The worker's side of the ledger: begin, renew, fail. How an article ends is in khabar/results."""

import random
import secrets
from collections.abc import Sequence

import orjson
from redis import Redis

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.counting import Measure, name
from khabar.keys.names import ARTICLE_FIELD, GROUP, TRACEPARENT_FIELD, Lane, Names
from khabar.ledger.entries import Begun, Failure
from khabar.tracing import read_traceparent

BATCH_BYTES = 1 << 20  # nine average batches; so that 32 of the largest articles are not held at once
LONGEST_PAUSE_MS = 60_000  # after a failure of the machine or the broker: work continues at most so long after its end
BEGUN_S = 3_600  # a begin is sent again within seconds of its cut reply, or never


class LedgerHolder:
    """The entries of the ledger that one worker process holds.

    Args:
        me: host, process id of the worker's parent and, in a child, its own: "host:parent:child". A parent can also give
            back its children's entries.
    """

    def __init__(self, client: "Redis", names: Names, *, me: str, retry_base_s: float) -> None:
        self._client = client
        self._names = names
        self._me = f"worker:{me}"
        self._retry_base_ms = int(retry_base_s * 1000)
        self._begin = load_script(client, __package__, "begin")
        self._renew = load_script(client, __package__, "renew")
        self._fail = load_script(client, __package__, "fail")

    def ping(self) -> None:
        """Open the connection."""
        self._client.ping()

    def begin(self, lane: Lane, ids: Sequence[str]) -> tuple[list[Begun], list[str]]:
        """Take queued entries and count the attempt; those that are settled or begun by another are left out.

        Returns:
            The begun entries, and the ids that must wait until these have ended; large articles make others wait.
        """
        token = secrets.token_hex(8)
        looked_at, *reply = self._begin(
            keys=[self._names.ledger(lane), self._names.begun(self._me)],
            args=[GROUP, self._me, ARTICLE_FIELD, token, BEGUN_S, BATCH_BYTES, TRACEPARENT_FIELD, *ids],
        )
        begun = [
            _begun(lane, text(entry), int(attempt), article, read_traceparent(parent))
            for entry, attempt, article, parent in zip(*(reply[at::4] for at in range(4)), strict=True)
        ]
        return begun, list(ids[int(looked_at) :])

    def renew(self, lane: Lane, ids: Sequence[str]) -> int:
        """Begin the lease of these entries again; returns how many are still held."""
        return int(self._renew(keys=[self._names.ledger(lane)], args=[GROUP, self._me, *ids]))

    def fail(self, lane: Lane, ids: Sequence[str], failure: Failure) -> int:
        """Put held entries whose attempt failed into the retry set, the pause doubled each time, up to twice with jitter."""
        return self._put_back(lane, ids, orjson.dumps(failure), name(Measure.FAILED, lane, failure.code))

    def give_back(self, lane: Lane, ids: Sequence[str]) -> int:
        """Put held entries into the retry set, no attempt counted: they are not at fault. The pause grows to a minute."""
        return self._put_back(lane, ids, b"", name(Measure.GIVEN_BACK, lane))

    def _put_back(self, lane: Lane, ids: Sequence[str], failure: bytes, counter: str) -> int:
        return int(
            self._fail(
                keys=[self._names.ledger(lane), self._names.retry, self._names.failures, self._names.counters],
                args=[
                    GROUP,
                    self._me,
                    lane,
                    self._retry_base_ms,
                    random.random(),  # noqa: S311  # jitter, no secret
                    failure,
                    LONGEST_PAUSE_MS,
                    counter,
                    *ids,
                ],
            )
        )


def _begun(lane: Lane, entry: str, attempt: int, article: bytes | list[bytes] | None, parent: str) -> Begun:
    if not isinstance(article, list):
        return Begun(lane, entry, attempt, article, traceparent=parent)
    return Begun(lane, entry, attempt, None, list(zip(article[::2], article[1::2], strict=True)))
