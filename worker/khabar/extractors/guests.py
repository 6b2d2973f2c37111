"""Extractors of other packages: their values are checked, and nothing that they do to a document reaches the record."""

from typing import Any, Final

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from khabar.extractors.base import Extractor
from khabar.messages.items import MAX_DEPTH, is_too_deep
from khabar.registry import Guest
from khabar.text.document import Document

# So that no name of theirs in the provenance is one of khabar's own.
_PREFIX: Final = "custom."


class UnfitValue(Exception):
    """The value of a layer is not JSON, or not what its schema says. The message holds nothing of the article."""


class GuestExtractor(Extractor):
    """Runs the extractor of another package on a copy of the document, and lets only fitting JSON through.

    Attributes:
        package: name and version of the distribution that it is from.
        json_schema: of its layer.
        models: of the extractor, and the package, so that another version of it gives another version of the pipeline.
    """

    def __init__(self, guest: Guest) -> None:
        """Build the extractor.

        Raises:
            UnusablePlugin: it cannot be built, is no extractor, fills another layer, or has no schema.
        """
        extractor = guest.build()
        if not isinstance(extractor, Extractor):
            raise guest.refused(f"is of type {type(extractor).__name__}, not khabar.extractors.base.Extractor")
        if extractor.layer != guest.name:
            raise guest.refused(f"fills the layer {extractor.layer!r}; register it under the name of its layer")
        if not isinstance(extractor.schema, TypeAdapter):
            raise guest.refused("has no `schema`, a pydantic.TypeAdapter for the values of its layer")
        self._extractor = extractor
        self._adapter = extractor.schema
        self.package = guest.package
        self.layer = extractor.layer
        self.requires = tuple(extractor.requires)
        self.uses = tuple(extractor.uses)
        own = {f"{_PREFIX}{self.layer}.{name}": str(version) for name, version in extractor.models.items()}
        self.models = {f"{_PREFIX}{self.layer}": self.package} | own
        try:
            self.json_schema = extractor.schema.json_schema()
        except Exception as error:  # pydantic has several, one for each way in which a type has no JSON
            raise guest.refused(f"has a schema that JSON Schema cannot describe ({str(error)[:200]})") from error

    def extract(self, document: Document) -> Any:
        """Return the layer as plain JSON, its keys sorted; None where the extractor leaves it out.

        Raises:
            UnfitValue: the value is not JSON, or does not fit the schema.
        """
        value = self._extractor.extract(document.copy((*self.requires, *self.uses)))
        return None if value is None else self._checked(value)

    def _checked(self, value: object) -> Any:
        try:
            written = orjson.dumps(value, default=_fields, option=orjson.OPT_SORT_KEYS)
        except TypeError as error:  # orjson's own is one
            raise UnfitValue("the value cannot be written as JSON") from error
        plain = orjson.loads(written)
        if is_too_deep(plain):
            raise UnfitValue(f"the value is nested more than {MAX_DEPTH} deep")
        try:
            self._adapter.validate_json(written, strict=True)
        except ValidationError as error:
            problems = sorted({problem["type"] for problem in error.errors(include_input=False, include_url=False)})
            raise UnfitValue(f"the value does not fit the layer's schema: {', '.join(problems)}") from None
        return plain


def _fields(value: object) -> object:
    """Return a model as a mapping of its fields; its sets stay sets, which have no order and are refused."""
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    raise TypeError
