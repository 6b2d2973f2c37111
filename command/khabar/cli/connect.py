"""How every command is told where the broker is."""

from typing import Annotated

import typer

from khabar.keys.names import DEFAULT_REDIS_URL

BrokerUrl = Annotated[
    str,
    typer.Option(
        "--redis-url", envvar="KHABAR_REDIS_URL", metavar="URL", help="The broker; the one of `khabar up` if not given."
    ),
]
DEFAULT_URL = DEFAULT_REDIS_URL
Prefix = Annotated[
    str,
    typer.Option(
        envvar="KHABAR_PREFIX",
        help="First part of every key in the broker; with several brokers one for all, or one for each with commas.",
    ),
]
