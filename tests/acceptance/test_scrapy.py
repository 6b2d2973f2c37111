"""Scrapy itself crawls a local Arabic site into the queue: by the pipeline, by a feed, killed, and without a broker."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.messages.article import parse_article
from tests.broker import Broker, free_port
from tests.waiting import wait_until

NAMES = Names()
BODY = "قال المتحدث باسم الوزارة إن الاجتماع سيعقد غدا. وأضاف أن الدعوة عامة للجميع."
PAGES = 6
SPIDER = """
import json, os, time
import scrapy
from scrapy.loader import ItemLoader

class Article(scrapy.Item):
    url, title, text, author, date = (scrapy.Field() for _ in range(5))

class News(scrapy.Spider):
    name = "news"
    start_urls = [os.environ["SITE"]]
    custom_settings = json.loads(os.environ["SETTINGS"])

    def parse(self, response):
        yield from response.follow_all(css="a.article", callback=self.parse_article)

    def parse_article(self, response):
        loader = ItemLoader(Article(), response)  # default processors: every field a list
        loader.add_value("url", response.url)
        loader.add_css("title", "h1::text")
        loader.add_css("text", "p::text")
        loader.add_css("date", "time::attr(datetime)")
        yield loader.load_item()
        if "6" in response.url.rpartition("/")[2]:
            yield {"url": response.url + "?bad", "title": [1, 2]}

    def closed(self, reason):
        print("closed:", reason)
"""
ENDLESS = """
import json, os, asyncio
import scrapy

class Endless(scrapy.Spider):
    name = "endless"
    custom_settings = json.loads(os.environ["SETTINGS"])

    async def start(self):
        number = 0
        while True:
            number += 1
            print(number, flush=True)
            yield {"id": str(number), "title": "عنوان", "text": "نص المقال"}
            await asyncio.sleep(0.01)
"""


class Site(BaseHTTPRequestHandler):
    """An index and its articles."""

    def do_GET(self) -> None:
        if self.path == "/":
            links = "".join(f'<a class="article" href="/أخبار/{number}">خبر</a>' for number in range(1, PAGES + 1))
            page = f"<html><body>{links}</body></html>"
        else:
            time = "<time datetime='2026-09-16T08:30:00+03:00'></time>"
            page = f"<html><body><h1>عنوان</h1>{time}<p>{BODY}</p><p>{BODY}</p></body></html>"
        data = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path / "valkey").start()
    yield running
    running.kill()


def start(
    folder: Path, spider: str, settings: dict[str, object], site: str = "", *options: str
) -> "subprocess.Popen[str]":
    (folder / "spider.py").write_text(spider, encoding="utf-8")
    environment = os.environ | {"SITE": site, "SETTINGS": json.dumps({"TELNETCONSOLE_ENABLED": False} | settings)}
    arguments = [sys.executable, "-m", "scrapy", "runspider", *options, "spider.py"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(arguments, cwd=folder, env=environment, text=True, **pipes)  # type: ignore[call-overload,no-any-return]


def crawl(folder: Path, settings: dict[str, object], site: str, *options: str) -> str:
    with start(folder, SPIDER, settings, site, *options) as process:
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    return output


def stat(output: str, name: str) -> int:
    found = re.search(rf"'{name}': (\d+)", output)
    return int(found[1]) if found else 0


def on_ledger(broker: Broker) -> list[str]:
    with broker.client() as client:
        return [entry[ARTICLE_FIELD] for _, entry in client.xrange(NAMES.ledger(Lane.LIVE))]


REACTORS = ["twisted.internet.asyncioreactor.AsyncioSelectorReactor", "twisted.internet.selectreactor.SelectReactor"]


@pytest.mark.parametrize("reactor", REACTORS, ids=["asyncio", "select"])
def test_the_pipeline_sends_what_a_spider_finds(tmp_path: Path, broker: Broker, site: str, reactor: str) -> None:
    """Items of ItemLoader, whose fields are lists; the stats say what became of them."""
    settings: dict[str, object] = {
        "ITEM_PIPELINES": {"khabar.scrapers.scrapy.KhabarPipeline": 900},
        "KHABAR_REDIS_URL": broker.url,
    }
    output = crawl(tmp_path, settings, site, "-s", f"TWISTED_REACTOR={reactor}")
    made = [parse_article(raw) for raw in on_ledger(broker)]
    assert sorted(article.url or "" for article in made) == sorted(
        f"{site}%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/{number}" for number in range(1, PAGES + 1)
    )
    assert {(article.title, article.body, str(article.published_at)) for article in made} == {
        ("عنوان", f"{BODY}\n\n{BODY}", "2026-09-16 08:30:00+03:00")
    }
    assert (stat(output, "khabar/accepted"), stat(output, "khabar/rejected/wrong_type")) == (PAGES, 1)
    assert stat(output, "item_scraped_count") == PAGES + 1
    assert "khabar rejected an item (wrong_type): title: is a list" in output


def test_a_feed_is_stored_in_khabar(tmp_path: Path, broker: Broker, site: str) -> None:
    """Without a line of code; batches go out before the spider closes."""
    settings: dict[str, object] = {
        "FEED_STORAGES": {"khabar": "khabar.scrapers.scrapy.KhabarFeedStorage"},
        "FEEDS": {
            f"khabar://127.0.0.1:{broker.port}/0?batch=%(batch_id)d": {"format": "jsonlines", "batch_item_count": 4}
        },
    }
    output = crawl(tmp_path, settings, site)
    assert len({parse_article(raw).id for raw in on_ledger(broker)}) == PAGES
    assert (stat(output, "khabar/accepted"), stat(output, "khabar/rejected")) == (PAGES, 1)
    assert stat(output, "feedexport/success_count/KhabarFeedStorage") == 2


def test_without_a_broker_nothing_is_lost(tmp_path: Path, site: str) -> None:
    """What was not accepted lies in files, which `khabar push` takes."""
    url = f"127.0.0.1:{free_port()}/0"
    settings: dict[str, object] = {
        "ITEM_PIPELINES": {"khabar.scrapers.scrapy.KhabarPipeline": 900},
        "FEED_STORAGES": {"khabar": "khabar.scrapers.scrapy.KhabarFeedStorage"},
        "FEEDS": {f"khabar://{url}": {"format": "jsonlines"}},
        "KHABAR_REDIS_URL": f"redis://{url}",
        "KHABAR_OUTAGE_S": 0.2,
    }
    output = crawl(tmp_path, settings, site)
    kept = sorted(tmp_path.glob("khabar-unsent-news-*.jsonl"))
    assert len(kept) == 2
    for path in kept:
        ids = {
            json.loads(line)["url"][0] for line in path.read_text(encoding="utf-8").splitlines() if "bad" not in line
        }
        assert len(ids) == PAGES
        assert f"run khabar push {path.name}" in output
    assert stat(output, "khabar/accepted") == 0
    assert stat(output, "khabar/unsent") == 2 * (PAGES + 1)


def test_a_spider_that_is_killed_has_sent_all_but_the_last_second(tmp_path: Path, broker: Broker) -> None:
    """A batch of a hundred would have held them all back."""
    settings: dict[str, object] = {
        "ITEM_PIPELINES": {"khabar.scrapers.scrapy.KhabarPipeline": 900},
        "KHABAR_REDIS_URL": broker.url,
        "KHABAR_BATCH": 10_000,
    }
    with start(tmp_path, ENDLESS, settings) as process:
        assert process.stdout
        wait_until(lambda: len(on_ledger(broker)) > 20)
        process.send_signal(signal.SIGSTOP)  # frozen at one moment: what is on the ledger now is what death would leave
        sent = len(on_ledger(broker))
        process.send_signal(signal.SIGKILL)
        found = [int(line) for line in process.stdout.read().split() if line.isdigit()]
    rate = 1 / 0.01  # at the most, for each item is followed by a pause
    assert found[-1] - sent <= rate * 1.0
    assert [json.loads(raw)["id"] for raw in on_ledger(broker)] == [str(number) for number in range(1, sent + 1)]
