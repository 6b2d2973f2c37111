"""W3C Web Annotation: a page of annotations a record, one a claim; its offsets are khabar's own, Unicode code points."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from khabar.consuming.delivery import Delivery
from khabar.exporters.ninjs import uri_of
from khabar.exporters.registry import Exporter
from khabar.exporters.schema_org import geonames_uri

CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
AROUND_CHARS: Final = 32  # of the text before and after, by which a reader finds the words in another copy
_LAYERS: Final = ("quotations", "statements", "quantities", "temporal", "hashtags", "links")
_SPAN: Final = frozenset({"start", "end", "text"})


def annotation_page(record: Mapping[str, Any], outcome_id: str) -> dict[str, Any]:
    """Return an AnnotationPage of a record: an annotation for each mention of an entity and each claim of the other layers.

    An annotation's source is the record's text, and its scope the article's page, whose text may differ: there
    TextQuoteSelector finds it, which has the words before and behind.

    Args:
        record: as JSON, of any version.
        outcome_id: the event's id.

    Source: https://www.w3.org/TR/annotation-model/
    """
    text, source = record["text"], f"urn:khabar:outcome:{outcome_id}"
    items = []
    for number, (layer, claim, bodies) in enumerate(_claims(record)):
        target = {"source": f"{source}:text", "selector": _selectors(text, claim["start"], claim["end"])}
        if record["article"].get("url"):
            target["scope"] = uri_of(record["article"])
        tag = {"type": "TextualBody", "purpose": "tagging", "value": layer}
        item = {"id": f"{source}:{number}", "type": "Annotation", "body": [tag, *bodies], "target": target}
        items.append(item)
    return {"@context": CONTEXT, "id": source, "type": "AnnotationPage", "items": items}


def _claims(record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], list[dict[str, Any]]]]:
    """Yield layer, claim and bodies."""
    for entity in record.get("entities") or ():
        name = {"type": "TextualBody", "purpose": "identifying", "value": entity["name"], "language": "ar"}
        kind = {"type": "TextualBody", "purpose": "classifying", "value": entity["type"]}
        geo = entity.get("geo")
        place = [{"type": "SpecificResource", "purpose": "identifying", "source": geonames_uri(geo)}] if geo else []
        for mention in entity["mentions"]:
            yield "entities", mention, [name, kind, *place]
    for layer in _LAYERS:
        for claim in record.get(layer) or ():
            rest = {key: value for key, value in claim.items() if key not in _SPAN and value is not None}
            data = {"format": "application/json", "value": orjson.dumps(rest).decode()}
            yield layer, claim, [{"type": "TextualBody", "purpose": "describing", **data}]


def _selectors(text: str, start: int, end: int) -> list[dict[str, Any]]:
    quotation = {"type": "TextQuoteSelector", "exact": text[start:end]}
    around = {"prefix": text[max(0, start - AROUND_CHARS) : start], "suffix": text[end : end + AROUND_CHARS]}
    return [{"type": "TextPositionSelector", "start": start, "end": end}, quotation | around]


def exporter() -> Exporter:
    """Return what writes a record as a page of annotations."""

    def export(delivery: Delivery) -> dict[str, Any]:
        return annotation_page(delivery.event.data, delivery.event.id)

    return export
