"""The protocol every extractor speaks. One file each, found by its name; `extractor()` in the file builds it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from khabar.text.document import Document


class Extractor(Protocol):
    """Finds one layer of the record.

    Built once a process, before the workers fork: it loads its data in `__init__` and keeps no state between articles.

    Attributes:
        layer: the key of the record that it fills; every layer has at most one extractor.
        requires: layers that must be in `document.layers` before it runs.
        uses: layers that it reads where they are; it runs after them, also where they failed.
        models: name -> version of what it was trained on, for the provenance; empty for rules.
    """

    layer: str
    requires: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    models: Mapping[str, str] = MappingProxyType({})

    def extract(self, document: Document) -> object:
        """Return the layer's value, as models of khabar.messages.record, or None to leave the layer out.

        Any exception costs this layer and those that require it, not the record.
        """
        ...
