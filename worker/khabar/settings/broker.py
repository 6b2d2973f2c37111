"""Settings of the broker: where it is, and what counts as safe in it."""

from pydantic import BaseModel, ConfigDict, Field, RedisDsn, TypeAdapter, ValidationError, field_validator

from khabar.broker.url import SentinelUrl, is_sentinel, unusable
from khabar.keys.defaults import DEFAULT_FULL_MEMORY_SHARE, DEFAULT_WAIT_REPLICAS
from khabar.keys.names import DEFAULT_PREFIX, DEFAULT_REDIS_URL, Names


class BrokerSettings(BaseModel):
    """Where the broker is, and what counts as safe in it."""

    model_config = ConfigDict(frozen=True)

    redis_url: str = Field(
        DEFAULT_REDIS_URL,
        description="Broker: redis://, rediss:// (TLS), unix:// or sentinel:// (docs/how-to/sentinel.md), password inside.",
        repr=False,  # it holds a password
    )
    prefix: str = Field(
        DEFAULT_PREFIX, min_length=1, description="Begins every key, so that services can share a database."
    )
    wait_replicas: int = Field(
        DEFAULT_WAIT_REPLICAS,
        ge=0,
        description="Replicas that must have what `khabar push` sends before it is accepted (docs/how-to/sentinel.md).",
    )
    accept_forgetful_broker: bool = Field(
        False,
        description="Start on a broker that evicts keys or has no append-only file: accepted articles are lost with either.",
    )
    full_memory_share: float = Field(
        DEFAULT_FULL_MEMORY_SHARE,
        gt=0,
        le=1,
        description="Share of the broker's maxmemory at which producers are told QueueFull, and acknowledged records go at once; "
        "well below KHABAR_MAX_MEMORY_SHARE, for what is accepted has to become records.",
    )
    max_memory_share: float = Field(
        0.9,
        gt=0,
        le=1,
        description="Share of the broker's maxmemory at which reading stops, where records take what is left of it.",
    )

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        # Here without redis-py, which `khabar extract` has no use for: connecting says the same of what passes here.
        try:
            if is_sentinel(value):
                SentinelUrl.parse(value)
            elif not value.startswith("unix://"):
                TypeAdapter(RedisDsn).validate_python(value)
        except ValidationError as error:
            raise unusable(value, error.errors()[0]["msg"]) from None  # the cause quotes the password
        except ValueError as error:
            raise unusable(value, str(error)) from None
        return value

    @property
    def names(self) -> Names:
        """The broker's keys under this deployment's prefix."""
        return Names(self.prefix)
