"""What may be an extractor, apart from those who load one: settings and commands that extract nothing start in half the time."""

from typing import Final

from khabar.registry import Kind

EXTRACTORS: Final = Kind("extractor", helpers=frozenset({"base", "guests", "plugins", "registry"}))
