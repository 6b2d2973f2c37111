"""The kind of plug-in that extractors are. It is apart from the registry, so that commands that extract nothing start faster.

Settings and such commands take half the time to start, because they need not import the modules that build extractors.
"""

from typing import Final

from khabar.registry import Kind

EXTRACTORS: Final = Kind("extractor", helpers=frozenset({"base", "guests", "plugins", "registry"}))
