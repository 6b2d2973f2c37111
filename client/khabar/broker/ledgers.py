"""Several ledgers side by side: read their list from the settings, and choose the ledger of an article.

A ledger is a whole deployment: a broker, or a slot of a cluster, with its own dispatcher, workers, records and dead letters.
Ledgers know nothing of each other. Only producers and consumers use several together, so every command works on each alike.
"""

from dataclasses import dataclass
from hashlib import sha256

from khabar.broker.url import checked_urls
from khabar.errors import UnusableUrl
from khabar.keys.names import DEFAULT_PREFIX


@dataclass(frozen=True, slots=True)
class Ledger:
    """The address of one ledger.

    Attributes:
        url: URL of its broker.
        prefix: the prefix of all its keys.
    """

    url: str
    prefix: str = DEFAULT_PREFIX


def ledgers_of(urls: str, prefix: str = DEFAULT_PREFIX) -> tuple[Ledger, ...]:
    """Read the list of ledgers.

    Args:
        urls: URL of one broker, or URLs of several, separated by commas.
        prefix: one prefix for all ledgers, or one for each URL, separated by commas, in the same order. With several prefixes
            the same URL may come twice: several slots of a cluster, or two ledgers on one server. With a single URL a comma
            is a part of the prefix.

    Raises:
        UnusableUrl: an empty URL or prefix in a list, lists of different lengths, or the same ledger twice. The message is one
            sentence without passwords.
    """
    places = checked_urls(urls)
    if len(places) == 1:
        return (Ledger(urls, prefix),)
    prefixes = prefix.split(",") if "," in prefix else [prefix] * len(places)
    if len(prefixes) != len(places):
        raise UnusableUrl(
            f"{len(places)} brokers and {len(prefixes)} prefixes; give one prefix, or one for each broker"
        )
    if "" in prefixes:
        raise UnusableUrl("a prefix is empty")
    found = tuple(map(Ledger, places, prefixes))
    if len(set(found)) < len(found):
        raise UnusableUrl("a ledger is named twice, so it would get twice as many articles")
    return found


def deal(key: str | bytes, count: int) -> int:
    """Return the index of an article's ledger, from 0 to `count` - 1; always the same for the same key.

    Args:
        key: the article's id, so that all versions of an article reach the same ledger. For an item that is not a valid
            article: its bytes.
        count: number of ledgers. A ledger added at the end of the list takes articles from the others, and no other article
            moves (rendezvous hashing).
    """
    data = key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key
    digest = sha256(data).digest()
    return max(range(count), key=lambda ledger: sha256(ledger.to_bytes(4) + digest).digest())
