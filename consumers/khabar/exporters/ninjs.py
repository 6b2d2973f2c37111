"""IPTC ninjs 3: the news agencies' JSON, with the names of people, organisations and places."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from khabar.consuming.delivery import Delivery
from khabar.exporters.dates import as_utc
from khabar.exporters.registry import Exporter
from khabar.exporters.schema_org import authors, body_of, geonames_uri

STANDARD: Final = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
}
_LISTS: Final = {"PER": "people", "ORG": "organisations", "LOC": "places"}


def ninjs(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as a ninjs object; what is unknown is absent, and so is a date without a zone, which ninjs does not take.

    Args:
        record: as JSON, of any version.

    Source: https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json
    """
    article = record["article"]
    origin = record.get("origin") or {}
    named: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS.values()}
    for entity in record.get("entities") or ():
        if entity.get("role", "story") == "story":
            named[_LISTS[entity["type"]]].append(_named(entity))
    sources = ((article.get("source"), "publisher"), (origin.get("agency"), "agency"))
    found = {
        "uri": uri_of(article),
        "standard": STANDARD,
        "type": "text",
        "representationType": "full",
        "altIds": [{"role": "khabar", "value": article["id"]}],
        "contentCreated": as_utc(article.get("published_at")),
        "versionCreated": as_utc(article.get("modified_at")) or as_utc(article.get("published_at")),
        "language": record["language"]["code"],
        "title": article.get("title"),
        "headlines": _texts(article.get("title"), "main"),
        "descriptions": _texts(article.get("description"), "summary"),
        "bodies": _texts(body_of(record), "main"),
        "by": "، ".join(authors(article)),
        "located": (origin.get("dateline") or {}).get("place"),
        "infoSources": [{"name": name, "role": role} for name, role in sources if name],
        "subjects": [{"name": tag, "creator": "publisher"} for tag in article.get("tags") or ()],
        **named,
    }
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def uri_of(article: Mapping[str, Any]) -> str:
    """Return the article's address as a URI, which holds only ASCII; without an address, a name made of its id."""
    url = article.get("url")
    # "%" is safe, so that percent-encoded parts stay as they are.
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~") if url else f"urn:khabar:article:{quote(article['id'], safe=':')}"


def _texts(value: str | None, role: str) -> list[dict[str, Any]]:
    return [{"role": role, "contentType": "text/plain", "value": value}] if value else []


def _named(entity: Mapping[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {"name": entity["name"], "rel": "mentioned"}
    if entity["type"] == "LOC" and (geo := entity.get("geo")):
        item["uri"] = geonames_uri(geo)
        item["geoJSON"] = {"type": "Point", "coordinates": [geo["lon"], geo["lat"]]}
    return item


def exporter() -> Exporter:
    """Return what writes a record as a ninjs object."""

    def export(delivery: Delivery) -> dict[str, Any]:
        return ninjs(delivery.event.data)

    return export
