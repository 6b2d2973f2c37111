"""Marks: what is skipped at the next push is provably what was pushed; a push that skips anything else loses articles."""

import gzip
import json
from pathlib import Path

import pytest

from khabar.sources import Source, open_source

COUNT = 3000  # over the 64 KiB that a reader takes at once
HALF = COUNT // 2


def line(number: int) -> bytes:
    return json.dumps({"id": number, "title": "عنوان", "body": f"نص {number}"}, ensure_ascii=False).encode()


def row(number: int) -> bytes:
    return f'{number},عنوان,"نص {number}"'.encode()


def jsonl(*numbers: int) -> bytes:
    return b"".join(line(number) + b"\n" for number in numbers)


def table(*numbers: int) -> bytes:
    return b"id,title,body\n" + b"".join(row(number) + b"\n" for number in numbers)


def array(*numbers: int) -> bytes:
    return b"[" + b",\n".join(map(line, numbers)) + b"]"


FORMS = {"a.jsonl": jsonl, "a.csv": table, "a.json": array}
forms = pytest.mark.parametrize("name", FORMS)
packing = pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])


def write(path: Path, content: bytes, *, is_packed: bool = False) -> Source:
    path = path.with_name(path.name + ".gz") if is_packed else path
    path.write_bytes(gzip.compress(content, mtime=0) if is_packed else content)
    return open_source(path)


def mark_of(source: Source, number: int) -> str:
    return next(item.mark for item in source.items() if item.number == number)


def skipped(source: Source, number: int, mark: str) -> int:
    assert source.progress
    return source.progress.still_in(number, mark)


@forms
@packing
def test_an_unchanged_source_is_resumed_after_any_item(tmp_path: Path, name: str, is_packed: bool) -> None:
    """Also from the marks of a reading that was itself resumed."""
    source = write(tmp_path / name, FORMS[name](*range(COUNT)), is_packed=is_packed)
    marks = [item.mark for item in source.items()]
    assert [item.mark for item in source.items(skip=HALF)] == marks[HALF:]
    for number in (1, 7, HALF, COUNT):
        assert skipped(source, number, marks[number - 1]) == number


@forms
@packing
def test_an_item_inserted_before_the_place_begins_it_anew(tmp_path: Path, name: str, is_packed: bool) -> None:
    """A regenerated export with the same head lost its late articles without a word."""
    source = write(tmp_path / name, FORMS[name](*range(COUNT)), is_packed=is_packed)
    mark = mark_of(source, COUNT - 1)
    late = [*range(HALF), 9_000, *range(HALF, COUNT + 100)]
    assert skipped(write(tmp_path / name, FORMS[name](*late), is_packed=is_packed), COUNT - 1, mark) == 0


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
@packing
def test_a_source_that_grew_is_resumed_behind_all_that_was_pushed(tmp_path: Path, name: str, is_packed: bool) -> None:
    """A log that is pushed every hour."""
    source = write(tmp_path / name, FORMS[name](*range(COUNT)), is_packed=is_packed)
    mark = mark_of(source, COUNT)
    grown = write(tmp_path / name, FORMS[name](*range(COUNT + 10)), is_packed=is_packed)
    assert skipped(grown, COUNT, mark) == COUNT


def test_a_last_line_that_was_still_being_written_is_pushed_again(tmp_path: Path) -> None:
    """Its first half was no article; the whole is one."""
    content = jsonl(*range(4))
    path = tmp_path / "a.jsonl"
    mark = mark_of(write(path, content[:-20]), 4)
    assert skipped(write(path, content[:-20]), 4, mark) == 4
    assert skipped(write(path, content + jsonl(5)), 4, mark) == 3


def test_a_shorter_source_and_a_mark_of_an_earlier_version_begin_anew(tmp_path: Path) -> None:
    """Earlier versions remembered a digest of the first 64 KiB."""
    source = write(tmp_path / "a.jsonl", jsonl(*range(10)))
    mark = mark_of(source, 10)
    assert skipped(write(tmp_path / "a.jsonl", jsonl(*range(9))), 10, mark) == 0
    assert skipped(source, 9, "0123456789abcdef" * 2) == 0
    assert skipped(source, 0, "") == 0


def test_the_same_file_in_another_encoding_is_another_source(tmp_path: Path) -> None:
    """Who gave the wrong one pushes again with the right one, and nothing is skipped."""
    path = tmp_path / "a.csv"
    path.write_bytes("title,body\nعنوان,نص\n".encode("cp1256"))
    assert open_source(path).progress != open_source(path, encoding="cp1256").progress


def folder(path: Path) -> Path:
    for number in range(5):
        (path / f"{number}.txt").write_text(f"عنوان\n\nنص {number}", encoding="utf-8")
    return path


@pytest.mark.parametrize("content", ["عنوان\n\nنص 9", "نص"])
def test_a_file_of_a_folder_that_has_changed_begins_it_anew(tmp_path: Path, content: str) -> None:
    """Of the same size or not: names alone lost what had changed."""
    source = open_source(folder(tmp_path))
    mark = mark_of(source, 3)
    assert skipped(source, 3, mark) == 3
    (tmp_path / "4.txt").write_text(content, encoding="utf-8")
    assert skipped(open_source(tmp_path), 3, mark) == 3  # it is behind the place
    (tmp_path / "1.txt").write_text(content, encoding="utf-8")
    assert skipped(open_source(tmp_path), 3, mark) == 0


def test_a_file_that_comes_to_a_folder_before_the_place_begins_it_anew(tmp_path: Path) -> None:
    """Behind it, it does not."""
    source = open_source(folder(tmp_path))
    mark = mark_of(source, 3)
    (tmp_path / "5.txt").write_text("نص", encoding="utf-8")
    assert skipped(open_source(tmp_path), 3, mark) == 3
    (tmp_path / "0a.txt").write_text("نص", encoding="utf-8")
    assert skipped(open_source(tmp_path), 3, mark) == 0
