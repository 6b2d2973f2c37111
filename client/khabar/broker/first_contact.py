"""The first contact with a broker: it answers, or one sentence says why not and what to do."""

import ssl

from redis import Redis
from redis.exceptions import AuthenticationError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from khabar.broker.connection import connect
from khabar.broker.patience import COMMAND, PROBE
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


def connected(url: str) -> "Redis":
    """Return a command's client of a broker that answers.

    Raises:
        UnusableUrl: the URL is not valid.
        BrokerRefused, BrokerUnavailable: it refuses us, or does not answer; says what to do.
    """
    client = connect(url, COMMAND)
    where = hide_password(url)
    with connect(url, PROBE) as probe:
        try:
            probe.ping()
        except AuthenticationError as error:
            raise BrokerRefused(
                f"the broker at {where} refuses access ({error}); the URL takes them: redis://USER:PASSWORD@HOST:PORT/0"
            ) from error
        except (RedisConnectionError, RedisTimeoutError) as error:
            if reason := tls_refusal(error):
                raise BrokerRefused(f"no secure connection to the broker at {where}: {reason}") from error
            raise BrokerUnavailable(
                f"no broker at {where} ({error}); start one with `khabar up`, or give another with --redis-url"
            ) from error
        except ResponseError:
            pass  # it is there, but in trouble (a full disk, say): what can be read is read, what it refuses it will say
    return client
