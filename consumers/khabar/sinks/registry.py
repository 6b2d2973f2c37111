"""Finds the sinks: the files of this package, and those that other packages register."""

from collections.abc import Mapping
from importlib import import_module
from inspect import Parameter, signature
from types import MappingProxyType
from typing import Any, Final

from khabar.errors import UnusablePlugin
from khabar.registry import Kind
from khabar.sinks.base import Sink

SINKS: Final = Kind(
    "sink",
    helpers=frozenset({"base", "files", "filling", "http", "patience", "refused", "registry", "tables", "typed"}),
)


def open_sink(name: str, target: str, options: Mapping[str, str] = MappingProxyType({})) -> Sink:
    """Open a sink by its name.

    Args:
        name: csv, duckdb, jsonl, opensearch, parquet, postgresql, webhook, or one that another package registers.
        target: where it keeps the records: a path, a URL, whatever it takes.
        options: what the sink takes besides, by name (docs/how-to/sinks.md), as text.

    Raises:
        UnusablePlugin: there is no sink of this name, it has no such option, or what is registered under the name is no sink.
        NotInstalled: the sink needs a package that is not installed.
        SinkError: the target cannot be opened.
    """
    house = SINKS.house()
    if name in house:
        build = import_module(f"{SINKS.group}.{name}").sink
        found: Sink = build(target, **read_options(name, build, options))
        return found
    guests = SINKS.guests()
    if name not in guests:
        raise UnusablePlugin(f"there is no sink {name!r}; there are {', '.join([*house, *guests])}")
    guest = guests[name]
    sink = guest.build_with(lambda build: build(target, **read_options(name, build, options)))
    if not isinstance(sink, Sink):
        raise guest.refused(f"is of type {type(sink).__name__}, not khabar.sinks.base.Sink")
    return sink


def sink_of(target: str) -> str:
    """Return the name of the sink that a target's beginning or ending tells.

    Raises:
        UnusablePlugin: it tells none.
    """
    known: dict[str, str] = {}
    for name in SINKS.house():
        known |= dict.fromkeys(import_module(f"{SINKS.group}.{name}").TARGETS, name)
    for form, name in known.items():
        if target.startswith(form) if form.endswith("://") else "://" not in target and target.endswith(form):
            return name
    raise UnusablePlugin(
        f"{target.rpartition('@')[2]}: shows no sink; name it with --sink, or give a target with one of {', '.join(known)}"
    )


def read_options(name: str, build: Any, given: Mapping[str, str]) -> dict[str, Any]:
    """Read options by what the function that builds the sink takes: its arguments by name, each with a default.

    Raises:
        UnusablePlugin: the sink has no such option, or the value does not fit it.
    """
    if not given:
        return {}
    known = {
        each.name: each.default for each in signature(build).parameters.values() if each.kind is Parameter.KEYWORD_ONLY
    }
    read: dict[str, Any] = {}
    for option, value in given.items():
        if option not in known:
            those = f"it takes {', '.join(known)}" if known else "it takes none"
            raise UnusablePlugin(f"the sink {name} has no option {option!r}; {those}")
        try:
            read[option] = float(value) if type(known[option]) in (int, float) else value
        except ValueError:
            raise UnusablePlugin(f"the option {option} of the sink {name} is a number, and not {value!r}") from None
    return read
