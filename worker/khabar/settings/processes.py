"""Settings of the processes: how many there are, when one is replaced, what they log."""

import os
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ProcessSettings(BaseModel):
    """How many processes there are, when one is replaced, what they log."""

    model_config = ConfigDict(frozen=True, defer_build=True)  # what is validated is Settings

    children: int = Field(
        default_factory=lambda: (os.cpu_count() or 1) + 1,
        ge=1,
        description="Worker processes on this machine; one more than cores if unset, so that a hanging one leaves no core idle.",
    )
    max_tasks_per_child: int = Field(
        10_000, ge=1, description="Batches after which a child is replaced, against slow leaks."
    )
    max_child_rss_kb: int = Field(
        1_000_000,
        ge=100_000,
        description="Resident memory, in kB, at which a child is replaced after its batch. A child grows to about 360,000.",
    )
    stall_s: float = Field(
        60.0,
        gt=0,
        description="Seconds without a finished batch, while batches wait, after which a worker is restarted. A process without "
        "a sign of life is restarted after half of it, a silent broker after a third. Must exceed an article's longest wait.",
    )
    metrics: str | None = Field(
        None,
        pattern=r"^((\[[0-9A-Fa-f:.]+\]|[\w.-]*):)?[0-9]{1,5}$",
        description="HOST:PORT where `khabar up` serves /metrics for Prometheus and /healthz; a PORT without a host is on "
        "127.0.0.1. It shows counts and names of consumer groups, never an article.",
    )
    traces: Literal["none", "console", "otlp"] = Field(
        "none",
        description="Where spans go: nowhere, to standard error, or to a collector by OTLP over HTTP, as OpenTelemetry's own "
        "OTEL_ variables say. Needs khabar[otel].",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level that is logged.")
