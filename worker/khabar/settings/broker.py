"""Settings of the broker: where it is, and what counts as safe in it."""

from typing import Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RedisDsn,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from khabar.broker.ledgers import Ledger, ledgers_of
from khabar.broker.url import SentinelUrl, checked_urls, is_sentinel, unusable
from khabar.keys.defaults import DEFAULT_FULL_MEMORY_SHARE, DEFAULT_WAIT_REPLICAS
from khabar.keys.names import DEFAULT_PREFIX, DEFAULT_REDIS_URL, Names


class BrokerSettings(BaseModel):
    """Where the broker is, and what counts as safe in it."""

    model_config = ConfigDict(frozen=True, defer_build=True)  # what is validated is Settings

    redis_url: str = Field(
        DEFAULT_REDIS_URL,
        description="Broker: redis://, rediss:// (TLS), unix:// or sentinel:// (docs/how-to/sentinel.md), password inside. "
        "Several with commas are several ledgers (docs/how-to/ledgers.md).",
        repr=False,  # it holds a password
    )
    prefix: str = Field(
        DEFAULT_PREFIX,
        min_length=1,
        description="First part of every key, so that services can share a database. With several brokers, one for all or "
        "one for each.",
    )
    wait_replicas: int = Field(
        DEFAULT_WAIT_REPLICAS,
        ge=0,
        description="Replicas that must have the articles of `khabar push` before they are accepted (docs/how-to/sentinel.md).",
    )
    accept_forgetful_broker: bool = Field(
        False,
        description="Start although the broker evicts keys or has no append-only file; either loses accepted articles.",
    )
    full_memory_share: float = Field(
        DEFAULT_FULL_MEMORY_SHARE,
        gt=0,
        le=1,
        description="Share of the broker's maxmemory at which producers get QueueFull and acknowledged records are trimmed at "
        "once. Well below KHABAR_MAX_MEMORY_SHARE, because accepted articles need room to become records.",
    )
    max_memory_share: float = Field(
        0.9,
        gt=0,
        le=1,
        description="Share of the broker's maxmemory at which reading stops, if records take the rest.",
    )

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        # Here without redis-py, which `khabar extract` has no use for: connecting says the same of what passes here.
        for url in checked_urls(value):
            try:
                if is_sentinel(url):
                    SentinelUrl.parse(url)
                elif not url.startswith("unix://"):
                    TypeAdapter(RedisDsn).validate_python(url)
            except ValidationError as error:
                raise unusable(url, error.errors()[0]["msg"]) from None  # the cause quotes the password
            except ValueError as error:
                raise unusable(url, str(error)) from None
        return value

    @model_validator(mode="after")
    def _has_a_prefix_for_each_ledger(self) -> Self:
        ledgers_of(self.redis_url, self.prefix)
        return self

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        """The ledgers of this deployment; nearly always one."""
        return ledgers_of(self.redis_url, self.prefix)

    @property
    def names(self) -> Names:
        """The broker's keys under this deployment's prefix."""
        return Names(self.prefix)
