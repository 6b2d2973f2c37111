"""A broker's address: one server, or the sentinels that know which server is the primary; and fit to be shown."""

import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from khabar.errors import UnusableUrl
from khabar.keys.names import DEFAULT_REDIS_URL

SENTINEL = "sentinel://"
SENTINEL_PORT = 26379
_SERVER: Final = ("redis://", "rediss://")
EXAMPLE = "sentinel://:PASSWORD@host1:26379,host2:26379,host3:26379/0?service=khabar"
PARAMETERS = ("service", "sentinel_user", "sentinel_password")
# Between two brokers. A comma inside a sentinel's URL has no scheme behind it, and a password cannot hold :// unquoted.
_NEXT_URL: Final = re.compile(r",\s*(?=(?:rediss?|unix|sentinel)://)")


@dataclass(frozen=True)
class SentinelUrl:
    """`sentinel://[user:password@]host[:port],host[:port],…/<database>?service=<name of the primary>`.

    User and password are the servers'; those of the sentinels, where they have any, are the parameters sentinel_user and
    sentinel_password. Percent signs quote what a URL cannot hold.

    Attributes:
        hosts: the sentinels, host and port; one that answers is enough.
        service: what `sentinel monitor` calls the primary.
        db: number of the database.
    """

    hosts: tuple[tuple[str, int], ...]
    service: str
    db: int = 0
    username: str | None = None
    password: str | None = None
    sentinel_username: str | None = None
    sentinel_password: str | None = None

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read a sentinel URL.

        Raises:
            ValueError: it is not a valid URL; one sentence says what is wrong, without the password.
        """
        if not is_sentinel(url):
            raise ValueError(f"it does not begin with {SENTINEL}")
        place, _, query = url.removeprefix(SENTINEL).partition("?")
        access, _, place = place.rpartition("@")
        hosts, _, db = place.partition("/")
        user, _, password = access.partition(":")
        try:
            parameters = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
        except ValueError:
            raise ValueError("the part after its ? is not a list of name=value joined by &") from None
        for name in parameters:
            if name not in PARAMETERS:
                hidden = "whose name is not shown, because it may be part of a password"
                unknown = repr(name) if name.isidentifier() else hidden
                raise ValueError(f"it has a parameter {unknown}; there are {', '.join(PARAMETERS)}")
        if not parameters.get("service"):
            raise ValueError(f"it does not name the sentinels' service; a complete URL looks like {EXAMPLE}")
        if db and not db.isdecimal():
            raise ValueError(f"{db!r} is not the number of a database")
        return cls(
            tuple(_host(host) for host in hosts.split(",")),
            parameters["service"],
            int(db or 0),
            unquote(user) or None,
            unquote(password) or None,
            parameters.get("sentinel_user") or None,
            parameters.get("sentinel_password") or None,
        )

    def shown(self) -> str:
        """Write it with *** for passwords."""
        access = f"{self.username or ''}:***@" if self.password else f"{self.username}@" if self.username else ""
        return f"{SENTINEL}{access}{','.join(map(_written, self.hosts))}/{self.db}?service={quote(self.service)}"

    def for_kombu(self) -> str:
        """Write it as Celery wants it: a URL for each sentinel, joined by semicolons; the service goes into its options."""
        access = f"{quote(self.username or '', safe='')}:{quote(self.password or '', safe='')}@"
        access = access if self.username or self.password else ""
        return ";".join(f"{SENTINEL}{access}{_written(host)}/{self.db}" for host in self.hosts)


def is_sentinel(url: str) -> bool:
    """Whether the URL names sentinels instead of one server."""
    return url.startswith(SENTINEL)


UNSHOWN = "the broker"


def split_urls(urls: str) -> list[str]:
    """Take the URLs of several brokers apart, which have a comma between two; one alone comes back as it is."""
    return _NEXT_URL.split(urls)


def checked_urls(urls: str) -> list[str]:
    """Take the URLs of several brokers apart, and see that each is one.

    Raises:
        UnusableUrl: a place of the list is empty, or a URL has no scheme; one sentence without passwords.
    """
    found = [url.strip() for url in split_urls(urls)]
    for url in found:
        if not url.strip(",") or url.startswith(",") or url.endswith(","):
            why = "a place in this list of brokers is empty; write one comma between two URLs and none at the ends"
        elif (len(found) > 1 and "://" not in url) or (
            url.startswith(_SERVER) and "," in url.rpartition("@")[2].partition("?")[0]
        ):
            why = "a comma is not followed by a URL; each broker of a list has its own scheme, as in redis://a/0,redis://b/0"
        else:
            continue
        raise UnusableUrl(f"{hide_password(urls)}: {why}")
    return found


def hide_password(url: str) -> str:
    """Write the URL with *** for its password and without its query; UNSHOWN where the password cannot be told from the rest.

    Of several brokers each is written so.
    """
    if len(urls := split_urls(url)) > 1:
        return ",".join(map(hide_password, urls))
    try:
        if is_sentinel(url):
            return SentinelUrl.parse(url).shown()
        parts = urlsplit(url)
        _ = parts.port  # raises where a password without a host is in its place
        # A password with an unquoted / ? or # has broken it in two.
        if "@" in parts.path + parts.query + parts.fragment:
            return UNSHOWN
        if parts.password is None:
            return url.partition("?")[0]
        user, host = parts.username or "", parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{user}:***@{host}", query=""))
    except ValueError:
        return UNSHOWN


def unusable(url: str, why: str) -> UnusableUrl:
    """Make the one error about a URL that is not valid.

    Args:
        why: what a reader of URLs says of it; left out where it may quote the password.
    """
    where = hide_password(url)
    if len(urls := split_urls(url)) > 1:
        return UnusableUrl(f"{where} are {len(urls)} brokers, but this works on one; give one of them (--redis-url)")
    if is_sentinel(url):  # what is wrong with one is said with an example, and never with its password
        return UnusableUrl(f"{where} has no usable URL: {why}")
    if where == UNSHOWN:
        why = "its host and port cannot be read; a password needs quoting: %2F for /, %40 for @, %3F for ?, %23 for #"
    return UnusableUrl(f"{where} has no usable URL ({why}); one looks like {DEFAULT_REDIS_URL}")


def _host(text: str) -> tuple[str, int]:
    name, port = text, ""
    if text.startswith("["):  # an IPv6 address
        name, closed, port = text[1:].partition("]")
        port = port if closed else "?"
        port = port.removeprefix(":") if port.startswith(":") or not port else "?"
    elif ":" in text:
        name, _, port = text.partition(":")
    if not name or (port and not (port.isdecimal() and 0 < int(port) < 65_536)):
        raise ValueError(f"{text!r} is not host:port; one looks like {EXAMPLE}")
    return name, int(port or SENTINEL_PORT)


def _written(host: tuple[str, int]) -> str:
    name, port = host
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
