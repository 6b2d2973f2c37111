"""The generated documents: current, valid, and true of real messages."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from khabar.errors import Code, RejectedArticle
from khabar.messages.article import Article
from khabar.messages.envelope import EventType, event_bytes, open_event, story_event_id
from khabar.messages.record import Record
from khabar.messages.rejection import make_rejection
from khabar.messages.schema import make_documents, make_schemas
from khabar.stories.telling import tell_end
from tests.unit.cases import load_cases

CASES = Path(__file__).parent / "cases"
DOCS = Path(__file__).parents[3] / "docs" / "schema"
SCHEMAS = make_schemas()
REGISTRY: Registry[Any] = Registry().with_resources(
    [(schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()]
)
SCRAPERS = load_cases(CASES / "scrapers.jsonl")
DESCRIBED = [case for case in SCRAPERS if "capitals" not in case["case"] and "writings" not in case["case"]]
RECORD = json.loads((CASES / "record.json").read_text(encoding="utf-8"))


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[name], registry=REGISTRY)


@pytest.mark.parametrize("name", sorted(make_documents()))
def test_checked_in_documents_are_current(name: str) -> None:
    """Readers trust docs/schema; `khabar schema` writes it anew."""
    assert (DOCS / name).read_text(encoding="utf-8") == make_documents()[name]


def test_no_document_is_left_over() -> None:
    """A renamed document must not leave its old self behind."""
    assert {path.name for path in DOCS.iterdir()} == set(make_documents())


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_schemas_are_valid_2020_12(name: str) -> None:
    """Against the dialect's own metaschema."""
    assert SCHEMAS[name]["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("case", DESCRIBED, ids=lambda c: c["case"])
def test_what_scrapers_send_is_valid(case: dict[str, Any]) -> None:
    """The schema must not forbid what is accepted (names in other writings are accepted, but cannot be described)."""
    validator("article").validate(case["sent"])


def test_canonical_articles_are_valid() -> None:
    """Nulls included."""
    validator("article").validate(Article(id="1", body="نص").model_dump(mode="json"))


@pytest.mark.parametrize("item", [{}, {"url": "https://example.com"}, {"body": 5}, {"title": [5]}, []])
def test_what_is_refused_is_invalid(item: Any) -> None:
    """A schema that allows anything says nothing."""
    assert not validator("article").is_valid(item)


def test_a_record_is_valid_and_absent_layers_are_absent() -> None:
    """RECORD.md: an absent layer is absent, not empty; keys of later versions are allowed."""
    made = Record.model_validate(RECORD).model_dump(mode="json")
    validator("record").validate(made | {"later": 1})
    assert not validator("record").is_valid(made | {"hashtags": None})
    assert not validator("record").is_valid(made | {"custom": None})
    validator("record").validate(made | {"genre": None})


def test_a_record_of_an_older_version_is_valid() -> None:
    """Consumers upgrade before workers do, and archives stay: 0.4.0 knew four fields of an article fewer."""
    added = {"authors", "modified_at", "description", "image"}
    older = RECORD | {
        "schema_version": "1.0",
        "article": {k: v for k, v in RECORD["article"].items() if k not in added},
    }
    validator("record").validate(older)
    assert Record.model_validate(older).article.authors == []


def test_events_of_both_kinds_are_valid() -> None:
    """The envelope's schema checks the data by its type."""
    record = event_bytes(EventType.RECORD, Record.model_validate(RECORD), event_id="e", subject="a-1")
    error = RejectedArticle(Code.NO_TEXT, field=None, reason="x", place="validate")
    rejection = event_bytes(EventType.REJECTION, make_rejection(error, b"{}"), event_id="e", subject=None)
    for event in (json.loads(record), json.loads(rejection)):
        validator("event").validate(event)
        assert not validator("event").is_valid(event | {"data": {}})


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_field_is_described(name: str) -> None:
    """Readers of other languages have the schema and nothing else."""
    assert undescribed(SCHEMAS[name]) == []


@pytest.mark.parametrize("name", sorted(make_documents()))
def test_references_name_files_that_lie_beside(name: str) -> None:
    """Official tools find a file by its name, and no URN; tests/acceptance/test_other_languages.py runs them."""
    files = [found.partition("#")[0] for found in references(json.loads(make_documents()[name]))]
    assert {file.removeprefix("./") for file in files if file} <= set(make_documents())


def test_asyncapi_references_resolve_and_have_what_the_specification_requires() -> None:
    """Against AsyncAPI 3.0's required fields; the official schema is no Python package."""
    document = json.loads(make_documents()["asyncapi.json"])
    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(document["info"])
    assert set(document["channels"]) == {"articles", "backfill", "records", "dead", "stories"}
    for operation in document["operations"].values():
        assert operation["action"] in {"send", "receive"}
        assert operation["channel"]["$ref"].startswith("#/channels/")
    for reference in references(document):
        if reference.startswith("./"):
            assert reference[2:] in make_documents()
        else:
            found = document
            for part in reference.removeprefix("#/").split("/"):
                found = found[part]


def undescribed(node: Any, path: str = "") -> list[str]:
    """Return the paths of properties without a description."""
    if isinstance(node, dict):
        fields = node.get("properties", {}).items()
        own = [f"{path}.{name}" for name, sub in fields if isinstance(sub, dict) and not sub.get("description")]
        return own + [found for key, sub in node.items() for found in undescribed(sub, f"{path}.{key}")]
    return [found for sub in node for found in undescribed(sub, path)] if isinstance(node, list) else []


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for part in node.values() for found in references(part)]
    if isinstance(node, list):
        return [found for part in node for found in references(part)]
    return []


def test_a_revision_of_a_story_is_an_event_of_the_schema() -> None:
    """Consumers of the stream of stories validate by the same document."""
    data = tell_end("a" * 16, revision=2, merged_into="b" * 16).model_dump_json().encode()
    event = event_bytes(EventType.STORY, data, event_id=story_event_id(data), subject="a" * 16)
    validator("event").validate(json.loads(event))
    assert open_event(event).story().merged_into == "b" * 16
    assert not validator("event").is_valid(json.loads(event) | {"data": {"id": "a"}})
