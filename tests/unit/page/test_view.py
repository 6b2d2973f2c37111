"""`khabar view`: whatever the file, one record of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from khabar.cli.commands.view import view
from khabar.errors import CommandError, Exit

REJECTION = {"code": "no_text", "reason": "x", "schema_version": "1.0"}


def shown(path: Path | str, folder: Path, **options: Any) -> str:
    page = folder / "page.html"
    given = {"line": None, "id": None, "show": False, "redis_url": "", "prefix": ""} | options
    view(str(path), to=page, **given)
    return page.read_text(encoding="utf-8")


@pytest.fixture
def other(flood: dict[str, Any]) -> dict[str, Any]:
    """A second record."""
    return flood | {"outcome_id": "second-outcome", "article": flood["article"] | {"id": "second-article", "url": None}}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("is_event", [False, True])
def test_a_record_however_it_is_written(
    flood: dict[str, Any], indent: int | None, is_event: bool, tmp_path: Path
) -> None:
    """As the commands print it, as jq does, and as an archive has it."""
    path = tmp_path / "record.json"
    value = {"specversion": "1.0", "id": flood["outcome_id"], "data": flood} if is_event else flood
    path.write_text(json.dumps(value, indent=indent), encoding="utf-8")
    assert "بورتسودان" in shown(path, tmp_path)


@pytest.mark.parametrize(
    "choice", [{"line": 3}, {"id": "second-outcome"}, {"id": "second-article"}, {"id": "second-a"}, {"id": "second-o"}]
)
def test_one_of_several_is_chosen(
    flood: dict[str, Any], other: dict[str, Any], choice: dict[str, Any], tmp_path: Path
) -> None:
    """By line or by id; rejections between them are no records."""
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in (REJECTION, flood, other)), encoding="utf-8")
    assert "second-article" in shown(path, tmp_path, **choice)
    assert "second-article" not in shown(path, tmp_path)


def test_an_article_is_extracted_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has a text wants to see what khabar reads in it."""
    monkeypatch.setenv("KHABAR_LAYERS", "hashtags")
    path = tmp_path / "article.txt"
    path.write_text("عنوان الخبر\n\nأعلنت الهيئة ذلك في #السيول يوم الخميس.", encoding="utf-8")
    assert 'data-rows="h0"' in shown(path, tmp_path)


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        (None, {}, Exit.UNREADABLE),
        ("", {}, Exit.UNREADABLE),
        (json.dumps(REJECTION) + "\n", {}, Exit.UNREADABLE),
        ('{"text": "نص", "article": {"id": "1"}, "provenance": {}, "entities": [5]}\n', {}, Exit.UNREADABLE),
        ('{"text": "نص", "article": {"id": "1"}, "provenance": {}}\n', {"line": 2}, Exit.UNREADABLE),
        ('{"text": "نص", "article": {"id": "1"}, "provenance": {}}\n', {"id": "none"}, Exit.UNREADABLE),
        ('{"text": "نص", "article": {"id": "1"}, "provenance": {}}\n', {"id": "1", "line": 1}, Exit.USAGE),
    ],
    ids=["missing", "empty", "a rejection", "damaged", "no such line", "no such id", "both"],
)
def test_what_has_no_page_is_said(content: str | None, options: dict[str, Any], code: Exit, tmp_path: Path) -> None:
    """One sentence, and no file that is half a page."""
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError) as error:
        shown(path, tmp_path, **options)
    assert error.value.exit_code is code
    assert not (tmp_path / "page.html").exists()
