"""Translates KHABAR_REDIS_URL into Celery's settings of the broker.

kombu reads URLs differently from redis-py. It takes a plain `rediss://` for TLS without any check of the server. It does not
know unix://, takes a semicolon in a password for a second URL, and fails with a TypeError at most parameters. So redis-py reads
the URL, and kombu gets the parts.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from redis.connection import SSLConnection, UnixDomainSocketConnection, parse_url

from khabar.broker.local import local_password
from khabar.broker.url import unusable

# Options that have the same name in redis-py and kombu.
SHARED_OPTIONS = ("socket_timeout", "socket_connect_timeout", "socket_keepalive", "health_check_interval")


@dataclass(frozen=True)
class CeleryBroker:
    """Celery's settings of one broker.

    Attributes:
        url: broker_url.
        use_ssl: broker_use_ssl; None without TLS.
        options: belong into broker_transport_options.
    """

    url: str = field(repr=False)
    use_ssl: dict[str, Any] | None = field(repr=False)
    options: dict[str, Any]


def for_celery(url: str) -> CeleryBroker:
    """Translate redis://, rediss:// and unix://.

    Raises:
        UnusableUrl: the URL is not valid; one sentence without the password.
    """
    try:
        parts: dict[str, Any] = parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise unusable(url, str(error)) from None  # the cause may quote the password
    options = {name: parts[name] for name in SHARED_OPTIONS if name in parts}
    user = quote(parts.get("username") or "", safe="")
    password = quote(parts.get("password") or local_password(url) or "", safe="")
    access = f"{user}:{password}@" if user or password else ""
    db = parts.get("db", 0)
    kind = parts.get("connection_class")
    if kind is UnixDomainSocketConnection:
        path = quote(parts.get("path", ""))
        return CeleryBroker(f"redis+socket://{access}{path}?virtual_host={db}", None, options)
    host = parts.get("host", "localhost")
    place = f"{access}{f'[{host}]' if ':' in host else host}:{parts.get('port', 6379)}/{db}"
    if kind is not SSLConnection:
        return CeleryBroker(f"redis://{place}", None, options)
    tls = {name: value for name, value in parts.items() if name.startswith("ssl_")}
    # Never empty: kombu takes an empty one for "do not check".
    return CeleryBroker(f"rediss://{place}", {"ssl_cert_reqs": "required"} | tls, options)
