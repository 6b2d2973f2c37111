"""parse_article on anything at all."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import RejectedArticle
from khabar.messages.aliases import PLACES
from khabar.messages.article import Article, parse_article

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
