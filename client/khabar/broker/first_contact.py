"""The first contact with a broker: it answers, or one sentence says why not and what to do."""

import ssl
import time
from collections.abc import Callable
from dataclasses import replace

from redis import Redis
from redis.exceptions import AuthenticationError, InvalidResponse, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from khabar.broker.connection import connect
from khabar.broker.patience import COMMAND, PROBE
from khabar.broker.retry import Pauses
from khabar.broker.url import hide_password
from khabar.errors import BrokerRefused, BrokerUnavailable


def tls_refusal(error: BaseException) -> str | None:
    """Say in one sentence why TLS has failed, or None where it was something else."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not accepted ({cause.verify_message}); the URL names the authority: "
            "rediss://…?ssl_ca_certs=/path/to/ca.pem"
        )
    if cause is not None:
        return (
            f"the two sides cannot agree ({cause.reason or cause}); does it speak TLS, or want a client's certificate?"
        )
    return None


def connected(url: str, *, outage_s: float = 0.0, on_outage: Callable[[str], None] | None = None) -> "Redis":
    """Return a command's client of a broker that answers.

    Args:
        url: of the broker.
        outage_s: seconds for which the first contact keeps trying, and each later call, where that is longer than usual.
        on_outage: called with one sentence when the first contact begins to wait.

    Raises:
        UnusableUrl: the URL is not valid.
        BrokerRefused, BrokerUnavailable: it refuses us, is no Redis, or does not answer; says what to do.
    """
    client = connect(url, replace(COMMAND, outage_s=max(outage_s, COMMAND.outage_s)))
    where = hide_password(url)
    pauses = Pauses(outage_s, from_now=True)
    is_waiting = False
    with connect(url, PROBE) as probe:
        while True:
            try:
                _probe(probe, where)
            except (RedisConnectionError, RedisTimeoutError) as error:
                pause_s = pauses.next_s()
                if pause_s is None:
                    raise BrokerUnavailable(
                        f"no broker at {where} ({error}); start one with `khabar up`, or give another with --redis-url"
                    ) from error
                if not is_waiting and on_outage:
                    on_outage(f"no broker at {where} yet ({error}); trying for {outage_s:g} s")
                is_waiting = True
                time.sleep(pause_s)
            else:
                return client


def _probe(probe: "Redis", where: str) -> None:
    """Ask once.

    Raises:
        RedisConnectionError, RedisTimeoutError: it does not answer now.
        BrokerRefused: waiting changes nothing.
    """
    try:
        is_redis = probe.ping() is True
    except AuthenticationError as error:
        raise BrokerRefused(
            f"the broker at {where} refuses access ({error}); give user and password in the URL: redis://USER:PASSWORD@HOST:PORT/0"
        ) from error
    except (RedisConnectionError, RedisTimeoutError) as error:
        if reason := tls_refusal(error):
            raise BrokerRefused(f"no secure connection to the broker at {where}: {reason}") from error
        raise
    except InvalidResponse:
        is_redis = False
    except ResponseError:
        return  # it is there, but in trouble (a full disk, say): what can be read is read, what it refuses it will say
    if not is_redis:
        raise BrokerRefused(f"{where} answers, but not as Redis; give the broker's address with --redis-url")
