"""The names under which scrapers send the fields of an article, best first.

The first name that holds something wins; what the others hold is kept in `extra` when it differs. Names match without regard to
case, `_`, `-`, `:`, `.` and spaces: publishedAt is published_at. A name that is not here goes to `extra` untouched.
"""

import re
from functools import lru_cache
from typing import Final

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "id": ("id", "article_id", "guid", "uuid", "المعرف"),
    "url": (
        "url",
        "link",
        "canonical_url",
        "canonical_link",  # newspaper4k
        "final_url",
        "permalink",
        "web_url",
        "og:url",
        "main_entity_of_page",  # schema.org
        "@id",
        "الرابط",
        "رابط",
        "رابط الخبر",
    ),
    "title": (
        "title",
        "headline",
        "title_page",  # title_*: news-please
        "title_rss",
        "og:title",
        "post_title",  # WordPress
        "العنوان",
        "عنوان",
        "عنوان الخبر",
    ),
    "body": (
        "body",  # khabar, Scrapy, Fundus {summary, sections}
        "content",  # Scrapy, SaudiNewsNet, feedparser [{type, value}], WordPress {rendered}
        "text",  # Scrapy, trafilatura, newspaper4k
        "article",  # Scrapy
        "maintext",  # news-please
        "cleaned_text",  # goose3
        "article_body",
        "articlebody",  # schema.org
        "article_text",
        "article_content",
        "body_text",
        "content_text",  # JSON Feed
        "text_content",  # Readability.js
        "post_content",  # WordPress
        "main_text",
        "news_text",
        "full_text",
        "full_content",
        "story",
        "plaintext",  # Fundus
        "raw_text",  # trafilatura: the same words without line breaks, so it comes after `text`
        "markdown",  # crawl4ai, Firecrawl
        "raw_markdown",
        "content:encoded",  # RSS
        "content_html",  # JSON Feed
        "body_html",
        "النص",
        "نص",
        "نص الخبر",
        "المحتوى",
        "محتوى",
        "المقال",
        "متن الخبر",
    ),
    "source": (
        "source",
        "site",
        "publisher",
        "source_name",
        "site_name",
        "sitename",
        "meta_site_name",  # newspaper4k
        "og:site_name",
        "newspaper",
        "outlet",
        "source-hostname",  # trafilatura: the site's name in spite of the key
        "source_domain",  # news-please
        "hostname",  # trafilatura
        "domain",  # goose3
        "المصدر",
        "مصدر",
        "الصحيفة",
    ),
    "author": (
        "author",
        "byline",
        "creator",
        "dc:creator",
        "writer",
        "author_name",
        "الكاتب",
        "كاتب",
        "بقلم",
        "المؤلف",
    ),
    "authors": ("authors", "author_names", "الكتاب"),
    "published_at": (
        "published_at",
        "publishing_date",  # Fundus
        "date_publish",  # news-please
        "publish_date",  # newspaper4k
        "published",  # feedparser
        "published_date",
        "published_time",
        "article:published_time",
        "publication_date",
        "date_published",
        "datepublished",  # schema.org
        "publishedat",  # NewsAPI
        "publishdate",
        "pub_date",
        "pubdate",
        "publish_time",
        "posted_at",
        "date_gmt",  # WordPress, which names no zone but means UTC; it is read so
        "date",
        "post_date",
        "published_parsed",  # feedparser: read when `published` is in words
        "datetime",
        "timestamp",
        "time",
        "created_at",
        "التاريخ",
        "تاريخ",
        "تاريخ النشر",
    ),
    "modified_at": (
        "modified_at",
        "date_modify",  # news-please
        "date_modified",
        "datemodified",  # schema.org
        "modified_time",
        "article:modified_time",
        "updated_at",
        "updatedat",
        "last_modified",
        "lastmod",
        "modified_gmt",
        "modified",  # WordPress
        "post_modified",
        "updated",  # feedparser
        "updated_parsed",
        "تاريخ التحديث",
        "آخر تحديث",
    ),
    "scraped_at": (
        "scraped_at",
        "date_download",
        "date_extracted",
        "crawled_at",
        "fetched_at",
        "downloaded_at",
        "retrieved_at",
    ),
    "section": (
        "section",
        "category",
        "categories",
        "articlesection",  # schema.org
        "article_section",
        "article:section",
        "section_name",
        "القسم",
        "قسم",
        "التصنيف",
        "تصنيف",
    ),
    "tags": (
        "tags",
        "topics",
        "keywords",
        "tag",
        "meta_keywords",  # newspaper4k, goose3
        "article:tag",
        "الوسوم",
        "وسوم",
        "الكلمات المفتاحية",
        "كلمات مفتاحية",
    ),
    "description": (  # the text itself where nothing better holds one: all that many feeds have is a summary
        "description",
        "summary",  # feedparser
        "excerpt",  # trafilatura, WordPress
        "meta_description",  # newspaper4k, goose3
        "og:description",
        "standfirst",
        "subtitle",
        "abstract",
        "lead",
        "teaser",
        "الملخص",
        "الوصف",
        "مقدمة",
    ),
    "image": (
        "image",
        "image_url",  # news-please
        "top_image",  # newspaper4k, goose3
        "main_image",
        "lead_image",
        "featured_image",
        "featured_media_url",
        "jetpack_featured_media_url",  # WordPress
        "urltoimage",  # NewsAPI
        "meta_img",  # newspaper4k
        "og:image",
        "thumbnail",
        "thumbnail_url",
        "media_content",  # feedparser
        "media_thumbnail",
        "banner_image",
        "picture",
        "photo",
        "image_urls",  # Scrapy
        "images",
        "الصورة",
        "صورة",
    ),
}

# Objects in which scrapers keep a page's own description of itself; asked for what no field of the item gives.
CONTAINERS: Final = ("metadata", "meta", "opengraph", "og", "meta_data")

# The whole text once more in another layout: not kept beside the text that won, because it would double the record.
REPEATS: Final = frozenset({"plaintext", "raw_text"})

Place = tuple[str, int]

_LONGEST_NAME: Final = 64
_BETWEEN_WORDS: Final = re.compile(r"[\s_.:@-]+")


def _folded(name: str) -> str:
    return _BETWEEN_WORDS.sub("", name).casefold()


PLACES: Final[dict[str, Place]] = {
    name: (field, rank) for field, names in ALIASES.items() for rank, name in enumerate(names)
}
_FOLDED: Final[dict[str, Place]] = {_folded(name): place for name, place in reversed(PLACES.items())}


def place_of(name: str) -> Place | None:
    """Return the field that a name stands for and the name's rank among its names; None for a name that nobody knows."""
    return PLACES.get(name) or (_place_of(name) if len(name) <= _LONGEST_NAME else None)


@lru_cache(maxsize=4096)  # items of one scraper have the same names
def _place_of(name: str) -> Place | None:
    return _FOLDED.get(_folded(name))
