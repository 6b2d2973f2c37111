"""Reads only the fields of a record from which stories are made; the rest, such as tokens, is most of a record."""

from typing import Any, Final

from khabar.messages.record import Record

_NEEDED: Final = frozenset(
    {name for name, field in Record.model_fields.items() if field.is_required()}
    | {"fingerprint", "entities", "quotations", "statements", "quantities", "temporal", "origin"}
)


def read_needed(value: dict[str, Any]) -> Record:
    """Validate what is needed of a record; layers that it does not have and keys of later versions do no harm.

    Raises:
        pydantic.ValidationError: it is no record.
    """
    return Record.model_validate({name: part for name, part in value.items() if name in _NEEDED}, extra="ignore")
