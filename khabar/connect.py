"""How every command finds the broker."""

from typing import Annotated

import typer
from redis import Redis
from redis.exceptions import AuthenticationError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from contracts.broker_url import hide_password
from contracts.names import DEFAULT_REDIS_URL
from khabar.exit_codes import CommandError, Exit
from worker.broker.connection import connect

BrokerUrl = Annotated[
    str,
    typer.Option(
        "--redis-url", envvar="KHABAR_REDIS_URL", metavar="URL", help="The broker; the one of `khabar up` if not given."
    ),
]
DEFAULT_URL = DEFAULT_REDIS_URL
PROBE_TIMEOUT_S = 5.0  # a broker that is stuck accepts connections and says nothing; a health check waits 10 s


def connected(url: str) -> "Redis":
    """Return a client of a broker that answers.

    Raises:
        CommandError: it does not answer, or refuses us; says what to do.
    """
    try:
        client = connect(url, health_check_s=0)
    except ValueError as error:
        raise CommandError(
            f"{hide_password(url)} is no broker URL ({error}); one looks like {DEFAULT_URL}", Exit.USAGE
        ) from error
    where = hide_password(url)
    with connect(url, outage_s=0, answer_s=PROBE_TIMEOUT_S) as probe:
        try:
            probe.ping()
        except AuthenticationError as error:
            message = (
                f"the broker at {where} refuses access ({error}); the URL takes them: redis://USER:PASSWORD@HOST:PORT/0"
            )
            raise CommandError(message, Exit.NO_BROKER) from error
        except (RedisConnectionError, RedisTimeoutError) as error:
            message = f"no broker at {where} ({error}); start one with `khabar up`, or give another with --redis-url"
            raise CommandError(message, Exit.NO_BROKER) from error
        except ResponseError:
            pass  # it is there, but in trouble (a full disk, say): what can be read is read, what it refuses it will say
    return client
