"""Several ledgers beside each other: which there are, and which of them an article belongs to.

A ledger is a whole deployment: a broker, or a slot of a cluster, with its own dispatcher, workers, records and dead letters.
Several are only dealt to and read together, so whatever works on one works on each of them.
"""

from dataclasses import dataclass
from hashlib import sha256

from khabar.broker.url import checked_urls
from khabar.errors import UnusableUrl
from khabar.keys.names import DEFAULT_PREFIX


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where one ledger is.

    Attributes:
        url: of its broker.
        prefix: of its keys.
    """

    url: str
    prefix: str = DEFAULT_PREFIX


def ledgers_of(urls: str, prefix: str = DEFAULT_PREFIX) -> tuple[Ledger, ...]:
    """Read which ledgers there are.

    Args:
        urls: of one broker, or of several with a comma between two.
        prefix: one for all, or as many as URLs with commas between them, in the same order: so several slots of a cluster are
            named, or two ledgers of one server. Of a single URL it is taken as it is.

    Raises:
        UnusableUrl: an empty place in the list, other numbers of them, an empty prefix, or a ledger that is named twice; one
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
        raise UnusableUrl("a ledger is named twice; articles would be dealt to it twice as often")
    return found


def deal(key: str | bytes, count: int) -> int:
    """Return which of `count` ledgers an article belongs to, from 0 on; always the same for the same key.

    Args:
        key: the article's id, so that all versions of an article meet; of what is no article, its bytes.
        count: of ledgers. One more at the end of the list moves only the articles that it gets (rendezvous hashing).
    """
    data = key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key
    digest = sha256(data).digest()
    return max(range(count), key=lambda ledger: sha256(ledger.to_bytes(4) + digest).digest())
