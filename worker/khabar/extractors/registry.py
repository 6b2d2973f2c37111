"""Finds the extractors: every module of this package that has a function `extractor`, named for the layer it fills."""

from collections.abc import Collection, Iterable, Mapping
from graphlib import TopologicalSorter
from importlib import import_module
from pkgutil import iter_modules

import khabar.extractors
from khabar.extractors.base import Extractor

_NOT_EXTRACTORS = frozenset({"base", "registry"})


def names() -> list[str]:
    """Return the names of all extractor modules, sorted. A module that begins with '_' is a helper."""
    found = (module.name for module in iter_modules(khabar.extractors.__path__))
    return sorted(name for name in found if name not in _NOT_EXTRACTORS and not name.startswith("_"))


def load(layers: Collection[str] | None = None) -> list[Extractor]:
    """Build the extractors, each after those that it requires or uses.

    Only those are imported: the models of a layer that nobody asks for are half of the time that a process takes to start.

    Args:
        layers: build only those of these layers and what they require or use; None builds all.

    Raises:
        AttributeError: a module has no function `extractor`.
        ValueError: an extractor fills another layer than its module is named for, or requires one that none fills.
    """
    known = frozenset(names())
    waiting = sorted(known if layers is None else known.intersection(layers))
    built: dict[str, Extractor] = {}
    while waiting:
        name = waiting.pop()
        if name in known and name not in built:
            built[name] = extractor = _build(name)
            waiting += [*extractor.requires, *extractor.uses]
    return in_order(built.values(), layers)


def _build(name: str) -> Extractor:
    extractor: Extractor = import_module(f"khabar.extractors.{name}").extractor()
    if extractor.layer != name:
        raise ValueError(
            f"worker/khabar/extractors/{name}.py fills the layer {extractor.layer!r}; name it for its layer"
        )
    return extractor


def in_order(extractors: Iterable[Extractor], layers: Collection[str] | None = None) -> list[Extractor]:
    """Sort extractors so that each comes after those it requires or uses; `layers` as in `load`.

    Raises:
        ValueError: two extractors fill one layer, or one requires a layer that none fills.
        graphlib.CycleError: extractors require one another.
    """
    by_layer: dict[str, Extractor] = {}
    for extractor in extractors:
        if extractor.layer in by_layer:
            raise ValueError(f"two extractors fill the layer {extractor.layer!r}")
        by_layer[extractor.layer] = extractor
    order = TopologicalSorter(
        {layer: _reads(extractor, by_layer) for layer, extractor in sorted(by_layer.items())}
    ).static_order()
    ordered = list(order)
    missing = [layer for layer in ordered if layer not in by_layer]
    if missing:
        raise ValueError(f"no extractor fills the required layers {missing}")
    if layers is None:
        return [by_layer[layer] for layer in ordered]
    wanted = set(layers)
    for layer in reversed(ordered):
        if layer in wanted:
            wanted.update(_reads(by_layer[layer], by_layer))
    return [by_layer[layer] for layer in ordered if layer in wanted]


def _reads(extractor: Extractor, by_layer: Mapping[str, Extractor]) -> list[str]:
    """Return the layers that it reads; one that it would use and that nothing fills does not count."""
    return [*extractor.requires, *(layer for layer in extractor.uses if layer in by_layer)]
