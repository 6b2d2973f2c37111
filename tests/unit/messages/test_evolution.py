"""docs/reference/messages.md, "How it changes": within version 1, keys are added and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from khabar.messages.envelope import EventType, open_event
from khabar.messages.record import Record
from khabar.messages.schema import make_schemas

CASES = Path(__file__).parent / "cases"
# Written by 0.4.0 itself: two records, one with an emoji in its title, and a rejection.
EVENTS = (CASES / "events_0.4.0.jsonl").read_text(encoding="utf-8").splitlines()
OLD = json.loads((CASES / "record_0.4.0.schema.json").read_text(encoding="utf-8"))
NEW = make_schemas()
REGISTRY: Registry[Any] = Registry().with_resources(
    [(schema["$id"], Resource.from_contents(schema)) for schema in NEW.values()]
)


@pytest.mark.parametrize("line", EVENTS)
def test_events_of_0_4_0_are_valid_today(line: str) -> None:
    """An archive is read for years."""
    Draft202012Validator(NEW["event"], registry=REGISTRY).validate(json.loads(line))


def test_events_of_0_4_0_are_read_by_this_client() -> None:
    """Workers and consumers are upgraded one by one, so a stream holds both."""
    first, second, rejection = map(open_event, EVENTS)
    record = first.record()
    assert record.schema_version == "1.0"
    assert record.statements is None
    assert record.quotations
    assert all(record.text[claim.start : claim.end] == claim.text for claim in record.quotations)
    assert second.record().article.id == "plain-2"
    assert (rejection.type, rejection.rejection().code) == (EventType.REJECTION, "no_text")


def test_a_line_of_a_file_is_a_record_too() -> None:
    """`khabar records` puts the event's id in front."""
    data = {"outcome_id": "e", **json.loads(EVENTS[0])["data"]}
    record = Record.model_validate(data)
    assert (record.outcome_id, record.model_dump()["outcome_id"]) == ("e", "e")
    assert "outcome_id" not in Record.model_validate(json.loads(EVENTS[0])["data"]).model_dump()


def objects(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the record and its parts by name."""
    return {"record": schema} | schema["$defs"]


@pytest.mark.parametrize("name", objects(OLD))
def test_what_was_promised_stays(name: str) -> None:
    """No key goes, none becomes optional, and no new one is required: either would break a consumer or an old archive."""
    old, new = objects(OLD)[name], objects(NEW["record"])[name]
    assert old["properties"].keys() <= new["properties"].keys()
    assert set(old.get("required", [])) == set(new.get("required", []))


@pytest.mark.parametrize("name", objects(OLD))
def test_types_and_values_stay(name: str) -> None:
    """A value may be added to a list of values; a type stays what it was."""
    old, new = objects(OLD)[name]["properties"], objects(NEW["record"])[name]["properties"]
    for key, before in old.items():
        now = new[key]
        for word in ("type", "$ref", "items", "anyOf", "minimum", "maximum"):
            assert _bare(now.get(word)) == _bare(before.get(word)), f"{key}: {word}"
        assert set(before.get("enum", [before.get("const")])) <= set(now.get("enum", [now.get("const")])), key


def _bare(node: Any) -> Any:
    """Return a schema without its words for people."""
    if isinstance(node, dict):
        return {key: _bare(value) for key, value in node.items() if key not in ("title", "description")}
    return [_bare(each) for each in node] if isinstance(node, list) else node
