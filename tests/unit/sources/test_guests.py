"""Sources of other packages: when they are asked, and what is refused."""

from pathlib import Path

import pytest

from khabar.errors import SourceError, UnusablePlugin
from khabar.sources.formats import Formats
from tests.packages import install

FORMAT = """
from khabar.sources.base import Format


class Guest(Format):
    endings = {endings!r}

    def recognizes(self, head, encoding):
        return head.startswith({head!r})

    def read(self, stream, *, where, encoding, skip, max_bytes):
        yield from ()


def source():
    return Guest()
"""


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Return a function that installs a package with a source of this name."""

    def add(name: str, endings: tuple[str, ...] = (), head: bytes = b"\0", *, source: str | None = None) -> None:
        module = f"{name}_{abs(hash(tmp_path))}"
        code = FORMAT.format(endings=endings, head=head) if source is None else source
        points = {"khabar.sources": {name: f"{module}:source"}}
        monkeypatch.syspath_prepend(install(tmp_path / name, f"{name}-room", modules={module: code}, points=points))

    return add


def test_the_formats_are_the_files_of_the_package() -> None:
    """A source is one file, registered nowhere."""
    assert Formats().names == ["csv", "feed", "html", "json", "jsonl", "parquet", "text", "warc", "xml"]


def test_a_guest_is_found_by_ending_and_by_beginning(add) -> None:  # type: ignore[no-untyped-def]
    """As khabar's own are."""
    add("nitf", (".nitf",), b"NITF/")
    formats = Formats()
    assert formats.names[-1] == "nitf"
    assert formats.find("a", ".NITF", b"x", "utf-8") == "nitf"
    assert formats.find("-", "", b"\n NITF/1.0", "utf-8") == "nitf"
    assert formats.find("a", ".bin", b"x", "utf-8") is None


def test_khabars_own_formats_come_first(add) -> None:  # type: ignore[no-untyped-def]
    """A package that is installed for one thing must not change how other files are read."""
    add("lines", (".jsonl",), b"{")
    assert Formats().find("a", ".jsonl", b"x", "utf-8") == "jsonl"
    assert Formats().find("-", "", b'{"body": "x"}', "utf-8") == "jsonl"


def test_a_file_that_two_packages_would_read_is_refused(add) -> None:  # type: ignore[no-untyped-def]
    """Which of them read it would depend on a name."""
    add("nitf", (".xml",))
    add("newsml", (".xml",))
    with pytest.raises(SourceError, match=r"^a\.xml: newsml and nitf can read it; choose one with --format\.$"):
        Formats().find("a.xml", ".xml", b"<", "utf-8")


@pytest.mark.parametrize(
    ("name", "source", "sentence"),
    [
        ("csv", None, "its source 'csv' has the same name as a part of khabar"),
        ("folder", None, "its source 'folder' has the same name as a part of khabar"),
        ("nitf", "source = dict", "its source 'nitf' is of type dict, not khabar.sources.base.Format"),
        ("nitf", "import nowhere", "its source 'nitf' cannot be built from nitf_"),
    ],
)
def test_what_is_no_source_is_refused(add, name: str, source: str | None, sentence: str) -> None:  # type: ignore[no-untyped-def]
    """With one sentence that names the package."""
    add(name, source=source)
    with pytest.raises(UnusablePlugin) as caught:
        Formats()
    assert str(caught.value).startswith(f"package {name}-room 1.0: {sentence}")
