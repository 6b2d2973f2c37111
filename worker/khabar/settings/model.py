"""The settings in force: all groups in one model, what holds between them, and how they are read."""

import os

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from khabar.errors import InvalidSettings
from khabar.settings.broker import BrokerSettings
from khabar.settings.delivery import DeliverySettings
from khabar.settings.extraction import ExtractionSettings
from khabar.settings.farasa import FarasaSettings
from khabar.settings.processes import ProcessSettings
from khabar.settings.stories import StoriesSettings

PREFIX = "KHABAR_"

# By the name under which `khabar status` shows each.
GROUPS: dict[str, type[BaseModel]] = {
    "broker": BrokerSettings,
    "delivery": DeliverySettings,
    "extraction": ExtractionSettings,
    "farasa": FarasaSettings,
    "stories": StoriesSettings,
    "processes": ProcessSettings,
}


# The last group first: pydantic collects fields from the last base on, so they come in the order above.
class Settings(ProcessSettings, StoriesSettings, FarasaSettings, ExtractionSettings, DeliverySettings, BrokerSettings):
    """The settings of an operator. The unit is in the name; the reason for each default is in its description.

    Groups are bases and not fields, so that KHABAR_REDIS_URL stays `redis_url`; code that needs only one group takes that group.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="after")
    def _stall_is_longer_than_a_wait(self) -> "Settings":
        if self.stall_s <= self.longest_wait_s:
            raise ValueError(
                f"KHABAR_STALL_S ({self.stall_s:g}) must be above what an article may wait without working "
                f"({self.longest_wait_s:g} s)"
            )
        return self

    @model_validator(mode="after")
    def _stall_is_longer_than_java(self) -> "Settings":
        longest_s = self.farasa_starts_s + 2 * self.farasa_timeout_s + self.longest_wait_s
        if self.uses_farasa_jars and self.stall_s <= longest_s:
            raise ValueError(
                f"KHABAR_STALL_S ({self.stall_s:g}) must be above what Java may take before an article: KHABAR_FARASA_START_S "
                f"for each jar, twice KHABAR_FARASA_TIMEOUT_S, and the largest article's wait ({longest_s:g} s)"
            )
        return self

    @property
    def uses_farasa_jars(self) -> bool:
        """Whether any part of the pipeline is one of Farasa's jars."""
        return self.farasa_starts_s > 0

    @property
    def farasa_starts_s(self) -> float:
        """Longest start of all of Farasa's jars in use, one after the other; 0 where no jar is used."""
        names = "farasa" in (self.recognizer, self.backfill_recognizer)
        return self.farasa_start_s * ((self.engine == "farasapy") + names + ("pos" in (self.layers or ())))


def load_settings(**overrides: object) -> Settings:
    """Read the settings in force; names in the environment may be of either case.

    Args:
        overrides: values that win over the environment, by field name.

    Raises:
        InvalidSettings: one line for every value that cannot be used.
    """
    # Not by pydantic-settings: its import takes longer than a whole `khabar --help`.
    given: dict[str, object] = {
        name.lower().removeprefix(PREFIX.lower()): value
        for name, value in os.environ.items()
        if name.upper().startswith(PREFIX)
    }
    try:
        return Settings.model_validate(given | overrides)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            why = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{PREFIX}{name}: {why}" if name else why)
        raise InvalidSettings(f"these settings cannot be used: {'; '.join(lines)}") from None


def each_of(settings: Settings) -> list[Settings]:
    """Give each ledger of a deployment its settings: one broker, one prefix, and its share of the children, one at least."""
    ledgers = settings.ledgers
    if len(ledgers) == 1:
        return [settings]
    least, more = divmod(settings.children, len(ledgers))
    return [
        settings.model_copy(
            update={"redis_url": ledger.url, "prefix": ledger.prefix, "children": max(1, least + (number < more))}
        )
        for number, ledger in enumerate(ledgers)
    ]
