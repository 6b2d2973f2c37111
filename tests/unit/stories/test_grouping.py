"""Which articles are copies, which tell one story, and what the window forgets."""

from collections.abc import Sequence

import pytest

from khabar.messages.record import Record
from khabar.stories.grouping import Grouping
from khabar.stories.members import Members
from tests.unit.stories.conftest import MakeRecord

FLOOD = (
    "أعلنت هيئة الطرق والجسور إغلاق الطريق القومي بين بورتسودان وعطبرة بعد سيول جرفت جسرا قرب هيا. "
    "وقال مدير الهيئة ياسر عثمان إن فرق الصيانة تعمل منذ الفجر لفتح مسار بديل أمام الشاحنات العالقة. "
    "ونزحت نحو 350 أسرة من القرى القريبة إلى مدارس المدينة، بحسب مفوضية العون الإنساني. "
    "وتتوقع الأرصاد هطول أمطار غزيرة في شرق البلاد حتى نهاية الأسبوع."
)
FLOOD_AGAIN = (
    "نزحت 350 أسرة في شرق السودان بعدما جرفت السيول جسر هيا على الطريق بين بورتسودان وعطبرة. "
    "وأكد ياسر عثمان مدير هيئة الطرق والجسور أن إصلاح الجسر يحتاج أسبوعين، وأن الشاحنات العالقة ستسلك مسارا بديلا. "
    "ووزعت مفوضية العون الإنساني خياما وأغذية على النازحين من السيول."
)
MATCH = (
    "فاز الهلال على المريخ بهدفين دون مقابل في قمة الدوري الممتاز مساء الجمعة في أم درمان. "
    "وسجل المهاجم الهدف الأول من ركلة جزاء قبل نهاية الشوط الأول، ثم أضاف البديل الثاني في الوقت الضائع. "
    "ورفع الفريق رصيده إلى أربعين نقطة في صدارة الترتيب."
)
NAMES = [("PER", "ياسر عثمان"), ("ORG", "هيئه الطرق والجسور"), ("LOC", "بورتسودان"), ("LOC", "عطبره")]


def cable(country: str, leader: str, day: str) -> str:
    return (
        f"بعث الرئيس برقية تهنئة إلى {leader} رئيس {country} بمناسبة ذكرى {day} لبلاده. "
        f"وأعرب الرئيس باسمه واسم الشعب والحكومة عن أصدق التهاني وأطيب التمنيات بالصحة والسعادة لفخامته، "
        f"ولحكومة وشعب {country} الشقيق اطراد التقدم والازدهار."
    )


def add(grouping: Grouping, records: Sequence[Record]) -> list[tuple[int, str, str | None]]:
    """Return story number, role and original of each."""
    made = []
    for record in records:
        change = grouping.add(record)
        assert change.article is not None
        made.append((change.story.number, change.article.role, change.article.original))
    return made


@pytest.mark.parametrize(
    "copy",
    [
        FLOOD,
        " ".join(FLOOD.split(". ")[:2]),
        FLOOD + " وكانت سيول العام الماضي قد قطعت الطريق نفسه ثلاثة أيام، وطالب سائقون بحلول دائمة.",
        "بورتسودان - رويترز: " + FLOOD.replace("إغلاق", "اغلاق"),
        FLOOD.replace("منذ الفجر ", ""),
    ],
    ids=["whole", "cut", "longer", "under a dateline", "edited"],
)
def test_a_copy_is_found_under_another_headline(make: MakeRecord, grouping: Grouping, copy: str) -> None:
    """Wire copy makes small outlets look diverse."""
    first = make("a", "السيول تقطع الطريق القومي", FLOOD, names=NAMES)
    second = make("b", "نزوح مئات الأسر في الشرق", copy, hours=5, outlet="الثانية", names=NAMES)
    assert add(grouping, [first, second]) == [(1, "first", None), (1, "copy_of", "a")]


def test_a_copy_of_a_copy_is_a_copy_of_the_first(make: MakeRecord, grouping: Grouping) -> None:
    """A chain of copies has one source."""
    records = [
        make(name, f"عنوان {name}", FLOOD, hours=hour, outlet=name, names=NAMES) for hour, name in enumerate("abc")
    ]
    assert add(grouping, records)[1:] == [(1, "copy_of", "a"), (1, "copy_of", "a")]


def test_texts_of_their_own_on_one_event_are_one_story(make: MakeRecord, grouping: Grouping) -> None:
    """Two reporters, one bridge."""
    first = make("a", "السيول تقطع الطريق بين بورتسودان وعطبرة", FLOOD, names=NAMES)
    second = make("b", "السيول تشرد 350 أسرة وتجرف جسر هيا", FLOOD_AGAIN, hours=3, outlet="الثانية", names=NAMES)
    assert add(grouping, [first, second]) == [(1, "first", None), (1, "own", None)]


def test_other_events_are_other_stories(make: MakeRecord, grouping: Grouping) -> None:
    """Grouping everything would have perfect recall."""
    found = add(
        grouping, [make("a", "السيول تقطع الطريق", FLOOD, names=NAMES), make("b", "القمة زرقاء", MATCH, hours=1)]
    )
    assert found == [(1, "first", None), (2, "first", None)]


def test_cables_to_two_countries_are_no_copies(make: MakeRecord, grouping: Grouping) -> None:
    """They share nearly every word, and no fact."""
    one = make(
        "a",
        "تهنئة رئيس مالي",
        cable("مالي", "إبراهيم كيتا", "الاستقلال"),
        names=[("PER", "ابراهيم كيتا"), ("LOC", "مالي")],
    )
    two = make(
        "b", "تهنئة رئيس النيجر", cable("النيجر", "محمد إيسوفو", "إعلان الجمهورية"), hours=48,
        names=[("PER", "محمد ايسوفو"), ("LOC", "النيجر")],
    )  # fmt: skip
    assert [role for _, role, _ in add(grouping, [one, two])] == ["first", "first"]


@pytest.mark.parametrize("body", ["", "كاريكاتير", "تصوير: أحمد علي"])
def test_what_has_no_story_groups_with_nothing(make: MakeRecord, grouping: Grouping, body: str) -> None:
    """All cartoons would be one story."""
    records = [make(name, "كاريكاتير", body, outlet=name) for name in "abc"]
    assert [number for number, _, _ in add(grouping, records)] == [1, 2, 3]


def test_articles_further_apart_than_the_window_are_not_compared(make: MakeRecord) -> None:
    """A text printed again after a month is news of another day, and memory is bounded."""
    grouping = Grouping(window_days=2)
    grouping.add(make("a", "عنوان", FLOOD, names=NAMES))
    fillers = [make(f"f{day}", "القمة زرقاء", MATCH, hours=24 * day) for day in (1, 2, 3)]
    closed = [story.id for filler in fillers for story in grouping.add(filler).closed]
    assert len(closed) == 1
    assert len(grouping) < 4
    change = grouping.add(make("b", "عنوان", FLOOD, hours=80, names=NAMES))
    assert change.article is not None
    assert change.article.role == "first"


def test_one_wrong_date_does_not_empty_the_window(make: MakeRecord, grouping: Grouping) -> None:
    """A scraper that reads a year wrong must not end every story."""
    grouping.add(make("a", "عنوان", FLOOD, names=NAMES))
    assert not grouping.add(make("wrong", "القمة زرقاء", MATCH, hours=24 * 365 * 70)).closed
    change = grouping.add(make("b", "آخر", FLOOD, hours=2, names=NAMES))
    assert change.article is not None
    assert change.article.original == "a"


def test_a_wrong_date_at_the_start_does_not_stop_the_clock(make: MakeRecord, grouping: Grouping) -> None:
    """Else all that follow would be too old for the window, for ever."""
    grouping.add(make("wrong", "القمة زرقاء", MATCH, hours=24 * 365 * 70))
    for number in range(9):
        grouping.add(make(f"m{number}", "القمة زرقاء", MATCH, hours=number))
    grouping.add(make("a", "عنوان", FLOOD, hours=10, names=NAMES))
    assert add(grouping, [make("b", "آخر", FLOOD, hours=11, names=NAMES)])[0][2] == "a"


def test_a_round_up_does_not_make_two_events_one(make: MakeRecord, grouping: Grouping) -> None:
    """The evening's summary holds the wire copy of the whole day."""
    first = [make("a", "السيول تقطع الطريق", FLOOD, names=NAMES), make("m", "القمة زرقاء", MATCH, hours=1)]
    add(grouping, first)
    change = grouping.add(make("all", "أخبار اليوم", FLOOD + " " + MATCH, hours=9, names=NAMES))
    assert not change.merged
    assert len(list(grouping.open_stories())) == 2


def test_the_story_that_goes_into_another_leaves_its_articles_there() -> None:
    """Each article is in one story at all times, and the older story keeps its id."""
    members = Members()
    older, younger = (members.begin(_bare(name), row, 0.0) for row, name in enumerate("ab"))
    ids = older.id, younger.id
    members.merge(younger, older)
    assert [article.role for article in older.articles] == ["first", "own"]
    assert members.story_of("b") is older
    assert (older.id, ids[0] != ids[1]) == (ids[0], True)
    assert members.drop_before(2.0) == ([0, 1], [older], [])
    assert len(members) == 0


def _bare(name: str) -> Record:
    return Record.model_validate(
        {
            "article": dict.fromkeys(("url", "title", "source", "author", "published_at", "scraped_at", "section"))
            | {"id": name, "tags": [], "extra": {}},
            "language": {"code": "ar", "confidence": 1},
            "text": name,
            "failures": [],
            "provenance": {"khabar": "0", "segmenter": "none", "models": {}},
        }
    )


def test_an_article_without_a_time_is_taken_for_the_newest(make: MakeRecord, grouping: Grouping) -> None:
    """Many scrapers give none."""
    found = add(grouping, [make("a", "عنوان", FLOOD, names=NAMES), make("b", "آخر", FLOOD, hours=None, names=NAMES)])
    assert found[1] == (1, "copy_of", "a")


def test_an_article_that_comes_again_changes_nothing(make: MakeRecord, grouping: Grouping) -> None:
    """A stream gives some records twice."""
    grouping.add(make("a", "عنوان", FLOOD, names=NAMES))
    change = grouping.add(make("a", "عنوان", FLOOD, names=NAMES))
    assert change.article is None
    assert len(grouping) == len(change.story.articles) == 1


def test_the_same_order_gives_the_same_stories(make: MakeRecord) -> None:
    """A replay must end where the first run did."""
    records = [
        make(f"{n}", f"عنوان {n}", text, hours=n, names=NAMES)
        for n, text in enumerate([FLOOD, MATCH, FLOOD_AGAIN, FLOOD])
    ]
    assert add(Grouping(), records) == add(Grouping(), records)


def test_an_article_costs_less_than_two_kilobytes(make: MakeRecord, grouping: Grouping) -> None:
    """The window of a busy service holds a million."""
    words = [f"كلمة{chr(1575 + number % 20)}{chr(1576 + number // 20)}" for number in range(300)]
    for number in range(1024):
        body = " ".join(words[number * 7 % 280 :] + [f"وسم{chr(1575 + number % 30)}{chr(1575 + number // 30)}"] * 3)
        grouping.add(make(str(number), None, body, hours=number / 100))
    assert len(grouping) == 1024
    assert grouping.nbytes / 1024 < 2000  # 512 of which are the counts of terms, as large for a million
