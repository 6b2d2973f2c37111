"""Where articles come from: one file a format."""

from khabar.sources.base import Source
from khabar.sources.opening import open_source

__all__ = ["Source", "open_source"]
