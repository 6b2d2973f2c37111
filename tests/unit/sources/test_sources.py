"""Sources: every item is found, one bad row costs that row, and a fault of the whole is one sentence."""

import gzip
import io
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from khabar.errors import Code, SourceError
from khabar.messages.article import parse_article
from khabar.sources import open_source
from khabar.sources.items import Item

A, B = {"title": "عنوان أول", "body": "نص أول"}, {"title": "عنوان ثانٍ", "body": 'نص, "ثانٍ" {[ \\ '}
LINE_A, LINE_B = (json.dumps(item, ensure_ascii=False).encode() for item in (A, B))


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def articles(items: list[Item]) -> list[dict[str, Any]]:
    return [json.loads(item.raw) if isinstance(item.raw, bytes) else dict(item.raw) for item in items]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", LINE_A + b"\n" + LINE_B + b"\n"),
        ("no line end.jsonl", LINE_A + b"\n" + LINE_B),
        ("windows.jl", b"\xef\xbb\xbf" + LINE_A + b"\r\n\r\n" + LINE_B + b"\r\n"),
        ("blank lines.ndjson", b"\n \n" + LINE_A + b"\n\n" + LINE_B),
        ("array.json", b"[" + LINE_A + b"," + LINE_B + b"]"),
        ("pretty array.json", json.dumps([A, B], indent=2).encode()),
        ("pretty objects.json", (json.dumps(A, indent=2) + "\n" + json.dumps(B, indent=2)).encode()),
        ("lines.json", LINE_A + b"\n" + LINE_B),
        ("array with a trailing comma.json", b" [ " + LINE_A + b" , " + LINE_B + b",\n]\n"),
        ("comma.csv", 'title,body\nعنوان أول,نص أول\nعنوان ثانٍ,"نص, ""ثانٍ"" {[ \\ "\n'.encode()),
        ("semicolon.csv", 'title;body\r\nعنوان أول;نص أول\r\n;\r\nعنوان ثانٍ;"نص, ""ثانٍ"" {[ \\ "'.encode()),
        ("tab.tsv", '\ufefftitle\tbody\nعنوان أول\tنص أول\nعنوان ثانٍ\t"نص, ""ثانٍ"" {[ \\ "\n'.encode()),
        ("no extension", b"[" + LINE_A + b"," + LINE_B + b"]"),
    ],
)
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
def test_formats_are_told_apart_and_read(tmp_path: Path, name: str, content: bytes, compressed: bool) -> None:
    """A person names a file, and nothing else."""
    path = write(tmp_path / (name + ".gz" * compressed), gzip.compress(content, mtime=0) if compressed else content)
    items = list(open_source(path).items())
    assert articles(items) == [A, B]
    assert [item.number for item in items] == [1, 2]
    assert [item.error for item in items] == [None, None]
    assert articles(list(open_source(path).items(skip=1))) == [B]
    stdin = open_source("-", stdin=io.BytesIO(path.read_bytes()))
    assert articles(list(stdin.items())) == [A, B]
    assert stdin.progress is None


def test_json_lines_go_on_byte_for_byte(tmp_path: Path) -> None:
    """What the producer wrote is what a rejection shows; invalid bytes are for validation to refuse."""
    lines = [b'{"body" :  "x"} ', b'{"body": "\xd3"}']
    path = write(tmp_path / "a.jsonl", b"\n".join(lines))
    assert [item.raw for item in open_source(path).items()] == lines
    assert [item.where for item in open_source(path).items()] == [f"{path}:1", f"{path}:2"]


def test_a_line_over_the_limit_is_one_bad_item(tmp_path: Path) -> None:
    """A broken dump can be one line of many gigabytes."""
    path = write(tmp_path / "a.jsonl", LINE_A + b"\n" + b"x" * 3_000_000 + b"\n" + LINE_B + b"\n")
    first, long, last = open_source(path).items(max_bytes=100_000)
    assert long.error is not None
    assert (long.error.code, long.number) == (Code.TOO_LARGE, 2)
    assert "3,000,000 bytes" in long.error.reason
    assert len(long.raw) < 100_000
    assert articles([first, last]) == [A, B]


def test_an_element_over_the_limit_is_one_bad_item(tmp_path: Path) -> None:
    """The same for arrays."""
    path = write(tmp_path / "a.json", b"[" + LINE_A + b',"' + b"x" * 3_000_000 + b'",' + LINE_B + b"]")
    first, long, last = open_source(path).items(max_bytes=100_000)
    assert long.error is not None
    assert long.error.code is Code.TOO_LARGE
    assert articles([first, last]) == [A, B]


def test_one_bad_element_costs_that_element(tmp_path: Path) -> None:
    """NaN, a huge number, a lone surrogate or an unescaped quotation must not end an archive of a million."""
    bad = [b'{"body": NaN}', b'{"body": "x", "n": 12345678901234567890123}', b'{"a": "\\ud800"}', b'{"a": "b "c" d"}']
    path = write(tmp_path / "a.json", b"[" + b",\n".join([*bad, LINE_B, b"5"]) + b"]")
    assert [item.raw for item in open_source(path).items()] == [*bad, LINE_B, b"5"]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_an_array_is_cut_the_same_wherever_reads_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chunk: int
) -> None:
    """Reads end in the middle of characters, escapes and strings."""
    monkeypatch.setattr("khabar.sources.json._CHUNK", chunk)
    escapes = json.dumps({"body": 'نص \\ "مقتبس\\" \\\\" [x]'}).encode()
    path = write(tmp_path / "a.json", b"[" + b" , ".join([LINE_A, escapes, LINE_B]) + b"]")
    assert [item.raw for item in open_source(path).items()] == [LINE_A, escapes, LINE_B]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("cut.json", b"[" + LINE_A + b"," + LINE_B + b',{"body": "x', "not closed"),
        ("followed.json", b"[" + LINE_A + b"," + LINE_B + b"] x", "follows"),
        ("two commas.json", b"[" + LINE_A + b"," + LINE_B + b",,1]", "two commas"),
        ("cut.jsonl.gz", gzip.compress(LINE_A + b"\n" + LINE_B + b"\n", mtime=0)[:-6], "item 2"),
    ],
)
def test_a_broken_source_gives_the_good_items_and_then_one_error(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    """Half an archive is better than none, and the break must not pass for the end."""
    items = open_source(write(tmp_path / name, content)).items()
    assert articles([next(items), next(items)]) == [A, B]
    with pytest.raises(SourceError, match=what):
        next(items)


def test_gzip_files_joined_into_one_are_read_through(tmp_path: Path) -> None:
    """`cat *.gz` is how daily dumps become a yearly one."""
    path = write(tmp_path / "a.jsonl.gz", gzip.compress(LINE_A + b"\n", mtime=0) + gzip.compress(LINE_B + b"\n"))
    assert articles(list(open_source(path).items())) == [A, B]


def test_csv_rows_of_wrong_length_are_bad_items(tmp_path: Path) -> None:
    """A shifted column would put a date into the text."""
    path = write(tmp_path / "a.csv", "title,body\nأ,ب,ج\n\nد,هـ\nو\n".encode())
    items = list(open_source(path).items())
    assert [item.error and item.error.code for item in items] == [Code.WRONG_TYPE, None, Code.WRONG_TYPE]
    assert [item.where for item in items] == [f"{path}:2", f"{path}:4", f"{path}:5"]


def test_csv_fields_may_be_larger_than_pythons_limit(tmp_path: Path) -> None:
    """The csv module refuses 128 KiB by itself."""
    path = write(tmp_path / "a.csv", ("body\n" + "ن" * 200_000 + "\n").encode())
    (item,) = open_source(path).items()
    assert len(parse_article(item.raw).body) == 200_000


def test_csv_bytes_that_are_not_utf8_are_refused_by_field(tmp_path: Path) -> None:
    """One row in another encoding costs that row."""
    path = write(tmp_path / "a.csv", "title,body\nأ,ب\n".encode() + "أ,".encode() + "ب".encode("cp1256") + b"\n")
    first, second = open_source(path).items()
    assert parse_article(first.raw).body == "ب"
    with pytest.raises(Exception, match="body: holds a lone surrogate"):
        parse_article(second.raw)


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.txt"])
def test_cp1256_is_read(tmp_path: Path, name: str) -> None:
    """Many archives of Arabic newspapers are in it."""
    content = {
        "a.jsonl": '{"title": "عنوان", "body": "نص"}',
        "a.json": '[{"title": "عنوان", "body": "نص"}]',
        "a.csv": "title,body\nعنوان,نص",
        "a.txt": "عنوان\n\nنص",
    }
    path = write(tmp_path / name, content[name].encode("cp1256"))
    (item,) = open_source(path, encoding="cp1256").items()
    assert parse_article(item.raw).text == "عنوان\n\nنص"


@pytest.mark.parametrize(
    "text",
    [
        "عنوان \n\nنص\n\nنص آخر\n",
        "نص بلا عنوان",
        "سطر\nسطر\n\nنص",
        "\n\nنص",
        "ع\r\n\r\nنص\r\n",
        " \n\nنص",
        "ع\n\n",
        "None\n\nنص",
    ],
)
def test_a_text_file_equals_the_article_text(tmp_path: Path, text: str) -> None:
    """RECORD.md; offsets must count in the file that the user has."""
    (item,) = open_source(write(tmp_path / "a.txt", text.encode())).items()
    assert parse_article(item.raw).text == text


def test_a_folder_gives_its_articles_in_the_order_of_their_paths(tmp_path: Path) -> None:
    """Resuming counts files."""
    (tmp_path / "b").mkdir()
    for name in ("c.txt", "b/a.txt", "a.txt"):
        write(tmp_path / name, f"عنوان\n\n{name}".encode())
    write(tmp_path / "a.log", b"x")
    (tmp_path / ".git").mkdir()
    write(tmp_path / ".git" / "a.txt", b"x")
    write(tmp_path / "d.txt", "نص".encode("cp1256"))
    items = list(open_source(tmp_path).items())
    assert [str(Path(item.where).relative_to(tmp_path)) for item in items] == ["a.txt", "b/a.txt", "c.txt", "d.txt"]
    assert items[3].error is not None
    assert items[3].error.code is Code.UNDECODABLE
    assert list(open_source(tmp_path).items(skip=2))[:1] == items[2:3]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("missing.jsonl", None, "no such file"),
        ("empty.jsonl", b"", "is empty"),
        ("blank.csv", b" \n", "is empty"),
        ("unknown.bin", b"\x00\x01", "is binary"),
        ("unknown.abc", b"a b c", "neither its name nor its first bytes"),
        ("cut.jsonl.gz", gzip.compress(LINE_A, mtime=0)[:5], "cannot be read"),
    ],
)
def test_an_input_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, what: str
) -> None:
    """The command prints it and nothing else."""
    if content is not None:
        write(tmp_path / name, content)
    with pytest.raises(SourceError, match=what) as caught:
        open_source(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_csv_without_known_columns_names_those_that_are_known(tmp_path: Path) -> None:
    """A header row is required; data in its place must not become names."""
    source = open_source(write(tmp_path / "a.csv", "أحمد,منى\n1,2\n".encode()))
    with pytest.raises(SourceError, match="title, headline"):
        list(source.items())


def test_a_folder_without_texts_unknown_formats_and_encodings_are_one_sentence(tmp_path: Path) -> None:
    """Each is a slip of the fingers."""
    with pytest.raises(SourceError, match="without any file that khabar can read"):
        open_source(tmp_path)
    with pytest.raises(SourceError, match="no format 'docx'"):
        open_source(tmp_path, format="docx")
    with pytest.raises(SourceError, match="no encoding 'cp9999'"):
        open_source(tmp_path, encoding="cp9999")


def test_a_folder_follows_no_link_and_names_what_it_does_not_read(tmp_path: Path) -> None:
    """A link to /etc/passwd went out as an article."""
    folder = tmp_path / "folder"
    (folder / "b").mkdir(parents=True)
    write(folder / "a.txt", LINE_A)
    write(folder / "b" / "b.txt.gz", gzip.compress(LINE_B))
    write(folder / "notes.abc", b"x")
    secret = write(tmp_path / "secret.txt", b"x")
    (folder / "c.txt").symlink_to(secret)
    (folder / "d").symlink_to(tmp_path)
    os.mkfifo(folder / "e.txt")
    source = open_source(folder)
    assert [Path(item.where).name for item in source.items()] == ["a.txt", "b.txt.gz"]
    *named, unknown = source.skipped
    assert named == ["c.txt (a link)", "d (a link)", "e.txt (no regular file)"]
    assert unknown.startswith("notes.abc (neither its name nor its first bytes")


def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    """As `khabar push <(command)` has it: opened a second time, it would begin behind what the first has taken."""
    path = tmp_path / "pipe.jsonl"
    os.mkfifo(path)
    writing = threading.Thread(target=write, args=(path, b"\n".join([LINE_A, LINE_B])))
    writing.start()
    source = open_source(path)
    assert articles(list(source.items())) == [A, B]
    assert source.progress is None
    writing.join()
