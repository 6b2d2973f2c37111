"""What a story says: sources, names, figures, headline."""

import pytest

from khabar.stories.grouping import Grouping
from khabar.stories.members import Article, Role
from khabar.stories.telling import Teller, independent_sources, tell, tell_json, told_of
from tests.unit.stories.conftest import BEGIN, MakeRecord
from tests.unit.stories.test_grouping import FLOOD, FLOOD_AGAIN, NAMES


@pytest.mark.parametrize(
    ("articles", "sources"),
    [
        ([("أ", None, "first")], 1),
        ([("أ", None, "first"), ("ب", None, "own")], 2),
        ([("أ", None, "first"), ("ب", None, "copy_of")], 1),
        ([("أ", "رويترز", "first"), ("ب", "رويترز", "own")], 1),
        ([("أ", "رويترز", "first"), ("ب", "أ ف ب", "own"), ("ج", None, "own")], 3),
        ([("أ", None, "first"), ("أ", None, "own")], 1),
    ],
)
def test_sources_are_counted_by_who_wrote(articles: list[tuple[str, str | None, Role]], sources: int) -> None:
    """Ten papers that print one agency's text are one source."""
    made = [Article(str(n), outlet, agency, role) for n, (outlet, agency, role) in enumerate(articles)]
    assert independent_sources(made) == sources


def test_a_story_tells_who_where_and_how_many(make: MakeRecord) -> None:
    """An analyst reads it instead of its articles."""
    grouping, teller = Grouping(), Teller()
    records = [
        make("a", "السيول تقطع الطريق بين بورتسودان وعطبرة", FLOOD, names=NAMES),
        make("b", "السيول تشرد 350 أسرة وتجرف جسر هيا", FLOOD_AGAIN, hours=3, outlet="الثانية", names=NAMES[:3]),
        make("c", "طريق مقطوع", "بورتسودان - رويترز: " + FLOOD, hours=4, outlet="الثالثة", names=NAMES),
    ]
    for record in records:
        change = grouping.add(record)
        teller.take(record, change)
    story = teller.tell(change.story)
    assert [article.id for article in story.articles] == ["a", "b", "c"]
    assert story.articles[2].original == "a"
    assert story.articles[2].share is not None
    assert story.articles[2].share > 0.9
    assert (story.revision, story.independent_sources, story.agencies) == (3, 2, ["رويترز"])
    assert [(name.name, name.articles) for name in story.people] == [("ياسر عثمان", 3)]
    assert [name.articles for name in story.places] == [3, 2]
    assert story.figures[0].value == 350
    assert story.figures[0].articles == 3
    assert story.first_seen == BEGIN
    assert story.headline in {record.article.title for record in records}


def test_an_event_is_what_the_model_writes(make: MakeRecord) -> None:
    """Events are written without the model; what has gone out under an id must not change by that."""
    grouping = Grouping()
    records = [
        make("a", "السيول تقطع الطريق بين بورتسودان وعطبرة", FLOOD, names=NAMES),
        make("b", "السيول تشرد 350 أسرة وتجرف جسر هيا", FLOOD_AGAIN, hours=3.123, outlet="الثانية", names=NAMES[:3]),
        make("c", None, "بورتسودان - رويترز: " + FLOOD, hours=None, outlet="الثالثة", names=NAMES),
    ]
    for record in records:
        story = grouping.add(record).story
    told = [told_of(record) for record in records]
    told[1].figures[1e16, "count", None] = "وزير"
    told[1].figures[0.1 + 0.2, "count", "km\u2028"] = None
    assert len(story.articles) == 3
    data = tell_json(story, told, revision=3, merged=["d"])
    assert data == tell(story, told, revision=3, merged=["d"]).model_dump_json().encode()
