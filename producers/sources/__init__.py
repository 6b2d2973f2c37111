"""Where articles come from: one file a format."""

from producers.sources.base import Source
from producers.sources.opening import open_source

__all__ = ["Source", "open_source"]
