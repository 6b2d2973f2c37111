"""The page around a story: stamps, counters, sections, adverts, repeats; found wherever pages have them, and never in a story."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from khabar.grammar.page.boilerplate import STAMP, Stretch, boilerplate
from khabar.messages.article import Article
from khabar.pipeline.segment import split
from khabar.text.document import Document
from tests.unit.cases import load_cases
from tests.unit.growth import assert_linear

_HERE = Path(__file__).parent
CASES = load_cases(_HERE / "page_cases.jsonl")
LINES = [
    line for line in (_HERE / "story_lines.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
]
ABOVE = "أعلنت الوزارة اليوم خطة جديدة للمياه في المدينة القديمة بعد أعوام. وعاد الوفد مساء إلى العاصمة."
BELOW = "وأضافت أن العمل يبدأ غدا في كل المدن التي زارها الوفد. وغادر الوفد بعد ذلك إلى بلاده في المساء."
BODIES = {"above": "{line}\n" + ABOVE + "\n" + BELOW, "below": ABOVE + "\n" + BELOW + "\n{line}"}


def _stamps(document: Document) -> list[Stretch]:
    return [stretch for stretch in boilerplate(document).stretches if stretch.kind == STAMP]


def found_in(case: dict[str, Any], where: str) -> list[list[str]]:
    """Return what is found in a case's line above or below the story."""
    body = BODIES[where].replace("{line}", case["line"]).strip("\n")
    document = Document.of(Article(id="a", title=case.get("title"), source=case.get("source"), body=body))
    split(document)
    return [[found.kind, document.raw[found.start : found.end]] for found in boilerplate(document).stretches]


@pytest.mark.parametrize(
    ("case", "where"),
    [(case, where) for case in CASES for where in BODIES if case["where"] in ("both", where)],
    ids=lambda value: value if isinstance(value, str) else f"{value['why']}: {value['line'][:30]}",
)
def test_the_page_is_told_from_the_story(case: dict[str, Any], where: str) -> None:
    """What stands in it would be a claim of the story else."""
    assert found_in(case, where) == case["expect"]


@pytest.mark.parametrize("line", LINES)
def test_a_story_keeps_its_lines(parse: Callable[[str], Document], line: str) -> None:
    """A sentence that is taken for the page's is lost for every layer."""
    assert boilerplate(parse(f"{ABOVE}\n{line}\n{BELOW}")).stretches == []


def test_a_chronicle_keeps_its_days(parse: Callable[[str], Document]) -> None:
    """Its headings look like stamps, but a page has one or two."""
    body = "\n".join(f"{day} يناير 2011\n{ABOVE} {day}" for day in range(3, 9))
    assert _stamps(parse(body + "\n9 يناير 2011\n10 يناير 2011")) == []


def test_a_body_that_is_a_date_is_no_page(parse: Callable[[str], Document]) -> None:
    """Without a story around it nothing says that a date is the page's."""
    assert _stamps(parse("في 31/2/2015")) == []


def test_stamps_are_given_with_their_offsets(parse: Callable[[str], Document]) -> None:
    """They are evidence for the day on which the article was written."""
    body = f"السبت، 13 يونيو 2026 07:00 م\n{ABOVE}\n{BELOW}\nكتب: محمد العلي | 13 يونيو"
    document = parse(body)
    assert [document.raw[stamp.start : stamp.end] for stamp in _stamps(document)] == [
        "السبت، 13 يونيو 2026 07:00 م",
        "13 يونيو",
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "13 يونيو 2026\n",
        "1250 مشاهدة\n",
        "رياضة\n",
        "A+ ",
        "{ ",
        "= ",
        "اشترك في. ",
        "The post. ",
        "إعلان. ",
        "جميع الحقوق محفوظة. ",
        "الأكثر قراءة\n",
        ABOVE + "\n",
        "شاهد: ",
        "بالصور..\n",
    ],
)
def test_time_is_linear(parse: Callable[[str], Document], piece: str) -> None:
    """One hostile article must not hold up a batch."""
    assert_linear(lambda text: boilerplate(parse(text)), piece)
