"""How every command finds the broker."""

from typing import Annotated

import typer
from redis import Redis
from redis.exceptions import RedisError

from contracts.names import DEFAULT_REDIS_URL
from khabar.exit_codes import CommandError, Exit
from worker.broker.connection import connect, without_password

BrokerUrl = Annotated[
    str,
    typer.Option(
        "--redis-url", envvar="KHABAR_REDIS_URL", metavar="URL", help="The broker; the one of `khabar up` if not given."
    ),
]
DEFAULT_URL = DEFAULT_REDIS_URL


def connected(url: str) -> "Redis":
    """Return a client of a broker that answers.

    Raises:
        CommandError: it does not answer, or refuses us; says what to do.
    """
    try:
        client = connect(url)
    except ValueError as error:
        raise CommandError(
            f"{without_password(url)} is no broker URL ({error}); one looks like {DEFAULT_URL}", Exit.USAGE
        ) from error
    probe = connect(url, retries=0)
    try:
        probe.ping()
    except RedisError as error:
        raise CommandError(
            f"no broker at {without_password(url)} ({without_password(str(error))}); start one with `khabar up`, "
            "or give another with --redis-url",
            Exit.NO_BROKER,
        ) from error
    finally:
        probe.close()
    return client
