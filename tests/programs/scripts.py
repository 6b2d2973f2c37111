"""What each program is asked to do: a few lines, as its user has them, run by the program's own environment in the site's folder.

Each writes its output into the folder `out`, and prints nothing that is read.
"""

from dataclasses import dataclass
from typing import Final

PAGES: Final = """
import json, pathlib
pages = [(path.read_text("utf-8"), "https://news.example.com/" + path.stem) for path in sorted(pathlib.Path().glob("*.html"))]
def write(items):
    with open("out/items.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(item, ensure_ascii=False, default=str) + "\\n" for item in items)
"""
SPIDER: Final = """
import pathlib, scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.loader import ItemLoader
class Article(scrapy.Item):
    url, title, text, author, date, section, tags, image, description, source = (scrapy.Field() for _ in range(10))
class News(scrapy.Spider):
    name = "news"
    start_urls = [path.absolute().as_uri() for path in sorted(pathlib.Path().glob("*.html"))]
    def parse(self, response):
        meta = lambda name: f"meta[name='{name}']::attr(content), meta[property='{name}']::attr(content)"
        where = {"url": "link[rel=canonical]::attr(href)", "title": "h1::text", "text": "p::text", "author": meta("author"),
                 "date": "time::attr(datetime)", "section": meta("article:section"), "tags": meta("keywords"),
                 "image": meta("og:image"), "description": meta("description"), "source": meta("og:site_name")}
        LOADER
"""
PLAIN: Final = """item = {name: response.css(css).get() for name, css in where.items()}
        yield item | {"text": response.css("p::text").getall()}"""
LOADER: Final = """loader = ItemLoader(Article(), response)
        for name, css in where.items():
            loader.add_css(name, css)
        yield loader.load_item()"""


@dataclass(frozen=True)
class Program:
    """A program, in one of the forms of its output.

    Attributes:
        name: with the form.
        package: whose version the table names.
        requires: what pip installs.
        script: Python.
        lacks: fields that the program does not give.
        through: "file" reads what is in `out`; "ledger" what it sent; "list" what it put on the Redis list news:items.
    """

    name: str
    package: str
    requires: tuple[str, ...]
    script: str
    lacks: tuple[str, ...] = ()
    through: str = "file"


def _scrapy(
    name: str, body: str, settings: str, *, requires: tuple[str, ...] = ("scrapy",), through: str = "file"
) -> Program:
    script = SPIDER.replace("LOADER", body)
    script += f"\nprocess = CrawlerProcess({settings})\nprocess.crawl(News)\nprocess.start()\n"
    package = requires[0]
    return Program(name, package, requires, script, through=through)


def _feed(name: str, form: str) -> str:
    return f"{{'FEEDS': {{'out/{name}': {{'format': '{form}', 'encoding': 'utf-8'}}}}}}"


PROGRAMS: Final = (
    _scrapy("Scrapy, jsonlines", PLAIN, _feed("a.jl", "jsonlines")),
    _scrapy("Scrapy, ItemLoader", LOADER, _feed("a.jl", "jsonlines")),
    _scrapy("Scrapy, CSV", LOADER, _feed("a.csv", "csv")),
    _scrapy("Scrapy, XML", LOADER, _feed("a.xml", "xml")),
    _scrapy(
        "Scrapy, KhabarPipeline",
        LOADER,
        "{'ITEM_PIPELINES': {'khabar.scrapers.scrapy.KhabarPipeline': 900}, 'KHABAR_REDIS_URL': BROKER}",
        through="ledger",
    ),
    _scrapy(
        "Scrapy, FEEDS khabar://",
        LOADER,
        "{'FEED_STORAGES': {'khabar': 'khabar.scrapers.scrapy.KhabarFeedStorage'}, "
        "'FEEDS': {BROKER.replace('redis://', 'khabar://'): {'format': 'jsonlines'}}}",
        through="ledger",
    ),
    _scrapy(
        "scrapy-redis, khabar relay",
        LOADER,
        "{'ITEM_PIPELINES': {'scrapy_redis.pipelines.RedisPipeline': 900}, 'REDIS_URL': BROKER}",
        requires=("scrapy-redis",),
        through="list",
    ),
    Program(
        "trafilatura --json",
        "trafilatura",
        ("trafilatura", "lxml_html_clean"),
        PAGES
        + """
import subprocess, sys
for number, (page, url) in enumerate(pages):
    command = [sys.executable, "-m", "trafilatura.cli", "--json", "--with-metadata"]
    made = subprocess.run(command, input=page.encode(), stdout=subprocess.PIPE)
    pathlib.Path(f"out/{number}.json").write_bytes(made.stdout)
""",
        lacks=("section",),
    ),
    Program(
        "trafilatura --xml",
        "trafilatura",
        ("trafilatura", "lxml_html_clean"),
        PAGES
        + """
import subprocess, sys
for number, (page, url) in enumerate(pages):
    command = [sys.executable, "-m", "trafilatura.cli", "--xml", "--with-metadata"]
    made = subprocess.run(command, input=page.encode(), stdout=subprocess.PIPE)
    pathlib.Path(f"out/{number}.xml").write_bytes(made.stdout)
""",
        lacks=("section", "image"),
    ),
    Program(
        "newspaper4k, to_json",
        "newspaper4k",
        ("newspaper4k[nlp]",),
        PAGES
        + """
import newspaper
made = []
for page, url in pages:
    article = newspaper.Article(url, language="ar")
    article.download(input_html=page)
    article.parse()
    made.append(article.to_json(False))
write(made)
""",
        lacks=("section",),
    ),
    Program(
        "news-please",
        "news-please",
        ("news-please", "newspaper4k[nlp]"),
        PAGES
        + """
from newsplease import NewsPlease
write(NewsPlease.from_html(page, url=url).get_serializable_dict() for page, url in pages)
""",
        lacks=("tags", "section"),
    ),
    Program(
        "feedparser",
        "feedparser",
        ("feedparser",),
        PAGES + "import feedparser\nwrite(feedparser.parse('feed.rss').entries)\n",
        lacks=("source", "section", "image", "description"),
    ),
    Program(
        "goose3, infos",
        "goose3",
        ("goose3",),
        PAGES
        + """
from goose3 import Goose
goose = Goose({"use_meta_language": False, "target_language": "ar", "enable_image_fetching": False})
write(goose.extract(raw_html=page).infos for page, url in pages)
""",
        lacks=("section",),
    ),
    Program(
        "readability-lxml",
        "readability-lxml",
        ("readability-lxml", "lxml_html_clean"),
        PAGES
        + """
from readability import Document
write({"url": url, "title": (made := Document(page)).short_title(), "content": made.summary()} for page, url in pages)
""",
        lacks=("published_at", "authors", "source", "tags", "section", "image", "description"),
    ),
    Program(
        "fundus, LBCGroup",
        "fundus",
        ("fundus", "curl_cffi<0.14"),
        PAGES
        + """
import datetime
from fundus.publishers.lb.lbc_group import LBCGroupParser
parser = LBCGroupParser()(datetime.date.today())
made = []
for page, url in pages:
    fields = parser.parse(page, "suppress")
    fields["body"] = fields["body"].serialize() if fields.get("body") else None
    made.append({name: value for name, value in fields.items() if not isinstance(value, Exception)} | {"url": url})
write(made)
""",
        lacks=("source", "section", "description"),
    ),
    Program(
        "warcio, khabar[web]",
        "warcio",
        ("warcio",),
        PAGES
        + """
import io
from warcio.warcwriter import WARCWriter
from warcio.statusandheaders import StatusAndHeaders
with open("out/a.warc.gz", "wb") as file:
    writer = WARCWriter(file, gzip=True)
    for page, url in pages:
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(page.encode()), http_headers=headers))
""",
        lacks=("section",),
    ),
)
