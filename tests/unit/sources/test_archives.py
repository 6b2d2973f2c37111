"""Web archives and tables of columns, written by their own libraries."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from khabar.errors import Code, SourceError
from khabar.messages.article import parse_article
from khabar.sources import open_source
from khabar.sources import page as page_module

# warcio's writer leaves its temporary files to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")

FIRST = "قال المتحدث باسم الوزارة إن الاجتماع سيعقد غدا. وأضاف أن الدعوة عامة للجميع."
SECOND = "وأوضح أن الأعضاء سيناقشون خطة المياه في المدن الساحلية قبل نهاية العام."
PAGE = (
    '<!DOCTYPE html><html lang="ar"><head><meta charset="{charset}"><title>افتتاح محطة المياه</title></head><body><article>'
    f"<h1>افتتاح محطة المياه</h1><p>{FIRST}</p><p>{SECOND}</p></article></body></html>"
)


def archive(*, gzip: bool) -> bytes:
    """Of a request, two pages, a redirection, a picture and a page without an article."""
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=gzip)

    def add(url: str, status: str, kind: str, body: bytes, what: str = "response") -> None:
        headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url,
            what,
            payload=io.BytesIO(body),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": "2026-09-16T09:00:00Z"},
        )
        writer.write_record(record)

    add("https://example.com/a", "200 OK", "text/html; charset=utf-8", PAGE.format(charset="utf-8").encode())
    add("https://example.com/r", "301 Moved", "text/html", b"moved")
    add("https://example.com/p", "200 OK", "image/png", b"\x89PNG")
    add("https://example.com/b", "200 OK", "text/html", PAGE.format(charset="windows-1256").encode("cp1256"))
    add("https://example.com/c", "200 OK", "text/html", b"<html><body></body></html>")
    return file.getvalue()


@pytest.mark.parametrize("gzip", [True, False], ids=["warc.gz", "warc"])
def test_an_archive_gives_the_articles_on_its_pages(tmp_path: Path, gzip: bool) -> None:
    """As CC-NEWS has them; each page says its encoding itself, and the crawler when it came."""
    content = archive(gzip=gzip)
    path = tmp_path / ("a.warc.gz" if gzip else "a.warc")
    path.write_bytes(content)
    for source in (open_source(path), open_source("-", stdin=io.BytesIO(content))):
        first, second, empty = source.items()
        for item, url in ((first, "https://example.com/a"), (second, "https://example.com/b")):
            article = parse_article(item.raw)
            assert (article.title, article.body, article.url) == ("افتتاح محطة المياه", f"{FIRST}\n{SECOND}", url)
            assert article.scraped_at == datetime(2026, 9, 16, 9, tzinfo=UTC)
        assert empty.error is not None
        assert (empty.error.code, empty.where.endswith("https://example.com/c")) == (Code.NO_TEXT, True)
    assert [item.number for item in open_source(path).items(skip=1)] == [2, 3]


@pytest.mark.parametrize("gzip", [True, False], ids=["warc.gz", "warc"])
def test_an_archive_that_breaks_off_gives_what_it_has(tmp_path: Path, gzip: bool) -> None:
    """Downloads of gigabytes end early."""
    path = tmp_path / ("a.warc.gz" if gzip else "a.warc")
    whole = archive(gzip=gzip)
    path.write_bytes(whole[: whole.rindex(b"\x1f\x8b") - 200] if gzip else whole[: whole.rindex(b"</article>")])
    items = open_source(path).items()
    assert parse_article(next(items).raw).body
    with pytest.raises(SourceError, match="breaks off after item"):
        list(items)


def test_rows_of_parquet_are_articles(tmp_path: Path) -> None:
    """Data sets are published in it."""
    rows = [
        {"العنوان": "ع", "text": FIRST, "date": datetime(2026, 9, 16, 8, 30), "tags": ["أ", "ب"], "n": 1.5},  # noqa: DTZ001
        {"العنوان": "ث", "text": SECOND, "date": None, "tags": None, "n": float("nan")},
    ]
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path)
    for source in (open_source(path), open_source("-", stdin=io.BytesIO(path.read_bytes()))):
        first, second = (parse_article(item.raw) for item in source.items())
        assert (first.title, first.body, first.tags) == ("ع", FIRST, ["أ", "ب"])
        assert first.published_at == datetime(2026, 9, 16, 8, 30)  # noqa: DTZ001
        assert (second.title, second.body, second.published_at) == ("ث", SECOND, None)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError, match="not a complete Parquet file"):
        list(open_source(path).items())


@pytest.mark.parametrize(
    ("name", "content", "extra"),
    [
        ("a.html", b"<html>", "web"),
        ("a.rss", b"<rss>", "web"),
        ("a.warc", b"WARC/1.0", "web"),
        ("a.parquet", b"PAR1", "parquet"),
    ],
)
def test_a_form_whose_package_is_missing_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, extra: str
) -> None:
    """A scraper's environment has the client alone."""

    def missing(module: str) -> None:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    monkeypatch.setattr(page_module, "import_module", missing)
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=rf"pip install 'khabar-client\[{extra}\]'"):
        list(open_source(path).items())
