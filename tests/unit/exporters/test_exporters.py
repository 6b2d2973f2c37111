"""Records in other formats: what each holds, against the official schema or libraries where they are here."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from khabar.consuming.delivery import Delivery
from khabar.errors import UnusablePlugin
from khabar.exporters.cloudevents import binary, event_time, structured
from khabar.exporters.ninjs import ninjs
from khabar.exporters.registry import EXPORTERS, find_exporter
from khabar.exporters.schema_org import news_article
from khabar.exporters.web_annotation import annotation_page
from tests.packages import install
from tests.unit.sinks.made import EMOJI, ENTRY, PLAIN, TIME, delivery

ROOT = Path(__file__).parents[3]
RECORD, BARE = EMOJI["data"], PLAIN["data"]
TEXT = RECORD["text"]


def test_time_is_that_of_the_entry_and_the_same_for_each_delivery() -> None:
    """SDKs invent the present time where there is none, so a repeated event looked new."""
    assert structured(delivery())["time"] == TIME == structured(delivery())["time"]
    assert event_time(delivery(entry=f"{10**18}-0")) is None  # an id that somebody has chosen
    assert "time" not in structured(delivery(entry=f"{10**18}-0"))


def test_absent_attributes_are_absent() -> None:
    """CloudEvents: a subject that is there is not empty, and not null."""
    event = {key: value for key, value in EMOJI.items() if key != "subject"}
    assert "subject" not in structured(delivery(event=event))


def test_binary_mode_encodes_what_a_header_cannot_hold() -> None:
    """An article's id may be any text; RFC 3986 escapes of UTF-8, as the HTTP binding wants it."""
    headers, body = binary(delivery(event={**EMOJI, "subject": 'عدن "50%" 🔴'}))
    assert headers["ce-subject"] == "%D8%B9%D8%AF%D9%86%20%2250%25%22%20%F0%9F%94%B4"
    assert {name: headers[name] for name in ("content-type", "ce-specversion", "ce-source", "ce-time")} == {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-source": "khabar",
        "ce-time": TIME,
    }
    assert json.loads(body) == delivery().event.data


def test_the_sdk_reads_both_modes() -> None:
    """The official Python SDK, where it is installed."""
    http = pytest.importorskip("cloudevents.v1.http", reason="the package cloudevents is not installed")
    event = http.from_json(json.dumps(structured(delivery())))
    assert (event["id"], event["time"], event.data["text"]) == ("e", TIME, TEXT)
    headers, body = binary(delivery())
    event = http.from_http(headers, body)
    assert (event["id"], event["time"], event.data["text"]) == ("e", TIME, TEXT)


def test_a_news_article_has_who_and_where() -> None:
    """schema.org has no official schema to check against; the names are those of NewsArticle, Person, Organization and Place."""
    made = news_article(RECORD)
    assert (made["@context"], made["@type"]) == ("https://schema.org", "NewsArticle")
    assert f"{made['headline']}\n\n{made['articleBody']}" == TEXT
    assert (made["datePublished"], made["inLanguage"]) == ("2026-08-14T09:30:00+02:00", "ar")
    assert made["author"] == [{"@type": "Person", "name": "منى الشامي"}]
    assert made["publisher"] == {"@type": "Organization", "name": "صحيفة المثال"}
    by_name = {each["name"]: each for each in made["mentions"]}
    assert by_name["ياسر عثمان"]["@type"] == "Person"
    place = by_name["عطبرة"]
    assert (place["@type"], place["address"]["addressCountry"]) == ("Place", "SD")
    assert place["sameAs"].startswith("https://sws.geonames.org/")


def test_what_is_unknown_is_absent() -> None:
    """Null is no value in JSON-LD and in ninjs."""
    for made in (news_article(BARE), ninjs(BARE)):
        assert not [key for key, value in made.items() if value in (None, "", [])]
    assert news_article(BARE)["articleBody"] == BARE["text"]
    assert (news_article(BARE)["dateline"], ninjs(BARE)["located"]) == ("بيروت", "بيروت")
    assert news_article(BARE)["sourceOrganization"]["name"] == "أ ف ب"


def test_later_keys_are_used() -> None:
    """A list of authors, modified_at, description and image are keys of later minor versions."""
    article = RECORD["article"] | {
        "authors": ["منى الشامي", "فادي رزق"],
        "modified_at": "2026-08-14T12:00:00Z",
        "description": "ملخص",
        "image": "https://example.com/1.jpg",
    }
    made = news_article(RECORD | {"article": article})
    assert [each["name"] for each in made["author"]] == ["منى الشامي", "فادي رزق"]
    assert (made["dateModified"], made["description"]) == ("2026-08-14T12:00:00Z", "ملخص")
    assert ninjs(RECORD | {"article": article})["versionCreated"] == "2026-08-14T12:00:00+00:00"


@pytest.mark.parametrize("record", [RECORD, BARE], ids=["emoji", "plain"])
def test_ninjs_is_valid_by_its_official_schema(record: dict[str, Any]) -> None:
    """Where NINJS_SCHEMA names the file, for it is not ours to copy: specification/ninjs-schema_3.1.json of iptc/newsinjson."""
    path = os.environ.get("NINJS_SCHEMA")
    if not path:
        pytest.skip("NINJS_SCHEMA does not name the official ninjs-schema_3.1.json")
    schema = json.loads(Path(path).read_text(encoding="utf-8"))
    elsewhere = Resource.from_contents({"$schema": schema["$schema"]})  # it refers to GeoJSON's schema by its address
    registry: Registry[Any] = Registry().with_resource("https://geojson.org/schema/GeoJSON.json", elsewhere)
    Draft202012Validator(schema, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        ninjs(record)
    )


def test_ninjs_has_an_ascii_uri_and_dates_with_a_zone() -> None:
    """Its schema wants a URI, not an IRI, and RFC 3339."""
    url = "https://example.com/أخبار/%D8%B9?a=1&b=ج#x"
    article = RECORD["article"] | {"url": url, "published_at": "2026-08-14T09:30:00"}
    made = ninjs(RECORD | {"article": article})
    assert made["uri"] == "https://example.com/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%D8%B9?a=1&b=%D8%AC#x"
    assert "contentCreated" not in made
    assert ninjs(BARE)["uri"] == "urn:khabar:article:plain-2"
    assert ninjs(RECORD)["contentCreated"] == "2026-08-14T07:30:00+00:00"
    (place,) = [each for each in ninjs(RECORD)["places"] if each["name"] == "عطبرة"]
    assert place["geoJSON"]["type"] == "Point"
    longitude, latitude = place["geoJSON"]["coordinates"]
    assert (33 < longitude < 35, 17 < latitude < 18) == (True, True)


def test_annotations_find_their_words_by_both_selectors() -> None:
    """TextPositionSelector counts code points as khabar does; behind an emoji UTF-16 would be one off."""
    page = annotation_page(RECORD, "e")
    claims = sum(len(RECORD[layer]) for layer in ("quotations", "quantities", "temporal", "hashtags", "links"))
    assert len(page["items"]) == claims + sum(len(each["mentions"]) for each in RECORD["entities"])
    assert len({item["id"] for item in page["items"]}) == len(page["items"])
    for item in page["items"]:
        position, words = item["target"]["selector"]
        start, end = position["start"], position["end"]
        assert TEXT[start:end] == words["exact"]
        assert TEXT[:start].endswith(words["prefix"])
        assert TEXT[end:].startswith(words["suffix"])
        assert item["target"]["scope"] == RECORD["article"]["url"]
    assert "scope" not in annotation_page(BARE, "e")["items"][0]["target"]


@pytest.mark.parametrize("name", EXPORTERS.house())
def test_every_exporter_writes_whole_lines_and_is_documented(name: str) -> None:
    """`khabar records --format NAME` writes a line a record, and two in the bulk form."""
    made = find_exporter(name)(delivery())
    lines = (made if isinstance(made, bytes) else json.dumps(made, ensure_ascii=False).encode()).split(b"\n")
    assert [type(json.loads(line)) for line in lines] == [dict] * len(lines)
    assert f"\n## {name}\n" in (ROOT / "docs" / "how-to/exporters.md").read_text(encoding="utf-8")


def test_a_package_s_exporter_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By entry point, as extractors, sources and sinks are; the names of khabar's formats are taken."""
    source = "def exporter():\n    return lambda delivery: {'id': delivery.event.id}\n"
    points = {"khabar.exporters": {"short": "short_room:exporter"}}
    monkeypatch.syspath_prepend(install(tmp_path, "short-room", modules={"short_room": source}, points=points))
    assert find_exporter("short")(Delivery(ENTRY, delivery().event)) == {"id": "e"}
    with pytest.raises(
        UnusablePlugin, match=r"there is no format 'xml'; there are json, bulk, cloudevents, ninjs, .*, short"
    ):
        find_exporter("xml", others=("json",))


def test_a_doc_of_spacy_is_the_record(tmp_path: Path) -> None:
    """Text, sentences and names, and the same again from a DocBin on disk."""
    pytest.importorskip("spacy", reason="spaCy is not installed; `make spacy` installs it and runs this test")
    from spacy.tokens import DocBin

    from khabar.exporters.spacy import to_doc, write_docbin

    for record in (RECORD, BARE):
        doc = to_doc(record)
        assert doc.text == record["text"]
        assert [sentence.start_char for sentence in doc.sents] == [each["start"] for each in record["sentences"]]
        mentions = sorted((each["start"], each["end"]) for entity in record["entities"] for each in entity["mentions"])
        assert [(span.start_char, span.end_char) for span in doc.spans["mentions"]] == mentions
        assert {(span.start_char, span.end_char) for span in doc.ents} <= set(mentions)
        assert [(span.text, span.id_) for span in doc.spans["quotations"]] == [
            (each["text"], each["speaker"]["name"]) for each in record["quotations"]
        ]
    assert write_docbin([RECORD, BARE], tmp_path / "corpus.spacy") == 2
    first, _ = DocBin().from_disk(tmp_path / "corpus.spacy").get_docs(to_doc(BARE).vocab)
    assert (first.text, [each.text for each in first.ents]) == (TEXT, [each.text for each in to_doc(RECORD).ents])
    assert list(first.user_data["article"]["tags"]) == RECORD["article"]["tags"]
