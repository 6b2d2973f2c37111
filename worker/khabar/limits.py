"""How long one article may take, by its size."""

HARD = 1.25  # times the limit: where the alarm has had its chance and the process is ended
LARGE_BYTES = 100_000  # 30 average articles; one of 1 MiB then has ten times the limit, and takes 0.6 to 5.6 s


def limit_s(timeout_s: float, article_bytes: int) -> float:
    """Return the seconds that an article of this size may take: `timeout_s` up to LARGE_BYTES, in proportion beyond."""
    return timeout_s * max(1.0, article_bytes / LARGE_BYTES)
