"""The first contact with a broker: it answers, or one sentence says why not and what to do."""

import ssl

from redis import Redis
from redis.exceptions import AuthenticationError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from khabar.broker.service import connect
from khabar.broker.url import UNSHOWN, hide_password, is_sentinel
from khabar.errors import CommandError, Exit
from khabar.keys.names import DEFAULT_REDIS_URL

PROBE_TIMEOUT_S = 5.0  # a broker that is stuck accepts connections and says nothing; a health check waits 10 s


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
    """Return a client of a broker that answers.

    Raises:
        CommandError: it does not answer, or refuses us; says what to do.
    """
    where = hide_password(url)
    try:
        client = connect(url, health_check_s=0)
    except ValueError as error:
        # Where the password cannot be told from the rest, the error may quote it.
        why = (
            "its password needs quoting: %2F for /, %40 for @, %3F for ?"
            if where == UNSHOWN and not is_sentinel(url)
            else str(error)
        )
        raise CommandError(
            f"{where} has no usable URL ({why}); one looks like {DEFAULT_REDIS_URL}", Exit.USAGE
        ) from error
    with connect(url, outage_s=0, answer_s=PROBE_TIMEOUT_S) as probe:
        try:
            probe.ping()
        except AuthenticationError as error:
            message = (
                f"the broker at {where} refuses access ({error}); the URL takes them: redis://USER:PASSWORD@HOST:PORT/0"
            )
            raise CommandError(message, Exit.NO_BROKER) from error
        except (RedisConnectionError, RedisTimeoutError) as error:
            if reason := tls_refusal(error):
                raise CommandError(
                    f"no secure connection to the broker at {where}: {reason}", Exit.NO_BROKER
                ) from error
            message = f"no broker at {where} ({error}); start one with `khabar up`, or give another with --redis-url"
            raise CommandError(message, Exit.NO_BROKER) from error
        except ResponseError:
            pass  # it is there, but in trouble (a full disk, say): what can be read is read, what it refuses it will say
    return client
