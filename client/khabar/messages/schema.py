"""JSON Schema 2020-12 of the messages and an AsyncAPI 3.0 document of the queue, generated from the models."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from khabar.messages.aliases import ALIASES
from khabar.messages.article import Article
from khabar.messages.asyncapi import make_asyncapi
from khabar.messages.envelope import Envelope, EventType
from khabar.messages.record import LAYERS, NULLABLE_LAYERS, OPTIONAL_LAYERS, Record
from khabar.messages.rejection import Rejection
from khabar.messages.story import Story

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# Documents are named, and refer to each other, by their files' names: every tool finds them beside it, in whatever folder.
FILE = "{}.schema.json"

_STRING = {"type": ["string", "null"]}
_ALONE = {
    "type": "array",
    "items": _STRING,
    "description": "Scrapy's ItemLoader makes a list of every field; one of its parts may hold something.",
}
_NUMBER = {"type": "integer", "description": "Of a name that WordPress does not send; not read."}
_NAMED = {"type": "object", "description": "With a name, title, term or label."}
_DATE = {
    "description": "ISO 8601, RFC 2822, seconds or milliseconds since 1970, or a time struct in UTC. "
    "Without a zone it is the source's local time. An unreadable value is not an error and stays in extra.",
}
_PARAGRAPHS = {"type": "array", "items": _STRING}
_TEXT = {
    "description": "A string, a list of paragraphs, feedparser's content or Fundus's body.",
    "anyOf": [
        _STRING,
        _PARAGRAPHS,
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"value": {"type": "string", "description": "Text or HTML."}},
                "required": ["value"],
            },
        },
        {
            "type": "object",
            "properties": {
                "summary": {"description": "Text before the sections.", "anyOf": [_STRING, _PARAGRAPHS]},
                "sections": {
                    "type": "array",
                    "description": "In text order.",
                    "items": {
                        "type": "object",
                        "properties": {
                            "headline": {"description": "Of the section.", "anyOf": [_STRING, _PARAGRAPHS]},
                            "paragraphs": {"description": "Of the section.", "anyOf": [_STRING, _PARAGRAPHS]},
                        },
                    },
                },
            },
            "required": ["sections"],
        },
        {"type": "object", "maxProperties": 0},
        {
            "type": "object",
            "description": "WordPress, JSON-LD, crawl4ai.",
            "anyOf": [
                {"properties": {key: {"type": "string", "description": "The text."}}, "required": [key]}
                for key in ("rendered", "@value", "value", "raw_markdown")
            ],
        },
    ],
}
_HELD = {
    "type": "object",
    "description": "With the text in `rendered` (WordPress), `@value` or `value`, or the address in `@id`.",
}

_LEFT_OUT = {*LAYERS, *OPTIONAL_LAYERS, "custom"} - {*NULLABLE_LAYERS}

# Shapes of each field's value under any name: khabar/messages/values.py in the words of JSON Schema.
_SHAPES: dict[str, dict[str, Any]] = {
    "id": {
        "anyOf": [
            _STRING,
            {"type": "integer"},
            {"type": "array", "items": {"anyOf": [_STRING, {"type": "integer"}]}},
        ]
    },
    "string": {"anyOf": [_STRING, _ALONE, _HELD]},
    "text": _TEXT,
    "name": {"anyOf": [_STRING, _NAMED, {"type": "array", "items": {"anyOf": [_STRING, _NAMED]}}]},
    "names": {
        "anyOf": [
            _STRING,
            {"type": "integer"},
            _NAMED,
            {"type": "array", "items": {"anyOf": [_STRING, _NAMED, {"type": "integer"}]}},
        ]
    },
    "date": _DATE,
    "any": {"description": "An unreadable value is not an error and stays in extra."},
}
_SHAPE_OF = {
    "id": "id",
    "url": "string",
    "title": "string",
    "body": "text",
    "source": "name",
    "author": "names",
    "authors": "names",
    "published_at": "date",
    "modified_at": "date",
    "scraped_at": "date",
    "section": "names",
    "tags": "names",
    "description": "any",
    "image": "any",
}


def make_documents(custom: Mapping[str, dict[str, Any]] = MappingProxyType({})) -> dict[str, str]:
    """Generate every document: file name -> text, the same for the same models and `custom`, as in `make_schemas`."""
    schemas = make_schemas(custom)
    documents: dict[str, Any] = {FILE.format(name): schema for name, schema in schemas.items()}
    documents["asyncapi.json"] = make_asyncapi(schemas)
    return {name: _write(document) for name, document in documents.items()}


def make_schemas(custom: Mapping[str, dict[str, Any]] = MappingProxyType({})) -> dict[str, dict[str, Any]]:
    """Generate the JSON Schemas by name: article, record, rejection, event, and custom.LAYER for each layer of `custom`.

    Args:
        custom: the JSON Schemas of layers that other packages make, by layer; the record's schema refers to them.
    """
    record = _from_model("record", Record, "One article, structured, for consumers. Ignore unknown keys.")
    rejection = _from_model("rejection", Rejection, "The dead letter of an article that did not become a record.")
    story = _from_model("story", Story, "Articles on one event, which of them are copies, and what they say.")
    schemas = {
        "article": _article(),
        "record": record,
        "rejection": rejection,
        "event": _event(record, rejection, story),
        "story": story,
    }
    guests = {f"custom.{layer}": schema for layer, schema in sorted(custom.items())}
    if guests:
        record["properties"]["custom"]["properties"] = {
            layer: {"$ref": FILE.format(f"custom.{layer}"), "description": "Made by another package."}
            for layer in sorted(custom)
        }
    return schemas | {name: {"$schema": DIALECT, "$id": FILE.format(name)} | schema for name, schema in guests.items()}


def _from_model(name: str, model: type[BaseModel], description: str) -> dict[str, Any]:
    # A Record has a serializer of its own, which leaves out absent layers and of which pydantic sees only "an object".
    is_record = model is Record
    schema = model.model_json_schema(mode="validation" if is_record else "serialization", schema_generator=_Tolerant)
    if is_record:
        _as_it_is_written(schema)
    return (
        {"$schema": DIALECT, "$id": FILE.format(name)} | schema | {"title": model.__name__, "description": description}
    )


class _Tolerant(GenerateJsonSchema):
    """Objects stay open: what we write is strict, what a consumer accepts has room for keys of later versions."""

    def model_schema(self, schema: Any) -> dict[str, Any]:
        """Generate without additionalProperties: false."""
        made = super().model_schema(schema)
        made.pop("additionalProperties", None)
        return made

    def datetime_schema(self, schema: Any) -> dict[str, Any]:  # noqa: ARG002 (pydantic calls it so)
        """Describe dates; not as format date-time, which wants a zone that the source may not have given."""
        return {"type": "string", "description": "ISO 8601; without a zone it is the source's local time."}


def _as_it_is_written(schema: dict[str, Any]) -> None:
    """Undo the default null of the layers: an absent layer is absent. One that may be null keeps its null."""
    required = {"schema_version"} | {name for name, sub in schema["properties"].items() if "default" not in sub}
    schema["required"] = [name for name in schema["properties"] if name in required]
    for name, sub in schema["properties"].items():
        if sub.pop("default", 0) is None and name in _LEFT_OUT:
            sub.update(_without_null(sub.pop("anyOf")))


def _without_null(options: list[dict[str, Any]]) -> dict[str, Any]:
    (rest,) = [option for option in options if option != {"type": "null"}]
    return rest


def _article() -> dict[str, Any]:
    """Describe what is accepted: every name of every field, at least one name of text, anything besides."""
    properties: dict[str, Any] = {}
    fields = Article.model_fields
    for field, names in ALIASES.items():
        for rank, name in enumerate(names):
            note = str(fields[field].description) if rank == 0 else f"{field}, if no better name holds something."
            properties[name] = {"$ref": f"#/$defs/{_SHAPE_OF[field]}", "description": note}
    properties["extra"] = {"description": str(fields["extra"].description)}
    return {
        "$schema": DIALECT,
        "$id": FILE.format("article"),
        "title": "Article",
        "description": "One news article from a producer, under the field names of any common scraper. If several names of one "
        "field are filled, the first one wins. Names match without regard to case, `_`, `-`, `:`, `.` and spaces. Unknown "
        "names are kept in extra. A title or a text is required, and it must hold words.",
        "type": "object",
        "$defs": _SHAPES,
        "properties": properties,
        "anyOf": [
            {
                "required": [name],
                "properties": {name: True},
            }  # ajv's strict mode wants what is required among properties
            for field in ("body", "title", "description")
            for name in ALIASES[field]
        ],
    }


def _event(record: dict[str, Any], rejection: dict[str, Any], story: dict[str, Any]) -> dict[str, Any]:
    schema = _from_model("event", Envelope, "A CloudEvents 1.0 event, structured JSON mode, around one outcome.")
    schema["required"] = ["specversion", "id", "source", "type", "datacontenttype", "data"]
    subject = schema["properties"]["subject"]
    schema["properties"]["subject"] = {
        "type": "string",
        "minLength": 1,
        "title": "Subject",
        "description": subject["description"],
    }
    schema["properties"]["id"]["minLength"] = 1
    schema["properties"]["time"] = {
        "type": "string",
        "format": "date-time",
        "title": "Time",
        "description": "When the broker took the outcome, UTC. Absent on the stream, where the entry's id says it in ms since "
        "1970; `khabar records` and the exporters add it from there.",
    }
    schema["properties"]["source"] |= {"format": "uri-reference", "minLength": 1}
    schema["oneOf"] = [
        {
            "properties": {
                "type": {"const": kind.value, "description": "What `data` is."},
                "data": {"$ref": part["$id"], "description": part["description"]},
            }
        }
        for kind, part in ((EventType.RECORD, record), (EventType.REJECTION, rejection), (EventType.STORY, story))
    ]
    return schema


def _write(document: dict[str, Any]) -> str:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"
