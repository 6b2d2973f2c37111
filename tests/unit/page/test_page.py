"""A record's page: whole, in one file, and harmless whatever the record says."""

import html
import json
import re
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from khabar.messages.record import LAYERS, Record
from khabar.page.marked import marked_text
from khabar.page.page import Dress, record_page
from khabar.page.words import flag
from tests.unit.growth import assert_linear
from tests.unit.page.poison import POISON, Page, assert_inert, poisoned

ROOT = Path(__file__).parents[3]
EVENTS = ROOT / "tests/unit/messages/cases/events_0.4.0.jsonl"
DRESS = Dress.of("khabar.page", "style.css")
LEFT_OUT = [(420, 447, "contact")]


def words(markup: str) -> str:
    """Return the text of markup without numbers of claims, each run of white space as one space."""
    bare = re.sub(r'<a lang="en" dir="ltr" class="badge[^>]*>[^<]*</a>', "", markup)
    return " ".join(
        html.unescape(re.sub(r"</(?:p|div|span)>", lambda end: end[0] + " " * (end[0] == "</p>"), bare)).split()
    ).strip()


def shown(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", words(markup)).split())


def test_the_policy_lets_in_the_page_s_own_style_and_script_alone(flood: dict[str, Any]) -> None:
    """A page from a stranger's record is opened from the disk, where no server sends a policy."""
    page = Page(record_page(flood))
    [policy] = [
        each["content"] or "" for _, each in page.elements if each.get("http-equiv") == "Content-Security-Policy"
    ]
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (DRESS.style, DRESS.script)]
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{hashes[0]}'",
        f"script-src 'sha256-{hashes[1]}'",
        "base-uri 'none'",
        "form-action 'self'",
    ]


@pytest.mark.parametrize("poison", POISON)
@pytest.mark.parametrize("keep", [True, False])
def test_hostile_text_in_every_field_stays_text(flood: dict[str, Any], poison: str, keep: bool) -> None:
    """Articles are strangers' text, and so is all that their producers add."""
    flood |= {"custom": {"mood": {"label": "x"}}, "failures": [{"extractor": "x", "error": "y"}]}
    page = assert_inert(record_page(poisoned(flood, poison, keep=keep), LEFT_OUT), DRESS.style, DRESS.script)
    assert len(set(page.ids)) == len(page.ids)


def test_addresses_of_the_web_are_links_and_tell_nobody_where_they_were_found(flood: dict[str, Any]) -> None:
    """What a reader follows must not learn of the page."""
    links = [
        each for name, each in Page(record_page(flood)).elements if name == "a" and str(each["href"]).startswith("http")
    ]
    assert {each["href"] for each in links} == {flood["article"]["url"]}
    assert {each["rel"] for each in links} == {"noopener noreferrer nofollow"}


def test_the_marks_change_no_word_of_the_article(flood: dict[str, Any]) -> None:
    """What is read on the page is what was received."""
    title, text = marked_text(flood, LEFT_OUT)
    assert shown(f"{title} {text}") == " ".join(flood["text"].split())


def test_every_claim_has_a_row_and_every_link_inside_leads_to_one(flood: dict[str, Any]) -> None:
    """Without a script the links are all that there is."""
    page = Page(record_page(flood, LEFT_OUT))
    rows = {"quotations": "q", "statements": "s", "quantities": "f", "temporal": "d", "entities": "n"}
    for layer, letter in rows.items():
        assert {f"{letter}{number}" for number in range(len(flood[layer]))} <= set(page.ids), layer
    assert {
        str(each["href"])[1:] for name, each in page.elements if name == "a" and str(each["href"])[0] == "#"
    } <= set(page.ids)


def test_a_name_inside_a_statement_is_both(flood: dict[str, Any]) -> None:
    """Statements are full of names, figures and dates; one mark must not hide another."""
    rows = [str(each.get("data-rows")) for _, each in Page(record_page(flood)).elements]
    assert "n0 s0" in rows or "n1 s0" in rows


def test_marks_that_cross_are_all_shown() -> None:
    """A hashtag may cover half a name."""
    record = made("أعلن #المرصد_السوري لحقوق الإنسان ذلك") | {
        "hashtags": [{"start": 5, "end": 19, "text": "#المرصد_السوري", "words": []}],
        "entities": [entity("ORG", 6, 33)],
    }
    _, text = marked_text(record)
    pieces = re.findall(r'data-rows="([^"]*)"[^>]*>([^<]*)<', str(text))
    assert pieces == [("h0", "#"), ("n0 h0", "المرصد_السوري"), ("n0", " لحقوق الإنسان")]


def test_a_number_never_stands_between_the_letters_of_a_word() -> None:
    """Between و and the words that it is joined to, it would part letters that are written together."""
    record = made("وقال بأنه سيعود") | {
        "statements": [claim(6, 15) | {"kind": "clause", "act": "state", "speaker": None, "cue": None}]
    }
    _, text = marked_text(record)
    assert re.search("وقال <a [^>]*>S1</a>ب<", str(text))


@pytest.mark.parametrize("layer", [*LAYERS, "temporal_anchor", "fingerprint", "provenance", "language"])
def test_a_record_without_a_layer_has_a_page(flood: dict[str, Any], layer: str) -> None:
    """Layers can be switched off, and one may fail."""
    flood.pop(layer)
    assert "السيول" in record_page(flood)


@pytest.mark.parametrize("line", EVENTS.read_text(encoding="utf-8").splitlines())
def test_records_of_earlier_versions_have_pages(line: str) -> None:
    """Archives outlive versions."""
    data = json.loads(line)["data"]
    if "code" not in data:
        assert_inert(record_page(data), DRESS.style, DRESS.script)


@pytest.mark.parametrize(("start", "end"), [(-5, 3), (3, 3), (9, 2), (0, 10**9), (10**9, 10**9 + 5)])
def test_a_claim_outside_of_the_text_is_in_the_lists_alone(start: int, end: int) -> None:
    """A file may be anybody's."""
    record = made("نص قصير") | {"entities": [entity("PER", start, end)]}
    assert "data-rows" not in str(marked_text(record)[1])
    assert 'id="n0"' in record_page(record)


def test_names_in_english_are_shown_where_the_record_has_them(flood: dict[str, Any]) -> None:
    """Not every reader of the page reads Arabic."""
    page = Page(record_page(flood))
    spoken = "".join(words for _, words in page.texts)
    assert "Yasser Othman" in spoken
    assert "name romanized" in spoken
    assert "Port Sudan" in spoken


def test_values_codes_speakers_and_the_anchor_are_in_the_rows(flood: dict[str, Any]) -> None:
    """The card beside a mark is made of its row."""
    spoken = "".join(words for _, words in Page(record_page(flood, LEFT_OUT)).texts)
    for each in (
        "about 350",
        "displaced",
        "1,200",
        "2026-08-15, evening",
        "TIMEX3 2026-08-15TEV",
        "the publication date",
        "announces",
    ):
        assert each in spoken, each
    assert "للتواصل: tawari@example.org" in spoken
    assert "How to reach the writer" in spoken


def test_dates_stand_in_their_order(flood: dict[str, Any]) -> None:
    """A timeline is read from its top."""
    flood["temporal"].reverse()
    ids = Page(record_page(flood)).ids
    assert ids.index("d1") < ids.index("d0")


@pytest.mark.parametrize("end", ["nested", "same", "crossing"])
def test_marks_take_time_as_their_number(end: str) -> None:
    """A hostile record must not hang the reader's machine."""

    def mark(text: str) -> None:
        ends = {
            "nested": lambda at: len(text) - at,
            "same": lambda _: len(text),
            "crossing": lambda at: min(len(text), at + 50),
        }[end]
        tags = [claim(at, ends(at)) | {"words": []} for at in range(0, len(text), 5)]
        marked_text(made(text) | {"hashtags": tags})

    assert_linear(mark, "كلمة ")


def test_each_quality_flag_is_explained() -> None:
    """The page says what a flag means; the document has them all."""
    known = re.findall(
        r"^\| `(\w+)` \|", (ROOT / "docs/reference/quality_flags.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [name for name in known if not flag(name)] == []


def test_a_notebook_gets_one_frame_whose_style_reaches_nothing_else(flood: dict[str, Any]) -> None:
    """Styles and ids of two records in one notebook must not meet, nor those of the notebook's own."""
    flood["article"]["title"] = '"><script>alert(1)</script>'
    markup = Record.model_validate(without_names(flood), extra="ignore")._repr_html_()
    found = Page(markup)
    [(name, frame)] = found.elements
    assert name == "iframe"
    assert set(str(frame["sandbox"]).split()) == {"allow-scripts", "allow-popups"}
    assert_inert(str(frame["srcdoc"]), DRESS.style, DRESS.script)
    assert found.texts == []


def test_a_frame_needs_no_package_of_notebooks_and_none_of_the_service() -> None:
    """A consumer reads records in a notebook with khabar-client alone."""
    code = (
        "import sys\n"
        "from khabar.page.page import record_frame\n"
        "assert record_frame({'article': {'id': '1'}, 'text': 'نص'}).startswith('<iframe')\n"
        "print([name for name in ('IPython', 'typer', 'rich', 'celery', 'starlette', 'jinja2', 'redis') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def without_names(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out what this version's model does not know."""
    for each in record["entities"]:
        each.pop("name_latin", None)
        if each["geo"]:
            each["geo"].pop("name_en", None)
    return record


def made(text: str) -> dict[str, Any]:
    return {"article": {"id": "1"}, "text": text}


def claim(start: int, end: int) -> dict[str, Any]:
    return {"start": start, "end": end, "text": "…"}


def entity(kind: str, start: int, end: int) -> dict[str, Any]:
    return {"id": "e1", "type": kind, "name": "اسم", "mentions": [claim(start, end)], "geo": None}
