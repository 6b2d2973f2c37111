"""The protocol of Celery's connections: the one that all of ours speak."""

from typing import Any

PROTOCOL = 2  # redis-py begins with HELLO 3 by itself, which many a proxy does not know: the worker would never hear of a batch


class Speaking:
    """Part of a channel: its connections speak the second protocol, which every server and proxy does."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        params: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[misc]  # a channel's
        return params | {"protocol": PROTOCOL}
