"""Lines that end because they are full: sentences and names go on over the break."""

import pytest

from khabar.text.wrapping import breaks, wraps

WRAPPED = """\
يأتي اسم البلدة من نبات ينمو على ضفاف النهر القريب منها وتقع على الحدود
الشمالية للمحافظة ويمر بها خط السكة الحديدية الواصل بين المدينتين وقد
خططها مهندس في القرن الماضي لأهمية موقعها بين الجبل والنهر وسكنها أهل
القرى المجاورة في سنوات الجفاف ثم جاء إليها تجار من المدن البعيدة وفتحوا
فيها متاجر كثيرة.
وقالت وزارة الثقافة إنها سترمم البيوت القديمة في البلدة قبل نهاية العام.
"""


def test_full_lines_are_joined() -> None:
    """Four lines end in the middle of a sentence; the two that end with a stop are ends."""
    lines = WRAPPED.split("\n")
    ends = [sum(len(line) + 1 for line in lines[: number + 1]) - 1 for number in range(4)]
    assert wraps(WRAPPED) == ends


@pytest.mark.parametrize(
    "text",
    [
        "سطر واحد لا غير",
        "عنوان\nعنوان ثان\nعنوان ثالث\nعنوان رابع\nعنوان خامس",  # a list of short lines
        "\n".join(
            f"الفريق {number} سجل أهدافا في كل مبارياته هذا الموسم" + " جدا" * (number % 5) for number in range(8)
        ),
        "\n".join("فقرة طويلة لا تنتهي بنقطة " * 20 for _ in range(8)),  # paragraphs, one a line
        "\n\n".join(WRAPPED.split("\n")),  # empty lines between: paragraphs
        "",
    ],
)
def test_other_lines_end_where_they_end(text: str) -> None:
    """Lists, paragraphs and verses are no wrapped text."""
    assert wraps(text) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("عثر على أول نسخة من الصورة في منصة معروفة،\nحيث نشرها مصور هاو قبل أعوام.", 1),
        ("أفاد مراسلنا في المدينة\nبأن خمسة من السكان وصلوا.\nوقال إن الطريق فتح.", 1),
        ("شارك في الدورة ممثلون عن كل البلاد،\nوصحافيون من الخارج.", 1),
        ("المقادير:\nكوب سكر،\nكوب دقيق،\nملعقة ملح.", 0),  # a list
        ("قالت الوزارة إن العمل بدأ.\nمن المقرر أن ينتهي في العام المقبل.", 0),  # a stop has ended the sentence
    ],
)
def test_lines_that_break_off_are_joined(text: str, count: int) -> None:
    """A comma at the end, or a word that begins no sentence, says that the line broke off."""
    assert len(breaks(text)) == count
