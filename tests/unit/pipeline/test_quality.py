"""Every flag is raised by its dirt and described for consumers."""

from datetime import datetime
from pathlib import Path

import pytest

from khabar.messages.article import Article
from khabar.pipeline.pipeline import Pipeline
from khabar.pipeline.quality import FLAGS

DOCS = Path(__file__).parents[3] / "docs" / "quality_flags.md"
CLEAN = "قالت الحكومة اليوم إنها سوف تعمل على حل الأزمة في البلاد خلال العام المقبل بعد أن فشلت كل الجهود من قبل. "
BODY = CLEAN + "\n" + CLEAN
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
    "html_entities": BODY + "&quot;نعم&quot;",
    "html_remains": BODY + "<br>",
    "link_remains": BODY + "\nاقرأ أيضا: الطرق تفتح غدا",
    "mixed_digit_systems": BODY + "15 و١٥",
    "mojibake": BODY + "ÇáÓáÇã",
    "nbsp": BODY + "\xa0نعم",
    "no_title": BODY,
    "not_nfc": BODY + "\u0627\u0654مر",
    "paragraphs_joined_with_dot_comma": CLEAN.rstrip() + ", " + CLEAN,
    "persian_letters": BODY + "في کل",
    "presentation_forms": BODY + "ﻻ",
    "replacement_character": BODY + "\ufffd",
    "scraped_later_than_text": BODY + "\nوصل الوزير أمس الاثنين",
    "single_paragraph": CLEAN,
    "space_before_punctuation": BODY + "نعم ، لا",
    "tags_in_text": BODY + "\nكلمات دلالية: مياه، طرق",
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
    title = None if name == "no_title" else "عنوان"
    scraped_at = datetime(2015, 7, 30, 10) if name == "scraped_later_than_text" else None  # noqa: DTZ001  # a Thursday
    record = pipeline(Article(id="a", title=title, body=CASES[name], scraped_at=scraped_at))
    assert record.quality
    assert name in record.quality.flags
    allowed = {"very_short", "single_paragraph"} if name in ("empty_body", "single_paragraph") else {"single_paragraph"}
    allowed |= {"not_nfc": {"diacritics"}, "unbalanced_quotation_marks": set[str]()}.get(name, set())
    assert set(record.quality.flags) - {name} <= allowed
