"""One wording for many facts: what is written by form groups by the fact."""

from collections.abc import Sequence

import numpy as np
import pytest

from khabar.stories.grouping import Grouping
from khabar.stories.terms import BUCKETS, STEPS, LiveRarity, Rarity, code
from tests.unit.stories.conftest import MakeRecord

Names = Sequence[tuple[str, str]]
TEMPLATES = {
    "gold": (
        "سجلت أسعار الذهب في السوق المحلية اليوم {} {} جنيها للغرام من عيار 21، بعدما بلغت الأونصة في البورصة {} دولارا. "
        "وقال تجار إن الطلب ظل ضعيفا مع اقتراب نهاية الشهر، وإن الأسعار لا تشمل المصنعية والضريبة."
    ),
    "fever": (
        "أعلنت وزارة الصحة اليوم {} تسجيل {} إصابة جديدة بالحمى خلال الساعات الماضية، وتعافي {} مريضا. وأوضح بيان الوزارة أن "
        "الإصابات تتركز في ولايات الشرق، ودعت المواطنين إلى اتباع قواعد الوقاية وتجنب الازدحام."
    ),
    "guest": (
        "استقبل الرئيس في مكتبه بالقصر الجمهوري {} وزير خارجية {} والوفد المرافق له. وجرى خلال اللقاء استعراض علاقات البلدين "
        "وسبل تعزيزها في مختلف المجالات، وبحث تطورات الأوضاع الإقليمية. وحضر اللقاء سفير {} وعدد من الوزراء."
    ),
    "feast": (
        "أقامت {} حفل معايدة لمنسوبيها بمناسبة عيد الفطر المبارك بحضور {} وعدد من المسؤولين في مقر {}. وتبادل الحضور التهاني "
        "والتبريكات بهذه المناسبة السعيدة، سائلين الله أن يعيدها على الجميع بالخير."
    ),
}
FACTS: list[tuple[str, tuple[str, ...], tuple[str, ...], str, Names, Names]] = [
    ("gold", ("الاثنين", "3150", "2310"), ("الثلاثاء", "3185", "2344"), "أسعار الذهب اليوم", (), ()),
    ("fever", ("الأحد", "175", "143"), ("الاثنين", "128", "108"), "{1} إصابة جديدة بالحمى", (), ()),
    (
        "guest",
        ("خوان بيريز", "بيرو", "ليما"),
        ("أوتار بيرغ", "النرويج", "أوسلو"),
        "الرئيس يستقبل وزير خارجية {1}",
        [("PER", "خوان بيريز"), ("LOC", "بيرو"), ("LOC", "ليما")],
        [("PER", "اوتار بيرغ"), ("LOC", "النرويج"), ("LOC", "اوسلو")],
    ),
    (
        "feast",
        ("بلدية عطبرة", "المحافظ صلاح بابكر", "البلدية"),
        ("جامعة كسلا", "العميدة سمية الطيب", "الجامعة"),
        "{0} تعايد منسوبيها",
        [("ORG", "بلديه عطبره"), ("PER", "صلاح بابكر")],
        [("ORG", "جامعه كسلا"), ("PER", "سميه الطيب")],
    ),
]


@pytest.mark.parametrize(("form", "one", "other", "title", "names", "others"), FACTS, ids=[each[0] for each in FACTS])
@pytest.mark.parametrize("outlet", ["الأولى", "الثانية"])
def test_one_form_with_two_facts_is_no_copy(
    make: MakeRecord,
    grouping: Grouping,
    outlet: str,
    form: str,
    one: tuple[str, ...],
    other: tuple[str, ...],
    title: str,
    names: Names,
    others: Names,
) -> None:
    """Bulletins are read for the figures in which they differ, cables for the country."""
    text = TEMPLATES[form].format
    grouping.add(make("a", title.format(*one), text(*one), names=names))
    change = grouping.add(make("b", title.format(*other), text(*other), hours=24, outlet=outlet, names=others))
    assert change.article is not None
    assert change.article.role != "copy_of"


@pytest.mark.parametrize(("form", "one", "other", "title", "names", "others"), FACTS, ids=[each[0] for each in FACTS])
def test_one_form_with_one_fact_is_a_copy(
    make: MakeRecord,
    grouping: Grouping,
    form: str,
    one: tuple[str, ...],
    other: tuple[str, ...],
    title: str,
    names: Names,
    others: Names,
) -> None:
    """Two papers print the day's bulletin; what kept all bulletins apart would be of no use."""
    text = TEMPLATES[form].format(*one)
    grouping.add(make("a", title.format(*one), text, names=names))
    change = grouping.add(make("b", "نشرة اليوم", text, hours=2, outlet="الثانية", names=names))
    assert change.article is not None
    assert change.article.original == "a"


@pytest.mark.parametrize("body", ["", "اقرأ أيضا: أمطار غزيرة", "للاشتراك في النشرة اضغط هنا"])
def test_what_has_no_text_groups_with_nothing_that_comes_later(make: MakeRecord, body: str) -> None:
    """Its row of the window was another article's, to which terms still led: a caption had twelve copies."""
    grouping = Grouping(window_days=1)
    text = TEMPLATES["feast"].format("بلدية عطبرة", "المحافظ", "البلدية")
    for number in range(4):
        grouping.add(make(f"old {number}", "حفل معايدة", text + f" وحضر {number + 5} ضيوف.", hours=number))
    grouping.add(make("empty", "ركن", body, hours=80))
    for number in range(4):
        change = grouping.add(make(f"new {number}", "حفل معايدة", text, hours=81 + number))
        assert "empty" not in [article.id for article in change.story.articles]


def rarity(known: float) -> Rarity:
    return Rarity(np.full(BUCKETS, known * STEPS, np.uint8))


def test_a_term_that_many_articles_of_the_window_have_tells_less() -> None:
    """A name that is new this year is rare by any table, and on all pages."""
    live, name, other = LiveRarity(rarity(8)), code("كورونا"), code("هيا")
    for number in range(200):
        live.count_article(np.array([name, code(f"كلمة {number}")], np.uint32))
    told = live.of(np.array([name, other], np.uint32))
    assert told[0] < 2
    assert told[1] > 7


def test_what_has_left_the_window_does_not_count() -> None:
    """A window that is brought back from its articles must tell the same as the one that saw them all."""
    live, codes = LiveRarity(rarity(8)), np.array([code("كورونا"), code("هيا")], np.uint32)
    for times in (1, 1, 1, -1, -1, -1):
        live.count_article(codes, times)
    assert live.of(codes).tolist() == LiveRarity(rarity(8)).of(codes).tolist()


def test_a_term_never_tells_more_than_by_the_table() -> None:
    """Common words are mostly not among those kept of an article: that they were not counted says nothing."""
    live, common = LiveRarity(rarity(0.5)), code("قال")
    for number in range(100):
        live.count_article(np.array([code(f"كلمة {number}")], np.uint32))
    assert live.of(np.array([common], np.uint32)).tolist() == [0.5]


@pytest.mark.parametrize(("hours", "is_copy"), [(20, True), (30, False)])
def test_a_text_brought_up_to_date_within_the_day_is_a_copy(
    make: MakeRecord, grouping: Grouping, hours: float, is_copy: bool
) -> None:
    """The morning's paper has last evening's text and a newer figure; a bulletin with other figures comes a day later."""
    title = "افتتاح جسر الكرمة فوق وادي النعناع بعد أربع سنوات من العمل"
    kept = (
        "افتتحت بلدية الكرمة جسرها الجديد فوق وادي النعناع بعد أربع سنوات من العمل المتواصل وسط حضور كبير من الأهالي. وقال رئيس "
        "البلدية إن الجسر يختصر الطريق بين ضفتي الوادي ويخدم قرى كثيرة كانت السيول تعزلها كل شتاء، مضيفا أن مقاولا من أبناء "
        "المنطقة تولى التنفيذ تحت إشراف مهندسين من الجامعة. "
    )
    grouping.add(
        make("a", title, kept + "وبلغت كلفة الجسر 480 مليون جنيه بحسب الوزارة، وأصيب 12 شخصا في تدافع عند المنصة.")
    )
    change = grouping.add(
        make(
            "b",
            title,
            kept + "وقالت هيئة الطرق إن التنفيذ كلفها 530 مليون جنيه، وارتفع عدد المصابين إلى 19 شخصا.",
            hours=hours,
            outlet="الثانية",
        )
    )
    assert change.article is not None
    assert (change.article.role == "copy_of") is is_copy
