"""Every queue, stream and key in the broker, with its type, what it holds and how long it lives.

All start with a prefix (`khabar:` unless a deployment says otherwise), so that several services can share one database.
"""

from dataclasses import dataclass
from enum import StrEnum

DEFAULT_PREFIX = "khabar:"
DEFAULT_PORT = 6390  # where `khabar up` puts its embedded broker
DEFAULT_REDIS_URL = f"redis://127.0.0.1:{DEFAULT_PORT}/0"

GROUP = "workers"  # the consumer group that reads the ledger
STORIES_GROUP = "stories"  # the consumer group by which the stories service reads the records
TASK = "khabar.extract"  # the one Celery task; its messages carry ids of ledger entries, never articles
ARTICLE_FIELD = "article"  # in a ledger entry: the article as JSON, UTF-8
TRACEPARENT_FIELD = (
    "traceparent"  # in a ledger entry: W3C trace context of whoever pushed it; absent where nobody traces
)
EVENT_FIELD = "event"  # in a records or dead entry: the CloudEvent as JSON, UTF-8


class Lane(StrEnum):
    """The two ledgers: what is new goes before what is old."""

    LIVE = "live"
    BACKFILL = "backfill"


@dataclass(frozen=True)
class Names:
    """The keys under one prefix."""

    prefix: str = DEFAULT_PREFIX

    def ledger(self, lane: Lane) -> str:
        """Stream, one entry an article {article: JSON}; it leaves when its record or rejection is out."""
        return self.prefix + ("articles" if lane is Lane.LIVE else "backfill")

    @property
    def queue(self) -> str:
        """List, the Celery queue; a few batches long at most."""
        return self.prefix + "batches"

    @property
    def records(self) -> str:
        """Stream, one entry a record {event: CloudEvent}; trimmed only behind what every consumer group has acknowledged."""
        return self.prefix + "records"

    @property
    def dead(self) -> str:
        """Stream, one entry a rejection {event: CloudEvent}; kept until requeued, dropped by hand, or one too many."""
        return self.prefix + "dead"

    @property
    def stories(self) -> str:
        """Stream, one entry a revision of a story {event: CloudEvent}; trimmed behind its groups, or by number."""
        return self.prefix + "stories"

    @property
    def story_articles(self) -> str:
        """Hash, serial number -> an article in the stories' window, packed (khabar/stories/packing.py); gone with the window."""
        return self.prefix + "stories:articles"

    @property
    def open_stories(self) -> str:
        """Hash, number of a story -> its revision and articles (khabar/stories/packing.py); gone with its last article."""
        return self.prefix + "stories:open"

    @property
    def story_state(self) -> str:
        """Hash, the stories service's state {commit: number, by: token of its process, head: JSON}."""
        return self.prefix + "stories:state"

    @property
    def story_holder(self) -> str:
        """String, token of the one process that makes stories; expires when it shows no life."""
        return self.prefix + "stories:holder"

    @property
    def retry(self) -> str:
        """Sorted set, "lane entry-id" by the time (ms) at which it is due again; empty when nothing fails."""
        return self.prefix + "retry"

    @property
    def failures(self) -> str:
        """Hash, "lane entry-id" -> what the last attempt died of (JSON); removed when the entry is settled."""
        return self.prefix + "failures"

    def begun(self, worker: str) -> str:
        """String, the token of the latest batch that a worker process began; expires after an hour."""
        return f"{self.prefix}begun:{worker}"

    def suspect(self, lane: Lane) -> str:
        """String, the one ledger entry on its way that was lost with its worker twice; expires after an hour."""
        return f"{self.prefix}suspect:{lane}"

    def done(self, generation: int, bucket: int) -> str:
        """Hash, outcome id (16 bytes) -> ms since 1970 when it went out; expires after two generations (khabar/keys/done.py)."""
        return f"{self.prefix}done:{generation}:{bucket:x}"

    def known(self, bucket: int) -> str:
        """String, sorted outcome ids of archives (khabar/keys/known.py); until `khabar remember --forget`."""
        return f"{self.prefix}known:{bucket:x}"

    @property
    def counters(self) -> str:
        """Hash, outcome name -> how often since the broker's data began; process_cpu_s -> seconds spent on articles."""
        return self.prefix + "counters"

    @property
    def alive(self) -> str:
        """Hash, "role:host:pid" -> its last signs of life (JSON: khabar/liveness/beat.lua); gone with it, or an hour later."""
        return self.prefix + "alive"

    @property
    def groups(self) -> str:
        """Hash, consumer group of the records -> its policy and history (khabar/keys/groups.py); until `khabar groups forget`."""
        return self.prefix + "groups"

    def sent(self, batch: str) -> str:
        """String, the token of a batch that a producer pushed -> its size; expires after ten minutes."""
        return f"{self.prefix}sent:{batch}"

    def pushed(self, source: str) -> str:
        """Hash {items, digest}: how much of one input file has been accepted; expires 30 days after its last write."""
        return f"{self.prefix}pushed:{source}"
