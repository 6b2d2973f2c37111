"""The annotators' tool: a draft, mended by editing lines, becomes offsets."""

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from training.annotating.check import check
from training.annotating.choose import Seen, text_of
from training.annotating.draft import choose
from training.annotating.places import Lines, Unclear
from training.annotating.sheet import read, write
from training.annotating.store import store

TITLE = "وزيرة المياه: السد جاهز"
BODY = """عمان - قالت وزيرة المياه سلمى العبدالله، الأربعاء، إن السد الجديد قرب إربد سيخزن مياها تكفي سكان إربد والمفرق عامين.

وأضافت: "بدأ ملء السد اليوم، وسيشرب منه الناس قبل الصيف". وقال مزارع من المنطقة إن الطريق إلى "سد الأمل" مغلق.

ونفت وزارة المياه تأجيل الافتتاح، وقالت العبدالله إن الافتتاح في موعده، وقالت إن الناس مدعوون."""
BODY += " وتبلغ سعة السد اثني عشر مليون متر مكعب، ويقع على بعد عشرة كيلومترات من المدينة." * 2
ARTICLE = {"id": "x-1", "outlet": "Example", "title": TITLE, "text": BODY}
TEXT = f"{TITLE}\n\n{BODY}"


@pytest.fixture(scope="module")
def sheet() -> str:
    [(article, sheet)] = choose([ARTICLE], set(), 1, 1)
    assert article["id"] == "x-1"
    return sheet


def _row(sheet: str) -> dict[str, Any]:
    row, text, problems = read(sheet)
    assert (text, problems) == (TEXT, [])
    return row


def test_a_draft_is_stored_as_it_was_drafted(sheet: str, tmp_path: Path) -> None:
    """Draft, check, store, and the same offsets; a second time the article is refused."""
    (tmp_path / "x-1.txt").write_bytes(sheet.encode())
    into = tmp_path / "other.jsonl"
    row, faults = check(tmp_path / "x-1.txt")
    assert faults == []
    assert store(tmp_path, into) == (1, [])
    [stored] = map(json.loads, into.read_text(encoding="utf-8").splitlines())
    assert stored == row
    assert write(stored, TEXT) == sheet
    assert stored["sha256"] == sha256(TEXT.encode()).hexdigest()
    quotation = stored["quotations"][0]
    assert TEXT[quotation["start"] : quotation["end"]] == "بدأ ملء السد اليوم، وسيشرب منه الناس قبل الصيف"
    assert all(TEXT[one["cue_start"] : one["cue_end"]] == one["cue"] for one in stored["statements"] if one["cue"])
    count, [fault] = store(tmp_path, into)
    assert count == 0
    assert fault.endswith("x-1 is among the annotations already")


def test_added_lines_become_items(sheet: str) -> None:
    """A long extent by its edges, a cue that stands twice by its number, doubt by a question mark."""
    head = sheet.partition("---\n")[0] + "---\n"
    row = _row(
        head + "PER 3 سلمى العبدالله\nPER 7 العبدالله | سلمى العبدالله ?\nLOC 3 إربد #2\nLOC 3 المفرق\n"
        "clause 7 إن الناس ~ مدعوون | قالت #2 | state | سلمى العبدالله | person f | before\n"
        "direct 5 بدأ ملء ~ قبل الصيف | أضافت | state | سلمى العبدالله | person f | before | ?\nnone 5 سد الأمل"
    )
    at = TEXT.rindex("قالت")
    assert row["entities"][1]["start"] == TEXT.rindex("إربد", 0, TEXT.index("والمفرق"))
    assert [TEXT[one["start"] : one["end"]] for one in row["entities"]] == [
        "سلمى العبدالله",
        "إربد",
        "المفرق",
        "العبدالله",
    ]
    assert row["entities"][3] == {**row["entities"][3], "name": "سلمى العبدالله", "unsure": True}
    assert row["statements"][0] == {
        "start": at + 5, "end": TEXT.index(". وتبلغ"), "kind": "clause", "speaker": "سلمى العبدالله",
        "speaker_type": "person", "speaker_gender": "f", "cue": "قالت", "act": "state", "pro_drop": True,
        "cue_start": at, "cue_end": at + 4,
    }  # fmt: skip
    assert row["quotations"][0]["unsure"] is True
    assert row["no_speech"] == [[TEXT.index("سد الأمل"), TEXT.index("سد الأمل") + 8]]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("LOC 3 إربد", "stands 2 times in line 3, say which by #"),
        ("LOC 3 دمشق", "'دمشق' does not stand in line 3"),
        ("LOC 3 إربد #3", "there is no #3"),
        ("LOC 99 إربد", "no line 99"),
        ("LOC إربد", "no number of a line"),
        ("LOC 3 عمان | عمون", "'عمون' of the canonical name"),
        ("GPE 3 عمان", "'GPE' is no kind"),
        ("LOC 3 سكان إربد والمفرق\nLOC 3 المفرق", "overlaps another item"),
        ("LOC 3 المفرق | المفرق | x", "fields"),
        ("direct 5 بدأ ~ الصيف | أضافت | says | - | -", "'says' is no act"),
        ("direct 5 بدأ ~ الصيف | أضافت | state | - | person", "speaker and type"),
        ("direct 5 بدأ ~ الصيف | أضافت | state | مزارع | farmer", "'farmer' is no type"),
        ("direct 5 بدأ ~ الصيف | أضافت | state | ليلى | person f", "'ليلى' is no name's canonical form"),
        ("direct 5 بدأ ~ الصيف | أضافت | state | البيان | document m", "no gender"),
        ("direct 5 بدأ ~ الصيف | أضافت | state | مزارع | person m | later", "should be 'before'"),
        ('direct 5 "بدأ ~ الصيف | أضافت | state | - | -', "glyph"),
        ("clause 7 إن الناس ~ الافتتاح | - | state | - | -", "behind the first words"),
    ],
)
def test_a_fault_is_said_with_its_line(sheet: str, line: str, sentence: str, tmp_path: Path) -> None:
    head = sheet.partition("---\n")[0] + "---\n"
    path = tmp_path / "x-1.txt"
    path.write_bytes((head + line).encode())
    [fault] = check(path)[1]
    assert sentence in fault
    assert fault.startswith(f"{path}:{head.count(chr(10)) + 1 + line.count(chr(10))}: ")


def test_a_changed_text_is_refused(sheet: str) -> None:
    assert read(sheet.replace("السد الجديد", "السد القديم"))[2] == [(1, "the text above --- was changed; restore it")]


def test_every_place_can_be_told() -> None:
    """Each stretch of a text with repeated words, glued words and several lines comes back."""
    text = "قال مقال للقالة قال\nوقال  قال قال قال قال قال قال قال قال قال قال قال\n\nقال"
    lines = Lines(text)
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if not text[start].isspace() and not text[end - 1].isspace():
                assert lines.find(lines.tell(start, end)) == (start, end)


def test_words_inside_words_do_not_count() -> None:
    lines = Lines("مقال جديد، وقال الرجل")
    assert lines.find("1 قال") == (12, 15)
    assert lines.find("1 قال ##1") == (1, 4)
    with pytest.raises(Unclear):
        lines.find("2 قال")


def test_copies_are_passed_over() -> None:
    seen = Seen()
    seen.add(TEXT)
    assert seen.is_copy(BODY + "\nكتب الخبر محرر آخر في الصحيفة")
    assert not seen.is_copy("نص آخر لا صلة له بما سبق من الأخبار")


TEXTS = Path(__file__).parents[4] / "shared" / "data" / "news_other" / "articles.jsonl.gz"
ANNOTATIONS = Path(__file__).parents[3] / "training" / "entities" / "annotations" / "other.jsonl"


def test_the_project_s_own_annotations_come_back() -> None:
    """The last 525, which were mended drafts, as sheets and back: the same bytes."""
    if not TEXTS.is_file():
        pytest.skip("the annotated articles are not here")
    with gzip.open(TEXTS, "rt", encoding="utf-8") as file:
        texts = {one["id"]: text_of(one) for one in map(json.loads, file)}
    for line in ANNOTATIONS.read_text(encoding="utf-8").splitlines()[582:1107]:
        row = json.loads(line)
        assert json.dumps(read(write(row, texts[row["ref"]]))[0], ensure_ascii=False) == line


def test_a_file_that_is_no_sheet_is_said(tmp_path: Path) -> None:
    """A name that was mistyped, and a file of something else."""
    (tmp_path / "b.txt").write_bytes(b"\xff\x00")
    for name in ("a.txt", "b.txt"):
        row, faults = check(tmp_path / name)
        assert row == {}
        assert [fault.startswith(f"{tmp_path / name}: ") for fault in faults] == [True]
