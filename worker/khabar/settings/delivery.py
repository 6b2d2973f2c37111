"""Settings of delivery: how articles travel, how often they are tried, how many wait where."""

from pydantic import BaseModel, ConfigDict, Field

from khabar.keys.defaults import DAY_S, DEFAULT_DONE_DAYS, DEFAULT_MAX_DEAD, DEFAULT_MAX_LEDGER


class DeliverySettings(BaseModel):
    """How articles travel, how often they are tried, how many wait where."""

    model_config = ConfigDict(frozen=True, defer_build=True)  # what is validated is Settings

    batch_articles: int = Field(
        32,
        ge=1,
        le=1_000,
        description="Articles in one Celery message. With empty work, 32 gave 9,300 articles/s and one gave 1,200.",
    )
    lead_batches: int = Field(
        8, ge=1, description="Most batches that wait in the queue; the others stay in the ledger."
    )
    lease_s: float = Field(
        10.0,
        gt=0,
        description="Seconds without a sign of life after which an article is taken over; live work renews the lease.",
    )
    max_attempts: int = Field(
        4,
        ge=1,
        description="Runs of one article before it becomes a dead letter; from the second on it runs by itself.",
    )
    retry_base_s: float = Field(0.5, gt=0, description="Seconds before the second run; doubled each time, with jitter.")
    max_ledger: int = Field(
        DEFAULT_MAX_LEDGER, ge=1, description="Articles in a lane at which producers get QueueFull."
    )
    max_records: int = Field(
        100_000, ge=100, description="Records kept unread before the dispatcher stops reading (about 2.3 GB)."
    )
    max_dead: int = Field(
        DEFAULT_MAX_DEAD,
        ge=1,
        description="Dead letters kept; beyond it the oldest are dropped and counted (dead_dropped). A warning comes at 80 %.",
    )
    dead_days: int = Field(
        0,
        ge=0,
        description="Days for which a dead letter is kept; 0 keeps it until it is requeued, dropped or exceeds KHABAR_MAX_DEAD.",
    )
    group_dead_s: float = Field(
        3_600.0,
        gt=0,
        description="Seconds without reading after which a group with unread records is dead: longer than a restart,  "
        "soon enough to act before the records fill.",
    )
    done_days: int = Field(
        DEFAULT_DONE_DAYS,
        ge=1,
        description="Days of one generation of remembered outcomes; an outcome is remembered for one to two of them.",
    )

    @property
    def done_generation_s(self) -> int:
        """Seconds of one generation of remembered outcomes."""
        return self.done_days * DAY_S
