"""The names under which scrapers send the fields of an article, best first.

The first name that holds something wins; what the others hold is kept in `extra` when it differs. Names match without
regard to case. A name that is not here goes to `extra` untouched.
"""

from typing import Final

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "id": ("id", "article_id", "guid", "uuid"),
    "url": ("url", "link", "canonical_url", "canonical_link", "permalink"),
    "title": ("title", "headline", "title_page", "title_rss"),  # title_*: news-please
    "body": (
        "body",  # khabar, Scrapy, Fundus {summary, sections}
        "content",  # Scrapy, SaudiNewsNet, feedparser [{type, value}]
        "text",  # Scrapy, trafilatura, newspaper4k
        "article",  # Scrapy
        "maintext",  # news-please
        "article_body",
        "articlebody",  # schema.org
        "full_text",
        "plaintext",  # Fundus
        "raw_text",  # trafilatura: the same words without the line breaks, hence after `text`
        "summary",  # feedparser: all the text there is in many feeds
        "description",
        "excerpt",
    ),
    "source": (
        "source",
        "site",
        "publisher",
        "source_name",
        "site_name",
        "sitename",
        "newspaper",
        "source-hostname",  # trafilatura: the site's name in spite of the key
        "source_domain",  # news-please
        "hostname",  # trafilatura
    ),
    "author": ("author", "authors", "byline", "creator", "writer"),
    "published_at": (
        "published_at",
        "publishing_date",  # Fundus
        "date_publish",  # news-please
        "publish_date",  # newspaper4k
        "published",  # feedparser
        "published_date",
        "publication_date",
        "date_published",
        "datepublished",  # schema.org
        "pubdate",
        "date",
        "published_parsed",  # feedparser: read when `published` is in words
        "datetime",
        "timestamp",
        "time",
    ),
    "scraped_at": ("scraped_at", "date_download", "date_extracted", "crawled_at", "fetched_at"),
    "section": ("section", "category", "categories"),
    "tags": ("tags", "topics", "keywords", "tag"),
}

# The whole text once more in another layout: not kept beside the text that won, for it would double the record.
REPEATS: Final = frozenset({"plaintext", "raw_text"})

PLACES: Final[dict[str, tuple[str, int]]] = {
    name: (field, rank) for field, names in ALIASES.items() for rank, name in enumerate(names)
}
