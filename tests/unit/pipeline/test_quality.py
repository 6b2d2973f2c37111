"""Every flag is raised by its dirt and described for consumers."""

from datetime import datetime
from pathlib import Path

import pytest

from khabar.messages.article import Article
from khabar.pipeline.pipeline import Pipeline
from khabar.pipeline.quality import FLAGS

DOCS = Path(__file__).parents[3] / "docs" / "reference/quality_flags.md"
CLEAN = "قالت الحكومة اليوم إنها سوف تعمل على حل الأزمة في البلاد خلال العام المقبل بعد أن فشلت كل الجهود من قبل. "
SECOND = "وأضافت الوزارة في بيان أن العمل في المشروع الجديد بدأ قبل شهر وأنه ينتهي في الموعد الذي أعلن من قبل. "
BODY = CLEAN + "\n" + SECOND
CASES = {
    "bidi_marks": BODY + "\u200fنعم",
    "byline_in_text": "الرياض - محمد العلي:\n" + BODY,
    "caption_remains": BODY + "\nتصوير: محمد العلي",
    "code_remains": BODY + "#vote ul { padding: 0; margin: 0; }",
    "contact_remains": BODY + "\nتابعونا على تويتر",
    "control_characters": BODY + "\x1a",
    "diacritics": BODY + "مدرسةٌ",
    "empty_body": " \n",
    "glued_sentences": BODY + "انتهى الأمر.وعاد الناس إلى البيوت",
    "hard_wrapped": BODY
    + "\n"
    + "\n".join(
        ["كلمات كثيرة في سطر طويل ينتهي لأنه امتلأ ولم يبق فيه مكان لكلمة واحدة أخرى من كلمات هذه الجملة الطويلة"] * 6
    ),
    "furniture": "السبت، 13 يونيو 2026 07:00 م\n" + BODY,
    "html_entities": BODY + "&quot;نعم&quot;",
    "html_remains": BODY + "<br>",
    "link_remains": BODY + "\nاقرأ أيضا: الطرق تفتح غدا",
    "mixed_digit_systems": BODY + "15 و١٥",
    "mojibake": BODY + "ÇáÓáÇã",
    "nbsp": BODY + "\xa0نعم",
    "no_title": BODY,
    "not_nfc": BODY + "\u0627\u0654مر",
    "paragraph_repeated": BODY + "\n" + CLEAN,
    "paragraph_split_at_inline_tag": BODY.replace("\n", "\n، ") + "\n" + "وانتهى البيان في المساء.",
    "paragraphs_joined_with_dot_comma": CLEAN.rstrip() + ", " + SECOND,
    "persian_letters": BODY + "في کل",
    "presentation_forms": BODY + "ﻻ",
    "replacement_character": BODY + "\ufffd",
    "scraped_later_than_text": BODY + "\nوصل الوزير أمس الاثنين",
    "single_paragraph": CLEAN,
    "space_before_punctuation": BODY + "نعم ، لا",
    "tags_in_text": BODY + "\nكلمات دلالية: مياه، طرق",
    "title_repeated": "عنوان من كلمات\n" + BODY,
    "tatweel": BODY + "نعـــم",
    "unbalanced_quotation_marks": BODY + "«نعم",
    "very_short": "قال نعم في الرياض\nوقال لا",
    "zero_width": BODY + "\u200bنعم",
}


def test_every_flag_has_a_case_and_a_description() -> None:
    """A flag that nobody explains cannot be acted on."""
    assert sorted(CASES) == list(FLAGS)
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in FLAGS if f"| `{name}` |" not in text] == []


def test_a_clean_article_has_no_flags(pipeline: Pipeline) -> None:
    """A flag on clean text would teach readers to ignore flags."""
    record = pipeline(Article(id="a", title="عنوان", body=BODY))
    assert record.quality
    assert record.quality.flags == []


@pytest.mark.parametrize("name", CASES)
def test_dirt_raises_its_flag(pipeline: Pipeline, name: str) -> None:
    """Each kind of dirt is reported under its own name."""
    title = None if name == "no_title" else "عنوان من كلمات"
    scraped_at = datetime(2015, 7, 30, 10) if name == "scraped_later_than_text" else None  # noqa: DTZ001  # a Thursday
    record = pipeline(Article(id="a", title=title, body=CASES[name], scraped_at=scraped_at))
    assert record.quality
    assert name in record.quality.flags
    allowed = {"very_short", "single_paragraph"} if name in ("empty_body", "single_paragraph") else {"single_paragraph"}
    allowed |= {"not_nfc": {"diacritics"}, "unbalanced_quotation_marks": set[str]()}.get(name, set())
    assert set(record.quality.flags) - {name} <= allowed


MOJIBAKE = {
    "UTF-8 as Windows-1252": ("cp1252", "utf-8"),
    "UTF-8 as Windows-1256": ("cp1256", "utf-8"),
    "Windows-1256 as Windows-1252": ("cp1252", "cp1256"),
    "ISO-8859-6 as Windows-1256": ("cp1256", "iso8859-6"),
}


@pytest.mark.parametrize("name", MOJIBAKE)
def test_one_paragraph_of_mojibake_is_flagged(pipeline: Pipeline, name: str) -> None:
    """The rest of the article is good, so it is no reason to refuse it."""
    decoded_as, encoded_as = MOJIBAKE[name]
    broken = SECOND.encode(encoded_as).decode(decoded_as, errors="replace")
    record = pipeline(Article(id="a", body=f"{CLEAN}\n{broken}\n{CLEAN}"))
    assert record.quality
    assert "mojibake" in record.quality.flags


def test_french_words_are_no_mojibake(pipeline: Pipeline) -> None:
    """Maghrebi papers write names in both scripts, some with و before them."""
    record = pipeline(
        Article(id="a", body=CLEAN + "وقال (Zinédine) إن Hervé وRené وÉlodie وصلوا إلى théâtre في المدينة.")
    )
    assert record.quality
    assert "mojibake" not in record.quality.flags


@pytest.mark.parametrize("line", ["( أ ف ب )", "- وقال", "1) أولا", ":) نعم"])
def test_a_line_that_opens_with_another_mark_is_whole(pipeline: Pipeline, line: str) -> None:
    """Brackets, bullets, numbers and smileys open lines of their own."""
    record = pipeline(Article(id="a", body=f"{CLEAN}\n{line} وانتهى الأمر في المدينة\n{SECOND}"))
    assert record.quality
    assert "paragraph_split_at_inline_tag" not in record.quality.flags
