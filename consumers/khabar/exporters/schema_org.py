"""schema.org NewsArticle as JSON-LD: what search engines and archives read of an article, with who and where it is about."""

from collections.abc import Mapping
from typing import Any, Final

from khabar.consuming.delivery import Delivery
from khabar.exporters.registry import Exporter
from khabar.messages.values import PARAGRAPH

_TYPES: Final = {"PER": "Person", "ORG": "Organization", "LOC": "Place"}


def news_article(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as a NewsArticle; what is unknown is absent.

    Args:
        record: as JSON, of any version.

    Source: https://schema.org/NewsArticle
    """
    article = record["article"]
    origin = record.get("origin") or {}
    dateline = origin.get("dateline")
    entities = [each for each in record.get("entities") or () if each.get("role", "story") == "story"]
    found = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": article.get("url"),
        "identifier": article["id"],
        "url": article.get("url"),
        "headline": article.get("title"),
        "articleBody": body_of(record),
        "inLanguage": record["language"]["code"],
        "datePublished": article.get("published_at"),
        "dateModified": article.get("modified_at"),
        "description": article.get("description"),
        "image": article.get("image"),
        "articleSection": article.get("section"),
        "keywords": article.get("tags"),
        "author": [{"@type": "Person", "name": name} for name in authors(article)],
        "publisher": article.get("source") and {"@type": "Organization", "name": article["source"]},
        "sourceOrganization": origin.get("agency") and {"@type": "Organization", "name": origin["agency"]},
        "dateline": dateline and dateline["place"],
        "mentions": [_thing(each) for each in entities],
    }
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def body_of(record: Mapping[str, Any]) -> str:
    """Return the article's text without its title."""
    title = record["article"].get("title")
    text: str = record["text"]
    return text[len(title) + len(PARAGRAPH) :] if title else text


def geonames_uri(geo: Mapping[str, Any]) -> str:
    """Return a place's URI in the linked data of GeoNames."""
    return f"https://sws.geonames.org/{geo['geonames_id']}/"


def authors(article: Mapping[str, Any]) -> list[str]:
    """Return the names of the authors: a list where the record has one, else the string's parts."""
    names = article.get("authors") or (article.get("author") or "").split("، ")
    return [name for name in names if name]


def _thing(entity: Mapping[str, Any]) -> dict[str, Any]:
    thing: dict[str, Any] = {"@type": _TYPES[entity["type"]], "name": entity["name"]}
    if geo := entity.get("geo"):
        thing["sameAs"] = geonames_uri(geo)
        thing["geo"] = {"@type": "GeoCoordinates", "latitude": geo["lat"], "longitude": geo["lon"]}
        thing["address"] = {"@type": "PostalAddress", "addressCountry": geo["country"]}
    return thing


def exporter() -> Exporter:
    """Return what writes a record as a NewsArticle."""

    def export(delivery: Delivery) -> dict[str, Any]:
        return news_article(delivery.event.data)

    return export
