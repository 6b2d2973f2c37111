"""The protocol of every extractor. Each has its own file, found by its name, and is built by `extractor()` in that file."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from pydantic import TypeAdapter

from khabar.text.document import Document


@runtime_checkable
class Extractor(Protocol):
    """Finds one layer of the record.

    Built once in each process, before the workers fork: it loads its data in `__init__` and keeps no state between articles.
    The same article always gives the same value, so it uses no clock, no random numbers and no order of a set.

    Attributes:
        layer: the key of the record that it fills, or of the record's `custom`; every layer has at most one extractor.
        requires: layers that must be in the document; without them it does not run.
        uses: layers that it reads if they exist; it runs after them, also if they failed.
        models: name -> version of its models and data, for the record's provenance; empty for rules.
        schema: type of the layer's value, only for extractors of other packages. khabar's own types are in
            khabar.messages.record.
    """

    layer: str
    requires: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    models: Mapping[str, str] = MappingProxyType({})
    schema: TypeAdapter[Any] | None = None

    def extract(self, document: Document) -> object:
        """Return the layer's value, or None to leave the layer out.

        khabar's own extractors return models of khabar.messages.record; those of other packages return a value that fits their
        `schema`. After any exception the record is made without this layer and without the layers that require it.
        """
        ...
