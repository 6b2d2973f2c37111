"""parse_article on anything at all."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import ArticleTimedOut, RejectedArticle
from khabar.messages.aliases import PLACES
from khabar.messages.article import Article, parse_article
from khabar.messages.items import original_of

TEXT = st.text(max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.sampled_from(["None", " ", "2015-07-25", "a;b"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | st.sampled_from(["value", "sections"]), inner),
    max_leaves=12,
)
NAMES = st.sampled_from([*PLACES, "extra"]) | TEXT
ITEMS = st.dictionaries(NAMES, VALUES, max_size=8)


def parse_or_refuse(raw: Any) -> Article | None:
    try:
        return parse_article(raw)
    except RejectedArticle as error:
        assert error.reason
        return None


@given(st.binary(max_size=200) | st.text(alphabet=st.characters(), max_size=200))
def test_any_bytes_or_text_are_an_article_or_refused(raw: bytes | str) -> None:
    """Anybody can push anything; the worker must not fall over it."""
    parse_or_refuse(raw)


@given(VALUES)
def test_any_json_value_is_an_article_or_refused(value: Any) -> None:
    """Valid JSON of any shape; NaN is written by Python's own json."""
    parse_or_refuse(json.dumps(value))


@given(ITEMS)
def test_any_item_is_an_article_or_refused_and_reads_back_as_itself(item: dict[str, Any]) -> None:
    """What is accepted must survive being written and read again."""
    article = parse_or_refuse(item)
    if article is not None:
        assert article.text.strip()
        assert parse_article(article.model_dump_json()) == article


DEPTHS = st.sampled_from([0, 1, 90, 100, 101, 255, 990, 1_000, 1_015])


def nest(depth: int, kind: str) -> str:
    """Return JSON that is nested so deep."""
    return "[" * depth + "]" * depth if kind == "list" else '{"a":' * depth + "1" + "}" * depth


DEEP = st.builds(nest, DEPTHS, st.sampled_from(["list", "object"]))
HUGE = st.sampled_from(
    ["9" * 400, "-1" + "0" * 300, "1e308", '"' + "ن" * 9_000 + '"', "[" + "0," * 5_000 + "0]", "[[],{}]"]
)
WRITTEN = DEEP | HUGE | VALUES.map(json.dumps) | DEEP.map('[{{"name":"x","d":{}}}]'.format)


@given(st.lists(st.tuples(NAMES, st.integers(0, 3)), max_size=6), st.lists(WRITTEN, min_size=4, max_size=4))
def test_deep_and_huge_values_of_any_field_are_refused(names: list[tuple[str, int]], values: list[str]) -> None:
    """Two names of one field with equal deep values ended every dispatcher: comparing them recurses."""
    fields = ",".join(f"{json.dumps(name)}:{values[index]}" for name, index in names)
    raw = "{" + fields + "}"
    parse_or_refuse(raw)
    parse_or_refuse(raw.encode("utf-8", "surrogatepass"))


class Odd(Mapping[Any, Any]):
    """A mapping of a producer's own, which raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getitem__(self, _: Any) -> Any:
        raise self.error

    def __iter__(self) -> Iterator[Any]:
        return iter(["text"])

    def __len__(self) -> int:
        return 1


class Silent:
    """A value that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


def cyclic() -> dict[str, Any]:
    item: dict[str, Any] = {"text": "نص"}
    item["again"] = item
    return item


ODD: list[Any] = [
    Odd(KeyError("x")),
    Odd(RuntimeError("x")),
    Odd(RecursionError()),
    cyclic(),
    {"text": "نص", "x": Odd(ZeroDivisionError())},
    {"text": "نص", "x": Silent()},
    {"text": "نص", Silent(): 1},
    {"text": "نص", "x": [Silent()]},
    {"text": "نص", (1, 2): 1},
    {"text": "نص", "x" * 100_000: Silent()},
    {"text": "نص", "\ud800": "\ud800"},
    None,
    7,
    object(),
]


@pytest.mark.parametrize("item", ODD, ids=[str(number) for number in range(len(ODD))])
def test_an_odd_item_is_refused_and_has_an_original(item: Any) -> None:
    """A scraper's own classes reach `ArticlePublisher.add` and the library."""
    with pytest.raises(RejectedArticle):
        parse_article(item)
    assert original_of(item)


def test_names_of_fields_are_shown_and_an_article_in_their_place_is_not() -> None:
    """A scraper that has key and value the wrong way round would put its article into the log of whoever pushes it."""
    words = "قال المتحدث باسم الوزارة يوم الثلاثاء إن الوزراء اتفقوا"
    for item in ({words: "text"}, {"a": 1, words: 2}, {words: [[]] * 2, "text": 5}, {words: object(), "text": "نص"}):
        with pytest.raises(RejectedArticle) as caught:
            parse_article(item)
        assert words[:5] not in str(caught.value)
    with pytest.raises(RejectedArticle, match=r"\(url, date, kind and 1 more\)"):
        parse_article({"url": "https://example.com/a", "date": 1, "kind": 2, "the number of this one of the items": 3})


def test_a_time_limit_is_no_fault_of_the_item() -> None:
    """A library may turn the alarm into an error of its own."""

    class Late(Odd):
        def __getitem__(self, _: Any) -> Any:
            try:
                raise ArticleTimedOut
            except ArticleTimedOut as error:
                raise RuntimeError from error

    with pytest.raises(RuntimeError):
        parse_article(Late(RuntimeError()))


@pytest.mark.parametrize("field", sorted({field for field, _ in PLACES.values()}))
def test_equal_deep_values_in_two_names_of_one_field_are_refused(field: str) -> None:
    """4 KB of it ended every dispatcher for ever, `khabar push` and `khabar extract`."""
    names = [name for name, (place, _) in PLACES.items() if place == field][:2]
    for depth in (101, 500, 1_000, 1_015):
        value = f'[{{"name":"x","value":"y","d":{nest(depth, "list")}}}]'
        with pytest.raises(RejectedArticle):
            parse_article("{" + "".join(f'"{name}":{value},' for name in names) + '"id":"1","text":"قال"}')
