"""Settings of Farasa's own jars: where they are, and what Java may take."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class FarasaSettings(BaseModel):
    """Farasa's own jars: where they are, and what Java may take."""

    model_config = ConfigDict(frozen=True, defer_build=True)  # what is validated is Settings

    farasa_jars: Path | None = Field(None, description="Folder of Farasa's jars; farasapy's own folder if unset.")
    farasa_java: str = Field("java", description="The Java program, by name on PATH or by path.")
    farasa_heap_mb: int = Field(
        1_024, ge=64, description="MB of one Java process (-Xmx); the segmenter's data need 170."
    )
    farasa_start_s: float = Field(
        25.0,
        gt=0,
        description="Longest start of Java, in seconds, up to its first answer: 2 s on an idle machine, 17 on a busy one.",
    )
    farasa_timeout_s: float = Field(
        10.0,
        gt=0,
        description="Longest answer, in seconds, to the words of one batch; in proportion for more than 10,000 words.",
    )
