"""The queue as an AsyncAPI 3.0 document: which stream holds what, who writes it, who reads it.

JSON, not YAML: it needs no further library, and every AsyncAPI tool reads it.
"""

from typing import Any

from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, Lane, Names
from khabar.messages.record import SCHEMA_VERSION

VERSION = "3.0.0"
SCHEMA_FORMAT = "application/schema+json;version=2020-12"

_ENTRY = "A Redis stream; the message is the JSON text in the field `{field}` of an entry."


def make_asyncapi(schemas: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Describe the queue.

    Args:
        schemas: article, record, rejection, story and event; referred to by file name, so that both stay in one folder.
    """
    names = Names()
    ledgers = {"articles": names.ledger(Lane.LIVE), "backfill": names.ledger(Lane.BACKFILL)}
    return {
        "asyncapi": VERSION,
        "id": "urn:khabar",
        "info": {
            "title": "khabar",
            "version": SCHEMA_VERSION,
            "description": "Arabic news in, structured records out. Every article that a producer was told is accepted "
            "ends as exactly one record or one rejection.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "redis": {
                "host": "{host}:{port}",
                "pathname": "/{database}",
                "protocol": "redis",
                "description": "Redis 7 or Valkey, with an append-only file and maxmemory-policy noeviction.",
                "variables": {
                    "host": {"default": "redis.example.com"},
                    "port": {"default": "6379"},
                    "database": {"default": "0", "description": "khabar's own."},
                },
                "bindings": {"redis": {}},
            }
        },
        "channels": {
            "articles": _channel(ledgers["articles"], ARTICLE_FIELD, "New articles; served first.", "article"),
            "backfill": _channel(ledgers["backfill"], ARTICLE_FIELD, "Old articles; served after the new.", "article"),
            "records": _channel(names.records, EVENT_FIELD, "Records of the articles.", "record"),
            "dead": _channel(
                names.dead, EVENT_FIELD, "Articles that did not become a record, with the reason.", "rejection"
            ),
            "stories": _channel(names.stories, EVENT_FIELD, "Articles that tell one story.", "story"),
        },
        "operations": {
            "receiveArticles": _operation("receive", "articles", "article", "Accept articles from any producer."),
            "receiveBackfill": _operation("receive", "backfill", "article", "Accept an archive's articles."),
            "sendRecords": _operation("send", "records", "record", "Publish one record an article version."),
            "sendRejections": _operation("send", "dead", "rejection", "Keep what cannot become a record."),
            "sendStories": _operation("send", "stories", "story", "Publish each revision of a story once."),
        },
        "components": {
            "messages": {
                "article": _message("Article", "One article under any common scraper's names.", "article.schema.json"),
                "record": _message("RecordEvent", "A CloudEvent of type khabar.record.v1.", "event.schema.json"),
                "rejection": _message(
                    "RejectionEvent", "A CloudEvent of type khabar.rejection.v1.", "event.schema.json"
                ),
                "story": _message("StoryEvent", "A CloudEvent of type khabar.story.v1.", "event.schema.json"),
            },
            "schemas": {
                name: {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./{name}.schema.json"}} for name in schemas
            },
        },
    }


def _channel(address: str, field: str, summary: str, message: str) -> dict[str, Any]:
    return {
        "address": address,
        "summary": summary,
        "description": _ENTRY.format(field=field),
        "servers": [{"$ref": "#/servers/redis"}],
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
        "bindings": {"redis": {}},
    }


def _operation(action: str, channel: str, message: str, summary: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
        "bindings": {"redis": {}},
    }


def _message(name: str, summary: str, file: str) -> dict[str, Any]:
    return {
        "name": name,
        "summary": summary,
        "contentType": "application/json",
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./{file}"}},
    }
