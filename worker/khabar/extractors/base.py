"""The protocol of every extractor. One file each, found by its name; `extractor()` in the file builds it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from pydantic import TypeAdapter

from khabar.text.document import Document


@runtime_checkable
class Extractor(Protocol):
    """Finds one layer of the record.

    Built once a process, before the workers fork: it loads its data in `__init__` and keeps no state between articles.
    It gives the same value for the same article: no clock, no chance, no order of a set.

    Attributes:
        layer: the key of the record that it fills, or of the record's `custom`; every layer has at most one extractor.
        requires: layers that must be in the document before it runs.
        uses: layers that it reads where they are; it runs after them, also where they failed.
        models: name -> version of the data that it works with, for the provenance; empty for rules.
        schema: what its layer is, for an extractor of another package. khabar's own have a model in khabar.messages.record.
    """

    layer: str
    requires: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    models: Mapping[str, str] = MappingProxyType({})
    schema: TypeAdapter[Any] | None = None

    def extract(self, document: Document) -> object:
        """Return the layer's value, or None to leave the layer out.

        khabar's own return models of khabar.messages.record; those of other packages return what their `schema` describes.
        Any exception costs this layer and those that require it, not the record.
        """
        ...
