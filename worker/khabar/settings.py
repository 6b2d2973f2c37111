"""Every setting of the service: one frozen model, read once, from KHABAR_* in the environment."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from pydantic import Field, RedisDsn, TypeAdapter, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from khabar.broker.url import SentinelUrl, is_sentinel
from khabar.errors import InvalidSettings
from khabar.extractors.registry import EXTRACTORS
from khabar.keys.names import DEFAULT_PREFIX, DEFAULT_REDIS_URL, Lane, Names
from khabar.limits import HARD, limit_s
from khabar.messages.items import DEFAULT_MAX_BYTES
from khabar.messages.record import LAYERS, OPTIONAL_LAYERS


class Settings(BaseSettings):
    """What an operator can turn. The unit is in the name; the reason for each default is in its description."""

    model_config = SettingsConfigDict(env_prefix="KHABAR_", frozen=True, extra="ignore")

    redis_url: str = Field(
        DEFAULT_REDIS_URL,
        description="Broker: redis://, rediss:// (TLS), unix:// or sentinel:// (docs/sentinel.md), password inside.",
        repr=False,  # it holds a password
    )
    prefix: str = Field(
        DEFAULT_PREFIX, min_length=1, description="Begins every key, so that services can share a database."
    )
    engine: str = Field(
        "embedded",
        pattern="^(embedded|farasapy)$",
        description="Who segments: Farasa's model in this process, or Farasa's own jars in Java (docs/engines.md).",
    )
    farasa_jars: Path | None = Field(
        None, description="Folder of Farasa's jars; the one that farasapy has downloaded into if unset."
    )
    farasa_java: str = Field("java", description="The Java program, by name on PATH or by path.")
    farasa_heap_mb: int = Field(
        1_024, ge=64, description="Memory of one Java process (-Xmx); the segmenter needs 170 MB of it for its data."
    )
    farasa_start_s: float = Field(
        25.0,
        gt=0,
        description="Longest start of Java up to its first answer: 2 s on an idle machine, 17 on a busy one.",
    )
    farasa_timeout_s: float = Field(
        10.0, gt=0, description="Longest answer to the words of one batch; more in proportion for more than 10,000."
    )
    recognizer: str = Field(
        "auto",
        pattern="^(auto|fast|accurate|farasa)$",
        description="Who finds names in the live lane: fast takes 1.3 ms of 300 words; accurate finds more, takes 47 ms and "
        "needs onnxruntime (khabar[accurate]); auto is accurate where that is installed; farasa is Farasa's jar.",
    )
    backfill_recognizer: str = Field(
        "fast",
        pattern="^(auto|fast|accurate|farasa)$",
        description="Who finds names in the backfill lane; the same as in the live one makes the same records.",
    )
    cache_dir: Path | None = Field(
        None, description="Where the converted model lies; the user's cache folder if unset."
    )
    layers: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        None,
        description="Layers of the record to make, comma-separated; all if unset, but for pos, which needs Farasa's jar.",
    )
    max_article_bytes: int = Field(
        DEFAULT_MAX_BYTES, ge=1_000, description="A larger item is rejected unread; an average news article has 3,500."
    )

    batch_articles: int = Field(
        32, ge=1, le=1_000, description="Articles a Celery message: 32 passed 9,300/s of empty work, one alone 1,200/s."
    )
    lead_batches: int = Field(
        8, ge=1, description="Batches that wait in the queue at most; the rest stays in the ledger."
    )
    lease_s: float = Field(
        10.0, gt=0, description="After this long without a sign of life an article is taken over; live work renews it."
    )
    max_attempts: int = Field(
        4, ge=1, description="Runs of one article before it becomes a dead letter; all but the first alone."
    )
    retry_base_s: float = Field(0.5, gt=0, description="Pause before the second run; doubled each time, with jitter.")
    article_timeout_s: float = Field(
        1.0,
        gt=0,
        description="Longest run of one article of up to 100 kB, in proportion for a larger one. An average one takes 0.001 s, "
        "one of 1 MiB 0.6 to 5.6 s; four runs of that one at its limit of 10 s still end within 60 s.",
    )
    article_memory_mb: int = Field(
        512,
        ge=64,
        description="Memory by which a worker process may grow; the worst article of 1 MiB takes 210.",
    )

    stall_s: float = Field(
        60.0,
        gt=0,
        description="A worker that finishes no batch for so long while batches wait is stuck and restarted; a process that shows "
        "no life for half of it; a broker that answers nothing for a third. Above what the largest article may take.",
    )

    max_ledger: int = Field(100_000, ge=1, description="Articles a lane holds before producers are told QueueFull.")
    wait_replicas: int = Field(
        0,
        ge=0,
        description="Replicas that must have what `khabar push` sends before it is accepted (docs/sentinel.md).",
    )
    max_records: int = Field(
        100_000, ge=100, description="Records kept unread before the dispatcher stops reading (about 1.5 GB)."
    )
    max_memory_share: float = Field(
        0.9, gt=0, le=1, description="Share of the broker's maxmemory at which reading stops."
    )
    group_dead_s: float = Field(
        3_600.0,
        gt=0,
        description="A consumer group that is owed records and has read nothing for so long is dead: longer than any restart, "
        "soon enough to act before the records fill.",
    )
    done_days: int = Field(
        30, ge=1, description="Length of one generation of remembered outcomes; they are known for one to two of them."
    )

    children: int = Field(
        default_factory=lambda: (os.cpu_count() or 1) + 1,
        ge=1,
        description="Worker processes on this machine; one more than cores if unset, so that one that hangs leaves no core idle.",
    )
    max_tasks_per_child: int = Field(
        10_000, ge=1, description="Batches before a child is replaced, against slow leaks."
    )
    max_child_rss_kb: int = Field(
        1_000_000,
        ge=100_000,
        description="Resident memory at which a child is replaced after its batch; it needs 120,000.",
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if is_sentinel(value):
            SentinelUrl.parse(value)
        elif not value.startswith("unix://"):
            TypeAdapter(RedisDsn).validate_python(value)
        return value

    @field_validator("recognizer", "backfill_recognizer")
    @classmethod
    def _can_run(cls, value: str) -> str:
        if value == "accurate" and not _has_onnxruntime():
            raise ValueError("accurate needs onnxruntime: pip install 'khabar[accurate]', or take fast or auto")
        return value

    @field_validator("layers", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(name.strip() for name in value.split(",") if name.strip())

    @field_validator("layers")
    @classmethod
    def _are_layers(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value is None:
            return None
        house = (*LAYERS, *OPTIONAL_LAYERS)
        guests = EXTRACTORS.guests(taken=house)
        if unknown := sorted(set(value) - {*house, *guests}):
            there = [*LAYERS, *(f"{name} (with Farasa's jars)" for name in OPTIONAL_LAYERS)]
            there += [f"{name} (of {guest.package})" for name, guest in guests.items()]
            raise ValueError(f"unknown layers {unknown}; there are {', '.join(there)}")
        return value

    @model_validator(mode="after")
    def _stall_is_longer_than_an_article(self) -> "Settings":
        if self.stall_s <= self.longest_article_s:
            raise ValueError(
                f"KHABAR_STALL_S ({self.stall_s:g}) must be above what the largest article may take "
                f"({self.longest_article_s:g} s)"
            )
        return self

    @model_validator(mode="after")
    def _stall_is_longer_than_java(self) -> "Settings":
        longest_s = self.farasa_starts_s + 2 * self.farasa_timeout_s + self.longest_article_s
        if self.uses_farasa_jars and self.stall_s <= longest_s:
            raise ValueError(
                f"KHABAR_STALL_S ({self.stall_s:g}) must be above what Java may take before an article: KHABAR_FARASA_START_S "
                f"for each jar, twice KHABAR_FARASA_TIMEOUT_S, and the largest article ({longest_s:g} s)"
            )
        return self

    @property
    def uses_farasa_jars(self) -> bool:
        """Whether any part of the pipeline is one of Farasa's jars."""
        return self.farasa_starts_s > 0

    @property
    def farasa_starts_s(self) -> float:
        """Longest start of all of Farasa's jars that are in use, one after the other; 0 where there are none."""
        names = "farasa" in (self.recognizer, self.backfill_recognizer)
        return self.farasa_start_s * ((self.engine == "farasapy") + names + ("pos" in (self.layers or ())))

    @property
    def longest_article_s(self) -> float:
        """Seconds after which the largest article has ended, be it with its process."""
        return HARD * limit_s(self.article_timeout_s, self.max_article_bytes)

    def recognizer_of(self, lane: Lane) -> str:
        """Return who finds names in a lane's articles: fast, accurate or farasa."""
        name = self.recognizer if lane is Lane.LIVE else self.backfill_recognizer
        if name == "auto":
            return "accurate" if _has_onnxruntime() else "fast"
        return name

    @property
    def names(self) -> Names:
        """The broker's keys under this deployment's prefix."""
        return Names(self.prefix)

    @property
    def done_generation_s(self) -> int:
        """Seconds of one generation of remembered outcomes."""
        return self.done_days * 86_400


def load_settings(**overrides: object) -> Settings:
    """Read the settings in force.

    Args:
        overrides: values that win over the environment, by field name.

    Raises:
        InvalidSettings: one line for every value that cannot be used.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        lines = [
            f"KHABAR_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            if problem["loc"]
            else problem["msg"].removeprefix("Value error, ")
            for problem in error.errors()
        ]
        raise InvalidSettings(f"these settings cannot be used: {'; '.join(lines)}") from None


def _has_onnxruntime() -> bool:
    return find_spec("onnxruntime") is not None
