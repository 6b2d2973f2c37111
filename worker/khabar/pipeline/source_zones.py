"""The time zone of each source: what a `published_at` without a zone is the local time of."""

from collections.abc import Mapping
from datetime import datetime, timezone
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from khabar.messages.article import Article

_COMMENT = "#"
_DIGEST_CHARS = 12


class SourceZones:
    """Gives a `published_at` without a zone the offset of its source.

    The rules of zones come from the package tzdata, never from the machine, so that all machines make the same records.

    Attributes:
        version: a hash of the table, and the version of tzdata; together they decide the offsets.
    """

    def __init__(self, zones: Mapping[str, str]) -> None:
        """Take a table over: source or host -> IANA zone, both as in the file.

        Raises:
            ValueError: names all zones that do not exist.
        """
        known = frozenset(files("tzdata").joinpath("zones").read_text(encoding="ascii").split())
        if strangers := sorted(set(zones.values()) - known):
            raise ValueError(f"no such time zone: {', '.join(strangers)}")
        rules = {zone: _rules(zone) for zone in set(zones.values())}
        self._zones = {_key(name): rules[zone] for name, zone in zones.items()}
        table = "\n".join(f"{_key(name)}\t{zone}" for name, zone in sorted(zones.items()))
        self.version = f"{sha256(table.encode()).hexdigest()[:_DIGEST_CHARS]}, tzdata {version('tzdata')}"

    @classmethod
    def read(cls, path: Path) -> "SourceZones":
        """Read a file of lines `SOURCE ZONE`: the zone is the last word, `#` begins a comment.

        A source is a name as the article's `source` has it, or a host, which stands for the hosts below it too.

        Raises:
            ValueError: it cannot be read; a line has no zone, a name stands twice, or a zone is not known.
        """
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{path} cannot be read ({type(error).__name__})") from error
        zones: dict[str, str] = {}
        for number, line in enumerate(lines, 1):
            words = line.partition(_COMMENT)[0].split()
            if not words:
                continue
            name = " ".join(words[:-1])
            if not name:
                raise ValueError(f"{path}, line {number}: write a source or host, and behind it its zone")
            if _key(name) in map(_key, zones):
                raise ValueError(f"{path}, line {number}: the source is listed twice")
            zones[name] = words[-1]
        try:
            return cls(zones)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None

    def apply(self, article: Article) -> Article:
        """Return the article with the offset in `published_at`, where it has none and its source's zone is known."""
        sent = article.published_at
        if sent is None or sent.tzinfo is not None:
            return article
        zone = self._zone_of(article)
        return article if zone is None else article.model_copy(update={"published_at": _with_offset(sent, zone)})

    def _zone_of(self, article: Article) -> ZoneInfo | None:
        """Return the zone of the source by its name, else of the nearest host above the page's."""
        source = _key(article.source or "")
        found = self._zones.get(source)
        for host in (_host(article.url or ""), source):
            while found is None and "." in host:
                found = self._zones.get(host)
                host = host.partition(".")[2]
        return found


def _rules(zone: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, zone)


def _with_offset(local: datetime, zone: ZoneInfo) -> datetime:
    """Return a local time with a fixed offset; of an hour that a clock shows twice the first."""
    offset = local.replace(tzinfo=zone).utcoffset()
    return local if offset is None else local.replace(tzinfo=timezone(offset))


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return ""
