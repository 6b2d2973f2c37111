"""One article out of a web page, by trafilatura."""

import json
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from khabar.errors import Code, RejectedArticle, SourceError
from khabar.messages.dates import read_date

MAX_BYTES: Final = 16 << 20  # of a page; the largest in the news have 5 MB
NO_ARTICLE: Final = RejectedArticle(Code.NO_TEXT, field=None, reason="no article was found on this page", place="read")

# trafilatura gives only the day. If the page has the same day with its time, the page is believed.
_PUBLISHED: Final = re.compile(
    r"""(?:article:published_time["']\s+content=|"datePublished"\s*:\s*)["']([^"'<>]{10,40})["']"""
)


def needed(module: str, extra: str, what: str) -> Any:
    """Import a package that an extra brings.

    Raises:
        SourceError: it is not installed; with what to install.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        if (error.name or "").partition(".")[0] == package:
            raise SourceError(
                f"{what} needs the package {package}; run: pip install 'khabar-client[{extra}]'"
            ) from error
        raise SourceError(
            f"{what} needs the package {package}, which cannot be imported: {str(error)[:200]}"
        ) from error


def article_of(page: bytes | str, url: str | None = None) -> dict[str, Any] | None:
    """Return the article on a page under trafilatura's names; None where it finds none.

    Args:
        page: HTML; bytes say their encoding themselves.
        url: of the page; without it the one that the page names.

    Raises:
        SourceError: trafilatura is not installed.
    """
    made = needed("trafilatura", "web", "HTML").extract(page, url=url, output_format="json", with_metadata=True)
    if made is None:
        return None
    article: dict[str, Any] = json.loads(made)
    title, text = article.get("title"), article.get("text") or ""
    if title and text.startswith(f"{title}\n"):  # the page's heading, which trafilatura takes for the first paragraph
        article["text"] = text[len(title) :].lstrip("\n")
        article.pop("raw_text", None)
    _add_time(article, page)
    return article


def _add_time(article: dict[str, Any], page: bytes | str) -> None:
    day = read_date(article.get("date"))
    found = _PUBLISHED.search(page if isinstance(page, str) else page.decode("utf-8", "replace"))
    exact = read_date(found[1]) if found else None
    if found and day and exact and exact.date() == day.date():
        article["date"] = found[1]


def without_nothing(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that hold something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
