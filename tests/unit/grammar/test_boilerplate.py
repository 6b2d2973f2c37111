"""What of a text is no story."""

from collections.abc import Callable

import pytest

from khabar.grammar.page.boilerplate import boilerplate
from khabar.text.document import Document
from tests.unit.growth import assert_linear

STORY = "أعلنت الوزارة اليوم خطة جديدة للمياه. وعاد الوفد مساء إلى الرياض."
REST = "وأضافت أن العمل يبدأ غدا في كل المدن. وغادر الوفد بعد ذلك."

CASES = [
    # bylines: names, desk, paper and agency; place and date are story
    ("سعود العلي- سبق- نجران: " + STORY, [("byline", "سعود العلي"), ("byline", "سبق")]),
    ("الكويت - 5 - 8 (كونا) -- " + STORY, [("byline", "كونا")]),
    ("بيروت، 5 آب / أغسطس (أ ف ب) - " + STORY, [("byline", "أ ف ب")]),
    ("عين اليوم – واس\n" + STORY, [("byline", "عين اليوم"), ("byline", "واس")]),
    ("كتب - محمد العلي:\n" + STORY, [("byline", "كتب"), ("byline", "محمد العلي")]),
    ("من محمد علي\nالقاهرة (رويترز) - " + STORY, [("byline", "من محمد علي"), ("byline", "رويترز")]),
    (STORY + " (رويترز)", [("byline", "(رويترز)")]),
    (STORY + "\nالمصدر: وكالات", [("byline", "المصدر: وكالات")]),
    (STORY + "\n\n* خدمة «نيويورك تايمز»", [("byline", "خدمة «نيويورك تايمز»")]),
    # links
    (STORY + "\nاقرأ أيضاً: 5 طرق تفتح غدا", [("link", "اقرأ أيضاً: 5 طرق تفتح غدا")]),
    (STORY + "\nإقرأ أيضا\nالطرق تفتح غدا\nوالمدارس بعد غد", [("link", "إقرأ أيضا\nالطرق تفتح غدا\nوالمدارس بعد غد")]),
    (STORY + "\nشاهد أيضا:\nالطرق تفتح غدا\n" + REST, [("link", "شاهد أيضا:\nالطرق تفتح غدا")]),
    (STORY + "\n[اقرأ المزيد: الطرق تفتح]\n" + REST, [("link", "اقرأ المزيد: الطرق تفتح]")]),
    (STORY + " رابط الخبر بالصحيفة: الطرق تفتح", [("link", "رابط الخبر بالصحيفة: الطرق تفتح")]),
    (STORY + "\nمواضيع ذات صلة\n- الطرق\n- المدارس", [("link", "مواضيع ذات صلة\n- الطرق\n- المدارس")]),
    (STORY + "\n\n ...المزيد", [("link", "المزيد")]),
    (STORY + "\n* للمزيد من المعلومات: khabar.example", [("link", "للمزيد من المعلومات: khabar.example")]),
    # tags
    (STORY + " سمات الطرق المياه وزارة المياه", [("tags", "سمات الطرق المياه وزارة المياه")]),
    (STORY + "\nالكلمات المفتاحية: طرق، مياه\n" + REST, [("tags", "الكلمات المفتاحية: طرق، مياه")]),
    (STORY + "\nTags: طرق", [("tags", "Tags: طرق")]),
    # contact
    (STORY + "\nتابعونا على تويتر", [("contact", "تابعونا على تويتر")]),
    (STORY + "\n\nللتواصل أرسل sms إلى 11111\nثم الرسالة", [("contact", "للتواصل أرسل sms إلى 11111\nثم الرسالة")]),
    (STORY + "\nجميع الحقوق محفوظة 2015", [("contact", "جميع الحقوق محفوظة 2015")]),
    (STORY + "\n// انتهى //\n17:05ت م", [("contact", "انتهى //\n17:05ت م")]),
    ("Next Previous الرياض: " + STORY, [("contact", "Next Previous")]),
    # captions
    ("تصوير: محمد العلي\n" + STORY, [("caption", "تصوير: محمد العلي")]),
    (STORY + "\nصورة أرشيفية\n" + REST, [("caption", "صورة أرشيفية")]),
]

STORIES = [
    STORY,
    "الرياض: " + STORY,
    STORY + " وتحتاج البلاد إلى المزيد من الطرق.",
    STORY + "\nومن سمات القائد الصبر.",
    STORY + "\nسمات القائد\nالصبر من أهمها.",
    STORY + " قال الوزير: اقرأ أيضا هذا الكتاب.",
    STORY + " وتحتاج للمزيد من الفحوصات.",
    STORY + " وقال المصدر: الطريق مفتوح.",
    STORY + " وتابعنا على الطريق مشهدا آخر.",
    STORY + "\nإعلان النتائج غدا في الرياض.",
    STORY + " ثم وسوم السيارات.",
    STORY + " تصوير المشاهد انتهى: عاد الفريق.",
]


@pytest.mark.parametrize(("body", "expected"), CASES, ids=[body[:24] + "|" + body[-24:] for body, _ in CASES])
def test_what_is_no_story_is_found(
    parse: Callable[[str], Document], body: str, expected: list[tuple[str, str]]
) -> None:
    """Numbers and quotation marks in there are the page's, not the story's."""
    document = parse(body)
    found = boilerplate(document).stretches
    assert [(stretch.kind, document.raw[stretch.start : stretch.end]) for stretch in found] == expected


@pytest.mark.parametrize("body", STORIES)
def test_a_story_stays_a_story(parse: Callable[[str], Document], body: str) -> None:
    """What is left out by mistake is lost for every layer."""
    assert boilerplate(parse(body)).stretches == []


def test_offsets_are_told_apart(parse: Callable[[str], Document]) -> None:
    """Other layers ask for one offset at a time; a dateline's place is story."""
    body = "سعود العلي- سبق- نجران: " + STORY
    found = boilerplate(parse(body))
    assert [found.covers(body.index(word)) for word in ("سعود", "العلي", "سبق", "نجران", "أعلنت")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_it_is_found_once(parse: Callable[[str], Document]) -> None:
    """Four layers ask for it."""
    document = parse(STORY)
    found = boilerplate(document)
    assert found is boilerplate(document)
    assert any(found is kept for kept in document.shared.values())


@pytest.mark.parametrize(
    "piece",
    [
        "-",
        "و ",
        "1 ",
        "1-",
        '"',
        "(",
        "(رويترز) ",
        "الرياض ",
        "الرياض - ",
        "الرياض، ",
        "اقرأ أيضا ",
        "اقرأ أيضا\n",
        "سمات ",
        "...المزيد\n",
        "Next Previous ",
        "رويترز\n",
        "محمد العلي - ",
        "5 آب ",
        ".",
        "إعلان ",
    ],
)
def test_time_is_linear(parse: Callable[[str], Document], piece: str) -> None:
    """One hostile article must not hold up a batch."""
    assert_linear(lambda text: boilerplate(parse(text)), piece)
