"""Articles for tests: written here, so that nobody's text is copied; different for each number."""

import json

PLACES = ("حلب", "صنعاء", "الخرطوم", "غزة", "بغداد", "طرابلس", "تعز", "عدن", "الموصل", "درعا")
PEOPLE = ("سامي الحداد", "ليلى منصور", "خالد العمري", "هدى قاسم", "يوسف النجار")


def article(number: int, sentences: int = 6) -> dict[str, str]:
    """Return one article of about 20 words a sentence."""
    place, person = PLACES[number % len(PLACES)], PEOPLE[number % len(PEOPLE)]
    body = " ".join(
        f'وقال المتحدث {person} في {place} إن "الفرق رقم {number + index} وصلت إلى الأحياء الشرقية"، وأضاف أن '
        f"أكثر من {100 + index} عائلة نزحت خلال الأسبوع الماضي إلى القرى المجاورة، وفق ما أفاد #مكتب_{place}."
        for index in range(sentences)
    )
    return {
        "id": f"test-{number}",
        "title": f"فرق الإغاثة تصل إلى {place} للمرة {number}",
        "body": body,
        "published_at": "2026-05-04T10:00:00+03:00",
    }


def json_lines(count: int, *, first: int = 0) -> str:
    """Return so many articles, one a line."""
    return "".join(json.dumps(article(number), ensure_ascii=False) + "\n" for number in range(first, first + count))
