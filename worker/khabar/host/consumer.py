"""Celery's consumer: back from an outage within a second instead of up to half a minute, and silent to other workers."""

from typing import TYPE_CHECKING, Any

from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown

if TYPE_CHECKING:
    from kombu import Connection

RECONNECT_S = 0.2, 0.2, 1.0  # first pause, how much each grows, longest; Celery's are 2, 2 and 30 and cannot be set

# Workers do not greet each other and send no events, however Celery is started. Nobody here listens to events. Each would put a
# foreign message into the broker every two seconds, and a user made by `khabar acl` may not send it.
SILENT = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}


class PromptConsumer(Consumer):
    """Tries to reconnect every second until the outage ends; it can be stopped meanwhile."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | SILENT)

    def ensure_connected(self, conn: "Connection") -> "Connection":
        """Return the connection once it stands."""
        first, step, longest = RECONNECT_S

        def on_error(error: Exception, _pause_s: float, *_: Any) -> None:
            self.on_connection_error_before_connected(error)

        conn.ensure_connection(
            on_error,
            interval_start=first,  # type: ignore[arg-type]  # a float serves as well
            interval_step=step,  # type: ignore[arg-type]
            interval_max=longest,  # type: ignore[arg-type]
            callback=maybe_shutdown,
        )
        self.first_connection_attempt = False
        return conn
