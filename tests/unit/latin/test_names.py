"""Latin names: the cases, and what must not happen to any name."""

from pathlib import Path
from typing import Any

import pytest

from khabar.entities.clusters import Cluster
from khabar.entities.geo import Gazetteer
from khabar.latin.letters import spell
from khabar.latin.names import LatinNames, region_of
from khabar.latin.persons import person
from khabar.latin.table import Table, table
from khabar.lexicons import entries
from khabar.messages.record import Geo
from khabar.models import NAMES
from tests.unit.cases import load_cases
from tests.unit.growth import assert_linear

CASES = load_cases(Path(__file__).with_name("cases.jsonl"))
PLACE = {
    "": Geo(geonames_id=1, country="SA", lat=0.0, lon=0.0),
    "m": Geo(geonames_id=2, country="DZ", lat=0.0, lon=0.0),
}


@pytest.fixture(scope="module")
def names() -> LatinNames:
    return LatinNames(Gazetteer.load().english)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_name(names: LatinNames, case: dict[str, Any]) -> None:
    """Each line of cases.jsonl: the name and how it is known."""
    place = Cluster("LOC", "مكان", ())
    _, found = names.of([place, Cluster(case["type"], case["name"], ())], [PLACE[case.get("region", "")], None])
    assert (found and found.text) == case["expect"]
    assert found is None or found.basis == case["basis"]


def test_a_placed_place_has_the_name_of_the_place(names: LatinNames) -> None:
    """Where context has decided between Oman and Amman, the name says so too."""
    geo = Geo(geonames_id=250441, country="JO", lat=31.95, lon=35.93, name_en="Amman")
    (found,) = names.of([Cluster("LOC", "عمان", ())], [geo])
    assert found
    assert (found.text, found.basis) == ("Amman", "known")


def test_most_of_the_places_decide_the_habits_of_spelling() -> None:
    """One Algerian town in a Saudi article changes no name."""
    assert region_of([PLACE["m"], PLACE["m"], PLACE[""], None]) == "m"
    assert region_of([PLACE["m"], PLACE[""], PLACE[""]]) == ""
    assert region_of([None]) == ""


@pytest.mark.parametrize("name", ["people", "parts", "letters", "tells"])
def test_a_table_finds_every_one_of_its_keys(name: str) -> None:
    """It is searched by halves, which needs the order of bytes."""
    rows = [line.split("\t") for line in _lines(name)]
    assert [key.encode() for key, _ in rows] == sorted({key.encode() for key, _ in rows})
    for key, value in rows[:: max(1, len(rows) // 500)]:
        assert table(name).get(key) == value
    assert table(name).get("لا وجود له في الجدول") is None


def test_a_table_of_one_line_and_of_none() -> None:
    """The ends of the search."""
    assert Table(b"").get("a") is None
    one = Table(b"b\t1\n")
    assert [one.get(key) for key in "abc"] == [None, "1", None]


def test_every_listed_foreigner_is_found_by_every_spelling() -> None:
    """A line that a later one hides would be dead."""
    for line in entries("latin/people"):
        arabic, latin = line.split("\t")
        for name in arabic.split("|"):
            found = person(name)
            assert found
            assert found.basis == "known"
            assert found.text == latin, name


def test_names_are_letters_alone() -> None:
    """What goes into a search index has no doubled spaces, marks of Arabic or open ends."""
    for name in (
        "محمد الأمين ولد سيدي",
        "عبد الرحمن بن محمد بن عبد الله آل سعود",
        "أم كلثوم",
        "آل سعود",
        "بن",
        "ال",
        "آل",
        "أبو",
    ):
        found = person(name)
        assert found is None or (found.text == " ".join(found.text.split()) and found.text[0].isupper())


def test_a_long_name_costs_no_more_than_its_length() -> None:
    """A recognizer may take a whole line for a name."""
    assert spell("ب" * 100_000, "") is None
    assert_linear(person, "محمد ")


def _lines(name: str) -> list[str]:
    return (NAMES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
