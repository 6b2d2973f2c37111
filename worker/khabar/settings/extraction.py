"""Settings of extraction: who does what with an article's text, and what one article may take."""

from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from khabar.extractors.plugins import EXTRACTORS
from khabar.keys.defaults import DEFAULT_MAX_BYTES
from khabar.keys.names import Lane
from khabar.limits import HARD, LARGE_BYTES, Allowance, allow

EngineName = Literal["embedded", "farasapy"]
RecognizerName = Literal["fast", "accurate", "farasa"]


class ExtractionSettings(BaseModel):
    """Engine, recognizer and layers for an article's text, and the limits of one article."""

    model_config = ConfigDict(frozen=True, defer_build=True)  # what is validated is Settings

    engine: EngineName = Field(
        "embedded",
        description="Engine of segmentation: Farasa's model in this process, or Farasa's jars in Java (docs/how-to/engines.md).",
    )
    recognizer: Literal["auto", RecognizerName] = Field(
        "auto",
        description="Recognizer of names in the live lane: fast takes 1.1 ms for 300 words; accurate finds more, takes 47 ms and "
        "needs onnxruntime (khabar[accurate]); auto is accurate if that is installed; farasa is Farasa's jar.",
    )
    backfill_recognizer: Literal["auto", RecognizerName] = Field(
        "fast",
        description="Recognizer of names in the backfill lane; with that of the live lane, both make the same records.",
    )
    layers: tuple[str, ...] | None = Field(
        None,
        description="Layers of the record to make, comma-separated; all if unset, except pos, which needs Farasa's jar.",
    )
    source_zones: Path | None = Field(
        None,
        description="File of lines SOURCE ZONE (a name or host, an IANA zone): a published_at without a zone gets its source's "
        "offset (docs/how-to/deployment.md). All hosts need the same file: it is part of the pipeline's version.",
    )
    cache_dir: Path | None = Field(None, description="Folder of the converted model; the user's cache folder if unset.")
    max_article_bytes: int = Field(
        DEFAULT_MAX_BYTES,
        ge=1_000,
        description="Bytes beyond which an item is rejected unread; an average news article has 3,500.",
    )
    article_timeout_s: float = Field(
        5.0,
        gt=0,
        description="Most processor time of one article, in seconds: for up to 50 kB with the fast recognizer, for 20 kB with "
        "another; in proportion beyond. An article may also wait for this long without working.",
    )
    article_memory_mb: int = Field(
        512,
        ge=64,
        description="MB by which a worker process may grow; the worst article of 1 MiB takes 210.",
    )

    @field_validator("recognizer", "backfill_recognizer")
    @classmethod
    def _can_run(cls, value: str) -> str:
        if value == "accurate" and not _has_onnxruntime():
            raise ValueError("accurate needs onnxruntime: pip install 'khabar[accurate]', or take fast or auto")
        return value

    @field_validator("source_zones")
    @classmethod
    def _can_be_read(cls, value: Path | None) -> Path | None:
        if value is not None:
            from khabar.pipeline.source_zones import (
                SourceZones,
            )  # here: few have such a file, and it needs the article's model

            SourceZones.read(value)
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
        from khabar.messages.record import (
            LAYERS,
            OPTIONAL_LAYERS,
        )  # here: the record's model takes longer than all settings

        house = (*LAYERS, *OPTIONAL_LAYERS)
        guests = EXTRACTORS.guests(taken=house)
        if unknown := sorted(set(value) - {*house, *guests}):
            there = [*LAYERS, *(f"{name} (with Farasa's jars)" for name in OPTIONAL_LAYERS)]
            there += [f"{name} (of {guest.package})" for name, guest in guests.items()]
            raise ValueError(f"unknown layers {unknown}; there are {', '.join(there)}")
        return value

    def allow(self, lane: Lane, article_bytes: int) -> Allowance:
        """Return what an article of a lane may take."""
        return allow(self.article_timeout_s, article_bytes, large_bytes=LARGE_BYTES[self.recognizer_of(lane)])

    @property
    def longest_wait_s(self) -> float:
        """Upper bound on the seconds in which an article shows no progress; past it its process is killed."""
        return HARD * self.allow(Lane.LIVE, self.max_article_bytes).wait_s

    def recognizer_of(self, lane: Lane) -> RecognizerName:
        """Return who finds names in a lane's articles."""
        name = self.recognizer if lane is Lane.LIVE else self.backfill_recognizer
        if name == "auto":
            return "accurate" if _has_onnxruntime() else "fast"
        return name


def _has_onnxruntime() -> bool:
    return find_spec("onnxruntime") is not None
