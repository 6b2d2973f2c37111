"""Finds the extractors: the files of this package, each named for its layer, and those that other packages register."""

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

from khabar.errors import UnusablePlugin
from khabar.extractors.base import Extractor
from khabar.extractors.guests import GuestExtractor
from khabar.extractors.plugins import EXTRACTORS
from khabar.messages.record import LAYERS, OPTIONAL_LAYERS

_HOUSE: Final = frozenset((*LAYERS, *OPTIONAL_LAYERS))


def names() -> list[str]:
    """Return the sorted names of khabar's own extractors. Modules whose names begin with '_' are helpers."""
    return EXTRACTORS.house()


def load(layers: Collection[str] | None = None, *, also: Iterable[Extractor] = ()) -> list[Extractor]:
    """Build the extractors, each after those that it requires or uses.

    Only their modules are imported: loading the models of all layers takes half of a process's time to start.

    Args:
        layers: build the extractors of these layers and of the layers that they require or use. None: build all, also those of
            other packages.
        also: extractors built elsewhere, which others may require or use.

    Raises:
        UnusablePlugin: two extractors fill the same layer; one fills a layer that no record has, requires a layer without an
            extractor, or cannot be built.
    """
    house, guests = frozenset(names()), EXTRACTORS.guests(taken=_HOUSE)
    if strangers := sorted(house - _HOUSE):
        raise UnusablePlugin(
            f"khabar/extractors/{strangers[0]}.py fills no layer of the record; "
            "register it from a package of its own (docs/how-to/extending.md)"
        )
    built = {extractor.layer: extractor for extractor in also}
    waiting = sorted(house | guests.keys() if layers is None else (house | guests.keys()).intersection(layers))
    waiting += [layer for extractor in built.values() for layer in (*extractor.requires, *extractor.uses)]
    while waiting:
        name = waiting.pop()
        if name in built or not (name in house or name in guests):
            continue
        built[name] = extractor = GuestExtractor(guests[name]) if name in guests else _build(name)
        waiting += [*extractor.requires, *extractor.uses]
    return in_order(built.values(), layers)


def load_guests() -> list[GuestExtractor]:
    """Build only the extractors of other packages, in the order of their layers.

    Raises:
        UnusablePlugin: as `load`.
    """
    return [GuestExtractor(guest) for guest in EXTRACTORS.guests(taken=_HOUSE).values()]


def _build(name: str) -> Extractor:
    extractor: Extractor = EXTRACTORS.build_house(name)
    if extractor.layer != name:
        raise UnusablePlugin(f"khabar/extractors/{name}.py fills the layer {extractor.layer!r}; name it for its layer")
    return extractor


def in_order(extractors: Iterable[Extractor], layers: Collection[str] | None = None) -> list[Extractor]:
    """Sort extractors so that each comes after those that it requires or uses; `layers` as in `load`.

    Raises:
        UnusablePlugin: two extractors fill the same layer; one fills a layer that no record has, or requires a layer without an
            extractor; or extractors require each other.
    """
    by_layer: dict[str, Extractor] = {}
    for extractor in extractors:
        if extractor.layer in by_layer:
            raise UnusablePlugin(f"two extractors fill the layer {extractor.layer!r}")
        if extractor.layer not in _HOUSE and not isinstance(extractor, GuestExtractor):
            raise UnusablePlugin(f"an extractor fills the layer {extractor.layer!r}, which no record has")
        by_layer[extractor.layer] = extractor
    for layer, extractor in by_layer.items():
        if missing := [required for required in extractor.requires if required not in by_layer]:
            raise UnusablePlugin(
                f"{_owner(extractor)} the extractor of {layer!r} requires {', '.join(missing)}, and no extractor fills that"
            )
    try:
        ordered = list(
            TopologicalSorter(
                {layer: _reads(extractor, by_layer) for layer, extractor in sorted(by_layer.items())}
            ).static_order()
        )
    except CycleError as error:
        raise UnusablePlugin(f"extractors wait for one another: {', '.join(error.args[1])}") from error
    if layers is None:
        return [by_layer[layer] for layer in ordered]
    wanted = set(layers)
    for layer in reversed(ordered):
        if layer in wanted:
            wanted.update(_reads(by_layer[layer], by_layer))
    return [by_layer[layer] for layer in ordered if layer in wanted]


def _owner(extractor: Extractor) -> str:
    return f"package {extractor.package}:" if isinstance(extractor, GuestExtractor) else "khabar:"


def _reads(extractor: Extractor, by_layer: Mapping[str, Extractor]) -> list[str]:
    """Return the layers that it reads, without those that it only uses and that no extractor fills."""
    return [*extractor.requires, *(layer for layer in extractor.uses if layer in by_layer)]
