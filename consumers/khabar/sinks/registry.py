"""Finds the sinks: the files of this package, and those that other packages register."""

from typing import Final

from khabar.errors import UnusablePlugin
from khabar.registry import Kind
from khabar.sinks.base import Sink

SINKS: Final = Kind("sink", helpers=frozenset({"base", "registry"}))


def open_sink(name: str, target: str) -> Sink:
    """Open a sink by its name.

    Args:
        name: jsonl, or one that another package registers.
        target: where it keeps the records: a path, a URL, whatever it takes.

    Raises:
        UnusablePlugin: there is no sink of this name, or what is registered under it is no sink.
        SinkError: the target cannot be opened.
    """
    guests = SINKS.guests()
    if name not in guests:
        house = SINKS.house()
        if name not in house:
            raise UnusablePlugin(f"there is no sink {name!r}; there are {', '.join([*house, *guests])}")
        found: Sink = SINKS.build_house(name, target)
        return found
    sink = guests[name].build(target)
    if not isinstance(sink, Sink):
        raise guests[name].refused(f"is of type {type(sink).__name__}, not khabar.sinks.base.Sink")
    return sink
