"""Scrapy's items onto the queue: an item pipeline, and a storage for feeds. Scrapy 2.15 or later, tested with 2.19.

ITEM_PIPELINES = {"khabar.scrapers.scrapy.KhabarPipeline": 900}  # settings: docs/how-to/producing.md

FEED_STORAGES = {"khabar": "khabar.scrapers.scrapy.KhabarFeedStorage"}
FEEDS = {"khabar://127.0.0.1:6390/0?batch=%(batch_id)d": {"format": "jsonlines", "batch_item_count": 100}}
"""

import logging
import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import IO, Any, Final, Self
from urllib.parse import urlsplit

from itemadapter.adapter import ItemAdapter
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.extensions.feedexport import BlockingFeedStorage
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector
from scrapy.utils.asyncio import run_in_thread

from khabar.errors import BrokerError, RejectedArticle
from khabar.keys.defaults import DEFAULT_BATCH, DEFAULT_MAX_LEDGER
from khabar.keys.names import DEFAULT_PREFIX, DEFAULT_REDIS_URL, Lane
from khabar.messages.items import encode_item
from khabar.publishing.publisher import ArticlePublisher
from khabar.sources.base import Source
from khabar.sources.items import Item, Refused
from khabar.sources.opening import open_source
from khabar.sources.shape import Shape

log = logging.getLogger(__name__)

articles_accepted: Final = object()  # Scrapy's signal for accepted articles; its receivers get `count` and `spider`
_FORMATS: Final = {"jsonlines": "jsonl", "jl": "jsonl", "json": "json", "csv": "csv", "xml": "xml"}
_FLUSH_AFTER_S: Final = 0.5


class _Accounts:
    """Puts what becomes of a publisher's items into Scrapy's stats, logs and signals."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._counted = 0

    @property
    def stats(self) -> StatsCollector:
        stats = self._crawler.stats
        if stats is None:
            raise NotConfigured("khabar needs Scrapy's stats")
        return stats

    def refused(self, refused: Refused) -> None:
        """Count and log a dead letter."""
        self.stats.inc_value("khabar/rejected")
        self.stats.inc_value(f"khabar/rejected/{refused.code}")
        named = f"{refused.field}: " if refused.field else ""
        log.warning(
            "khabar rejected an item (%s): %s%s; `khabar dead list` has it", refused.code, named, refused.reason
        )

    def accepted(self, count: int) -> None:
        """Count accepted articles."""
        self.stats.inc_value("khabar/accepted", count=count)

    def settle(self, accepted: int) -> None:
        """Bring the count of accepted articles up to a publisher's, in the thread of the crawl."""
        new, self._counted = accepted - self._counted, accepted
        if new:
            self.accepted(new)
            self._crawler.signals.send_catch_log(articles_accepted, count=new, spider=self._crawler.spider)

    def keep(self, lines: Iterable[bytes], count: int, ending: str) -> None:
        """Write what the broker did not take to a file in the working directory."""
        spider = self._crawler.spider.name if self._crawler.spider else "spider"
        path = Path(f"khabar-unsent-{spider}-{os.getpid()}-{time.time_ns()}.{ending}")
        with path.open("xb") as file:
            file.writelines(lines)
        self.stats.inc_value("khabar/unsent", count=count)
        log.error("khabar: %d items were not accepted; they are in %s: run khabar push %s", count, path, path)


class KhabarPipeline:
    """Sends each item to khabar and passes it on as it is.

    A thread sends each batch after KHABAR_FLUSH_AFTER_S seconds, or when it is full: the crawl does not wait for the broker.
    While the broker is unreachable or full, items wait in `process_item`, so Scrapy fetches no more than it has room for. A
    killed spider loses the items of the last half second. The spider closes when everything is accepted. Items that the broker
    did not take within KHABAR_OUTAGE_S seconds are written to a file for `khabar push`.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._accounts = _Accounts(crawler)
        self._shape = _shape(settings)
        self._crawler = crawler
        self._make: Callable[[], ArticlePublisher] = partial(
            _publisher, settings, _url(settings), on_rejected=self._accounts.refused
        )
        self._publisher: ArticlePublisher | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it, as Scrapy asks."""
        if not crawler.settings.getbool("KHABAR_ENABLED", True):
            raise NotConfigured("KHABAR_ENABLED is false")
        return cls(crawler)

    def open_spider(self) -> None:
        """Make the publisher; it connects with the first batch."""
        self._publisher = self._make()

    async def process_item(self, item: Any) -> Any:
        """Take an item."""
        publisher = self._open()
        await run_in_thread(_add, publisher, _encoded(item, self._shape))
        self._accounts.settle(publisher.report.accepted)
        return item

    async def close_spider(self) -> None:
        """Send what is left."""
        publisher = self._open()
        try:
            await run_in_thread(_flush, publisher)
        finally:
            self._accounts.settle(publisher.report.accepted)
            if publisher.unsent:
                lines = [article + b"\n" for article in publisher.unsent_articles()]
                self._accounts.keep(lines, publisher.unsent, "jsonl")
            publisher.close()
            for name in self._shape.missed:
                log.warning("khabar: no item had the field %r of KHABAR_FIELDS", name)

    def _open(self) -> ArticlePublisher:
        if self._publisher is None:
            raise RuntimeError("process_item() before open_spider()")
        return self._publisher


class KhabarFeedStorage(BlockingFeedStorage):
    """Stores a feed by sending its items: when the spider closes, or `batch_item_count` items at a time.

    The address is khabar://HOST:PORT/DB, or only khabar:// with the setting KHABAR_REDIS_URL. The part after `?` only keeps the
    batches apart for Scrapy.
    """

    def __init__(self, uri: str, crawler: Crawler, *, feed_options: dict[str, Any] | None = None) -> None:
        written = str((feed_options or {}).get("format", "jsonlines"))
        if written not in _FORMATS:
            raise NotConfigured(f"khabar cannot read the feed format {written}; use jsonlines")
        self._format = _FORMATS[written]
        self._settings = crawler.settings
        self._accounts = _Accounts(crawler)
        parts = urlsplit(uri)
        self._url = f"redis://{parts.netloc}{parts.path}" if parts.netloc else _url(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler, uri: str, *, feed_options: dict[str, Any] | None = None) -> Self:
        """Build it, as Scrapy asks."""
        return cls(uri, crawler, feed_options=feed_options)

    def _store_in_thread(self, file: IO[bytes]) -> None:
        """Send what is in the file.

        Raises:
            BrokerError: the broker did not take all of it; the file is kept under another name, and Scrapy counts the failure.
        """
        file.flush()
        encoding = self._settings.get("FEED_EXPORT_ENCODING") or "utf-8"
        size_bytes = Path(file.name).stat().st_size
        try:
            if size_bytes:
                source = open_source(file.name, format=self._format, encoding=encoding, shape=_shape(self._settings))
                self._publish(source, file)
        finally:
            file.close()

    def _publish(self, source: Source, file: IO[bytes]) -> None:
        with _publisher(self._settings, self._url, on_rejected=self._accounts.refused) as publisher:
            try:
                publisher.publish(source.items())
            except BrokerError:
                file.seek(0)
                self._accounts.keep([file.read()], publisher.unsent, self._format)
                raise
            finally:
                self._accounts.accepted(publisher.report.accepted)


def _url(settings: BaseSettings) -> str:
    return str(settings.get("KHABAR_REDIS_URL") or os.environ.get("KHABAR_REDIS_URL") or DEFAULT_REDIS_URL)


def _shape(settings: BaseSettings) -> Shape:
    """Read KHABAR_FIELDS, which says which fields of an item are khabar's: {"text": "النص"}.

    Raises:
        ValueError: a field that khabar does not know.
    """
    return Shape(settings.getdict("KHABAR_FIELDS"))


def _publisher(settings: BaseSettings, url: str, *, on_rejected: Callable[[Refused], None]) -> ArticlePublisher:
    return ArticlePublisher(
        url,
        lane=Lane(settings.get("KHABAR_LANE", Lane.LIVE.value)),
        prefix=settings.get("KHABAR_PREFIX", DEFAULT_PREFIX),
        max_ledger=settings.getint("KHABAR_MAX_LEDGER", DEFAULT_MAX_LEDGER),
        batch=settings.getint("KHABAR_BATCH", DEFAULT_BATCH),
        flush_after_s=settings.getfloat("KHABAR_FLUSH_AFTER_S", _FLUSH_AFTER_S),
        wait_s=settings.getfloat("KHABAR_WAIT_S", 60.0),
        outage_s=settings.getfloat("KHABAR_OUTAGE_S", 60.0),
        on_rejected=on_rejected,
        on_outage=partial(log.warning, "khabar: %s"),
    )


def _encoded(item: Any, shape: Shape) -> Item:
    """Write an item as JSON now: pipelines behind this one may change it."""
    fields = ItemAdapter(item).asdict()
    try:
        return shape.renamed(Item(encode_item(fields), 0, ""))
    except RejectedArticle as error:
        return Item(fields, 0, "", error)


def _add(publisher: ArticlePublisher, item: Item) -> None:
    """Take an item; wait while the broker does not take the ones before it."""
    try:
        publisher.add(item)
    except BrokerError as error:  # the item is taken, and is tried again
        log.error("khabar: %s", error)


def _flush(publisher: ArticlePublisher) -> None:
    try:
        publisher.flush()
    except BrokerError as error:
        log.error("khabar: %s", error)
