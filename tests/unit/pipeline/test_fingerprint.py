"""The fingerprint: what it counts, what it leaves out, and how two are compared."""

from collections.abc import Callable

import pytest

from khabar.pipeline.fingerprint import MOST_HASHES, fingerprint, sketch
from khabar.stories.sketch import FULL, decode
from khabar.text.document import Document

STORY = (
    "أعلنت هيئة الطرق والجسور إغلاق الطريق القومي بعد سيول جرفت جسرا صغيرا قرب القرية. "
    "وقال مدير الهيئة إن فرق الصيانة تعمل منذ الفجر لفتح مسار بديل أمام الشاحنات."
)
Parse = Callable[..., Document]


def made(parse: Parse, body: str, title: str | None = "السيول تقطع الطريق") -> str | None:
    return fingerprint(parse(body, title))


def test_it_stays_what_it_is(parse: Parse) -> None:
    """Fingerprints of two versions are compared with one another for as long as the window is: the bytes may not change."""
    assert made(parse, "واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية") == KNOWN


KNOWN = "A0UDADRJpGq2U5AGutlU5tsf6_DeveF8"


@pytest.mark.parametrize(
    "body",
    [
        STORY.replace("الطريق", "الطـــريق").replace("بعد", "بَعْدَ"),
        STORY.replace("إغلاق", "اغلاق").replace("الهيئة", "الهيئه"),
        STORY.replace(". ", "\n\n"),
        STORY.replace("القرية.", "القرية،"),
        "السيول تقطع الطريق\n" + STORY,
        "بورتسودان - رويترز: " + STORY,
        "الخرطوم (أ ف ب) - " + STORY,
        STORY + "\nاقرأ أيضا: أمطار غزيرة على الولاية الشمالية",
        STORY + "\n(رويترز)",
        STORY + "\nللتواصل: tawari@example.org",
    ],
)
def test_spelling_credits_and_page_do_not_count(parse: Parse, body: str) -> None:
    """Outlets print one text under datelines, agencies and links of their own."""
    shared = set(decode(made(parse, body)).tolist()) & set(decode(made(parse, STORY)).tolist())
    assert len(shared) >= 0.85 * len(decode(made(parse, STORY)))


def test_the_title_does_not_count(parse: Parse) -> None:
    """Wire copy comes under every paper's own headline."""
    assert made(parse, STORY, "هيئة الطرق: فتح مسار بديل") == made(parse, STORY, None) == made(parse, STORY)


@pytest.mark.parametrize(
    "body",
    ["", "  \n ", "كاريكاتير", "تصوير: أحمد علي", "السيول تقطع الطريق", "اقرأ أيضا: أمطار غزيرة على الولاية الشمالية"],
)
def test_what_is_no_story_has_none(parse: Parse, body: str) -> None:
    """All empty articles would be copies of one another."""
    assert made(parse, body) is None


def test_numbers_count(parse: Parse) -> None:
    """Bulletins of two days differ in them alone."""
    assert made(parse, STORY + " وبلغت الخسائر 15 مليون جنيه.") != made(parse, STORY + " وبلغت الخسائر 90 مليون جنيه.")


def test_it_is_as_short_for_a_long_text(parse: Parse) -> None:
    """A book of 20,000 words has a fingerprint of 512 characters."""
    long = " ".join(f"كلمة{number}" for number in range(20_000))
    found = made(parse, long)
    assert found is not None
    assert len(found) == 512
    assert len(decode(found)) == MOST_HASHES == FULL


@pytest.mark.parametrize("text", ["", "!!", "AAA", "not base64 é", "A" * 9999])
def test_what_is_no_fingerprint_is_read_as_none_or_as_hashes(text: str) -> None:
    """Records come from the network; a wrong one must not stop the reader."""
    assert len(decode(text)) <= FULL


def test_a_sketch_is_of_three_words() -> None:
    """Two words have no three in a row."""
    assert sketch(["كلمة", "ثانية"]).tolist() == []
    assert len(sketch(["كلمة", "ثانية", "ثالثة"])) == 1
