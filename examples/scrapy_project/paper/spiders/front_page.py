"""Every article that the front page links to."""

from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.http import Response


class FrontPage(scrapy.Spider):
    """Start it with `-a start=ADDRESS`."""

    name = "front_page"

    def __init__(self, start: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.start_urls = [start]

    def parse(self, response: Response) -> Iterator[scrapy.Request]:
        """Follow the links."""
        yield from response.follow_all(css="a.article", callback=self.parse_article)

    def parse_article(self, response: Response) -> Iterator[dict[str, object]]:
        """Read one article. The fields may have any names that docs/how-to/producing.md knows, or that KHABAR_FIELDS explains."""
        yield {
            "url": response.url,
            "title": response.css("h1::text").get(),
            "date": response.css("time::attr(datetime)").get(),
            "source": "صحيفة المثال",
            "paragraphs": response.css("p::text").getall(),
        }
