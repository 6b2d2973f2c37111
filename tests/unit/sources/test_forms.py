"""Files as programs leave them: compressed, wrapped, in other tables, encodings and folders, and what is no article at all."""

import bz2
import codecs
import io
import json
import lzma
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from khabar.errors import Code, SourceError
from khabar.messages.article import parse_article
from khabar.sources import open_source
from khabar.sources.items import Item
from khabar.sources.live import LiveInput
from khabar.sources.shape import Shape, parse_fields
from tests.unit.cases import load_cases

CASES = Path(__file__).parent / "cases"
TABLES = load_cases(CASES / "tables.jsonl")
WRAPPED = load_cases(CASES / "wrapped.jsonl")
FORMS = load_cases(CASES / "forms.jsonl")
BODY = "قال المتحدث باسم الوزارة إن الاجتماع سيعقد غدا. وأضاف أن الدعوة عامة للجميع."
LINE = json.dumps({"title": "عنوان", "body": BODY}, ensure_ascii=False).encode()


def write(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def articles(items: list[Item]) -> list[dict[str, Any]]:
    assert [item.error for item in items] == [None] * len(items)
    return [parse_article(item.raw).model_dump(mode="json") for item in items]


def check(made: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    assert [{name: one[name] for name in wanted} for one, wanted in zip(made, expected, strict=True)] == expected


@pytest.mark.parametrize("case", FORMS, ids=lambda case: case["case"])
def test_what_programs_write_is_read_as_it_is(tmp_path: Path, case: dict[str, Any]) -> None:
    """Trafilatura's and Scrapy's other outputs, pages and feeds."""
    path = write(tmp_path / case["name"], case["content"])
    check(articles(list(open_source(path).items())), case["expected"])
    check(articles(list(open_source("-", stdin=io.BytesIO(path.read_bytes())).items())), case["expected"])


@pytest.mark.parametrize("case", TABLES, ids=lambda case: case["case"])
def test_tables_are_read_with_any_delimiter_and_names(tmp_path: Path, case: dict[str, Any]) -> None:
    """Spreadsheets of Arabic Windows write ';', pandas writes lists as Python does, databases NULL."""
    shape = Shape(parse_fields(case.get("fields", [])))
    path = write(tmp_path / case.get("name", "a.csv"), case["content"])
    check(articles(list(open_source(path, shape=shape).items())), case["expected"])
    assert not shape.missed


@pytest.mark.parametrize("case", WRAPPED, ids=lambda case: case["case"])
def test_articles_are_taken_out_of_what_holds_them(tmp_path: Path, case: dict[str, Any]) -> None:
    """Answers of interfaces are saved as they come."""
    content = "\n".join(json.dumps(one, ensure_ascii=False, indent=case.get("indent")) for one in case["sent"])
    path = write(tmp_path / "a.json", content)
    source = open_source(path, shape=Shape(items=case.get("items")))
    if "refused" in case:
        with pytest.raises(SourceError, match=case["refused"]):
            list(source.items())
        return
    titles = [article["title"] for article in articles(list(source.items()))]
    assert titles == case["titles"]
    assert [item.number for item in source.items(skip=1)] == list(range(2, len(titles) + 1))


@pytest.mark.parametrize("ending", ["bz2", "xz", "zst"])
def test_every_compression_is_undone_joined_and_broken(tmp_path: Path, ending: str) -> None:
    """Dumps come in all of them; what comes before a break is good."""
    compress = {"bz2": bz2.compress, "xz": lzma.compress, "zst": zstd.compress}[ending]
    first, second = compress(LINE + b"\n"), compress((LINE + b"\n") * 5_000)
    path = write(tmp_path / f"a.jsonl.{ending}", first + second)
    assert len(list(open_source(path).items())) == 5_001
    assert len(list(open_source("-", stdin=io.BytesIO(first + second)).items())) == 5_001
    items = open_source(write(path, first + second[:-4])).items()
    with pytest.raises(SourceError, match="breaks off after item"):
        list(items)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", LINE.decode() + "\n" + LINE.decode()),
        ("a.csv", f"title,body\r\nعنوان,{BODY}\r\nعنوان,{BODY}\r\n"),
        ("a.json", f"[{LINE.decode()},\n{LINE.decode()}]"),
    ],
)
def test_utf16_is_found_by_its_mark(tmp_path: Path, name: str, content: str, encoding: str) -> None:
    """Excel's "Unicode text" has it; without a mark it has to be said."""
    path = write(tmp_path / name, content.encode(encoding))
    given = {"encoding": encoding} if encoding[-2:] in ("le", "be") else {}
    made = articles(list(open_source(path, **given).items()))  # type: ignore[arg-type]
    assert [(one["title"], one["body"]) for one in made] == [("عنوان", BODY)] * 2


def test_a_utf16_text_with_its_mark_is_read(tmp_path: Path) -> None:
    """Notepad writes it."""
    (made,) = articles(list(open_source(write(tmp_path / "a.txt", f"عنوان\n\n{BODY}".encode("utf-16"))).items()))
    assert (made["title"], made["body"]) == ("عنوان", BODY)


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt", "a.json"])
def test_a_file_in_another_encoding_is_one_sentence_with_the_likely_one(tmp_path: Path, name: str) -> None:
    """10,000 dead letters for 10,000 lines say less."""
    content = {"a.csv": f"title,body\nعنوان,{BODY}\n", "a.txt": BODY, "a.json": f"[{LINE.decode()}]"}
    path = write(tmp_path / name, content.get(name, LINE.decode() + "\n" + LINE.decode()).encode("cp1256"))
    with pytest.raises(SourceError, match="not utf-8; it is likely cp1256: say --encoding cp1256"):
        open_source(path)
    assert articles(list(open_source(path, encoding="cp1256").items()))[0]["body"] == BODY


def test_utf8_that_was_said_to_be_something_else_is_refused(tmp_path: Path) -> None:
    """Every byte is a letter in cp1256: it became records of nonsense."""
    with pytest.raises(SourceError, match="is UTF-8, not cp1256"):
        open_source(write(tmp_path / "a.jsonl", LINE), encoding="cp1256")


def test_one_line_in_another_encoding_costs_that_line(tmp_path: Path) -> None:
    """A line of another newspaper in a file that is good."""
    path = write(tmp_path / "a.jsonl", LINE.decode().encode("cp1256") + b"\n" + LINE)
    bad, good = open_source(path).items()
    assert parse_article(good.raw).body == BODY
    with pytest.raises(Exception, match="not UTF-8"):
        parse_article(bad.raw)


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("a.jsonl", LINE)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.txt", b"%PDF-1.7\n" + b"x" * 100, "a PDF"),
        ("a.jsonl", archive(), "a ZIP archive"),
        ("a.docx", archive(), "a ZIP archive"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
        ("a", b"SQLite format 3\0" + bytes(100), "SQLite"),
        ("a.pickle", b"\x80\x04\x95" + b"x" * 100, "pickle"),
        ("a.txt", bytes(range(32)) * 20, "binary"),
        ("a.txt", "قال المتحدث in one line".encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_what_is_no_text_is_refused_whole(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    """A picture on standard input was one text of the language of nobody."""
    for opening in (
        lambda: open_source(write(tmp_path / name, content)),
        lambda: open_source("-", stdin=io.BytesIO(content)),
    ):
        with pytest.raises(SourceError, match=what) as caught:
            opening()
        assert "\n" not in str(caught.value)


def test_a_folder_holds_files_of_every_form_and_names_the_others(tmp_path: Path) -> None:
    """`trafilatura -o DIR --json`, a store of news-please and a colleague's pictures in one folder."""
    write(tmp_path / "a.json", json.dumps({"title": "أ", "text": BODY}, indent=1))
    write(tmp_path / "b.jsonl.bz2", bz2.compress((LINE + b"\n") * 2))
    write(tmp_path / "c.csv", f"title;النص\nج;{BODY}\n")
    write(tmp_path / "d.txt", f"د\n\n{BODY}")
    write(tmp_path / "e.png", b"\x89PNG")
    write(tmp_path / "f.jsonl", LINE.decode().encode("cp1256"))
    write(tmp_path / "g.jsonl", b"")
    source = open_source(tmp_path)
    items = list(source.items())
    assert [article["title"] for article in articles(items)] == ["أ", "عنوان", "عنوان", "ج", "د"]
    assert [item.number for item in items] == [1, 2, 3, 4, 5]
    assert [one.partition(" ")[0] for one in source.skipped] == ["e.png", "f.jsonl", "g.jsonl"]
    assert "say --encoding cp1256" in source.skipped[1]
    assert source.progress
    assert source.progress.still_in(3, items[2].mark) == 3
    write(tmp_path / "b.jsonl.bz2", bz2.compress(LINE + b"\n"))
    assert source.progress.still_in(3, items[2].mark) == 0
    assert next(iter(source.items(skip=2))).number == 3


def test_a_broken_file_in_a_folder_costs_itself(tmp_path: Path) -> None:
    """The files behind it are good."""
    write(tmp_path / "a.json", b"[" + LINE + b"," + LINE[:-5])
    write(tmp_path / "b.jsonl", LINE)
    good, broken, after = open_source(tmp_path).items()
    assert broken.error is not None
    assert (broken.error.code, "breaks off after item 1" in broken.error.reason) == (Code.UNDECODABLE, True)
    assert (good.number, broken.number, after.number) == (1, 2, 3)


@pytest.mark.parametrize(
    ("fields", "sent", "expected"),
    [
        (["text=النص_الكامل"], {"title": "ع", "النص_الكامل": BODY}, {"body": BODY, "extra": {}}),
        (["text=post.details"], {"title": "ع", "post": {"details": BODY, "n": 1}}, {"body": BODY}),
        (["text=full"], {"body": "قصير", "full": BODY}, {"body": BODY, "extra": {"body": "قصير"}}),
        (["body=full", "body=short"], {"full": "", "short": BODY}, {"body": BODY}),
        (
            ["date=when", "author=who"],
            {"text": BODY, "when": "2026-09-16", "who": ["منى"]},
            {"published_at": "2026-09-16T00:00:00"},
        ),
        (["text=a.b"], {"a.b": BODY}, {"body": BODY, "extra": {}}),
        (["text=absent"], {"text": BODY}, {"body": BODY}),
    ],
)
def test_a_field_has_any_name(
    tmp_path: Path, fields: list[str], sent: dict[str, Any], expected: dict[str, Any]
) -> None:
    """No list of names is ever complete."""
    path = write(tmp_path / "a.jsonl", json.dumps(sent, ensure_ascii=False))
    shape = Shape(parse_fields(fields))
    check(articles(list(open_source(path, shape=shape).items())), [expected])
    assert list(shape.missed) == (["absent"] if "text=absent" in fields else [])


@pytest.mark.parametrize(
    ("pair", "what"), [("text", "must be"), ("text=", "must be"), ("bdy=x", "no field 'bdy'; there are text, id")]
)
def test_a_wrong_field_is_one_sentence(pair: str, what: str) -> None:
    """It names what there is."""
    with pytest.raises(ValueError, match=what):
        parse_fields([pair])


def test_a_wrapped_article_over_the_limit_is_one_bad_item(tmp_path: Path) -> None:
    """The answer as a whole may be large, an article may not."""
    long = {"title": "طويل", "body": BODY * 1000}
    path = write(tmp_path / "a.json", json.dumps({"articles": [long, {"title": "عنوان", "body": BODY}]}))
    bad, good = open_source(path).items(max_bytes=50_000)
    assert bad.error is not None
    assert bad.error.code is Code.TOO_LARGE
    assert len(bad.raw) <= 1 << 16
    assert parse_article(good.raw).title == "عنوان"


@pytest.mark.timeout(60)  # a reading that waits for more would wait for ever
@pytest.mark.parametrize("encoding", ["utf-8", "cp1256", "utf-16"])
@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "jsonl.gz"])
def test_an_item_of_a_live_pipe_is_given_out_before_the_next_comes(form: str, encoding: str) -> None:
    """A buffer that wants to be full first keeps a slow scraper's articles for hours."""
    readable, writable = os.pipe()
    live = LiveInput(readable)
    row = {"csv": f"عنوان,{BODY}\n", "json": LINE.decode() + ","}.get(form, LINE.decode() + "\n")
    head = {"csv": "title,body\n", "json": "["}.get(form, "")
    encoder = codecs.getincrementalencoder(encoding)()
    packer = zlib.compressobj(wbits=31)

    def feed(text: str) -> None:
        data = encoder.encode(text)
        os.write(writable, packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH) if form.endswith("gz") else data)

    feed(head + row)
    source = open_source("-", stdin=live, format=form.removesuffix(".gz"), encoding=encoding)  # type: ignore[arg-type]
    items = source.items()
    for _ in range(3):
        assert parse_article(next(items).raw).body == BODY
        feed(row)
    os.close(writable)
    os.close(readable)
