"""A spider that any number of hosts can run at once."""

from collections.abc import Iterator

import scrapy
from scrapy.http import Response
from scrapy_redis.spiders import RedisSpider


class Paper(RedisSpider):
    """Reads front pages from the list `paper:start_urls`; its articles go to the list `paper:items`."""

    name = "paper"

    def parse(self, response: Response) -> Iterator[scrapy.Request]:
        """Follow the links."""
        yield from response.follow_all(css="a.article", callback=self.parse_article)

    def parse_article(self, response: Response) -> Iterator[dict[str, object]]:
        """Read one article."""
        yield {
            "url": response.url,
            "title": response.css("h1::text").get(),
            "date": response.css("time::attr(datetime)").get(),
            "text": response.css("p::text").getall(),
        }
