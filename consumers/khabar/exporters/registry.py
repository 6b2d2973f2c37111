"""Finds the exporters: the files of this package, and those that other packages register."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from khabar.consuming.delivery import Delivery
from khabar.errors import UnusablePlugin
from khabar.registry import Kind

# Turns a delivery into the output of `khabar records --format NAME`: a JSON object, or finished lines without the last line end.
Exporter = Callable[[Delivery], Mapping[str, Any] | bytes]

EXPORTERS: Final = Kind("exporter", helpers=frozenset({"dates", "registry", "spacy"}))


def find_exporter(name: str, *, others: tuple[str, ...] = ()) -> Exporter:
    """Return an exporter by its name.

    Args:
        name: of a file of this package, or one that another package registers.
        others: names that the caller knows besides, for the message.

    Raises:
        UnusablePlugin: there is no exporter of this name, or what is registered under it is no function.
    """
    house = EXPORTERS.house()
    if name in house:
        found: Exporter = EXPORTERS.build_house(name)
        return found
    guests = EXPORTERS.guests(taken=others)
    if name not in guests:
        raise UnusablePlugin(f"there is no format {name!r}; there are {', '.join([*others, *house, *guests])}")
    exporter: Exporter = guests[name].build()
    if not callable(exporter):
        raise guests[name].refused("is no function of a delivery")
    return exporter
