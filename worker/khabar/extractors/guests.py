"""Extractors of other packages. They get a copy of the document, so they cannot change the record; their values are checked."""

from typing import Any, Final

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from khabar.extractors.base import Extractor
from khabar.messages.items import MAX_DEPTH, is_too_deep
from khabar.registry import Guest
from khabar.text.document import Document

# Put before their names in the provenance, so that none equals one of khabar's own.
_PREFIX: Final = "custom."


class UnfitValue(Exception):
    """The value of a layer is not JSON, or does not fit its schema. The message contains no text of the article."""


class GuestExtractor(Extractor):
    """Runs the extractor of another package on a copy of the document, and accepts only JSON that fits its schema.

    Attributes:
        package: name and version of the extractor's distribution.
        json_schema: JSON Schema of its layer.
        models: the extractor's models, and the package, so that a new version of the package gives a new pipeline version.
    """

    def __init__(self, guest: Guest) -> None:
        """Build the extractor.

        Raises:
            UnusablePlugin: it cannot be built, is not an extractor, fills another layer, or has no schema.
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
        except Exception as error:  # pydantic raises different exceptions here
            raise guest.refused(f"has a schema that JSON Schema cannot describe ({str(error)[:200]})") from error

    def extract(self, document: Document) -> Any:
        """Return the layer as plain JSON with sorted keys; None if the extractor leaves it out.

        Raises:
            UnfitValue: the value is not JSON, or does not fit the schema.
        """
        value = self._extractor.extract(document.copy((*self.requires, *self.uses)))
        return None if value is None else self._checked(value)

    def _checked(self, value: object) -> Any:
        try:
            written = orjson.dumps(value, default=_fields, option=orjson.OPT_SORT_KEYS)
        except TypeError as error:  # orjson.JSONEncodeError is a TypeError
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
    """Return a pydantic model as a mapping of its fields. Sets stay sets and are refused, because they have no order."""
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    raise TypeError
