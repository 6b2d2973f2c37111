"""A webhook: each event is posted as a CloudEvent, signed as Standard Webhooks has it; the outcome's id is the message's.

Source: CloudEvents HTTP protocol binding 1.0.2; Standard Webhooks 1.0 (headers webhook-id, webhook-timestamp, webhook-signature).
"""

import base64
import binascii
import hashlib
import hmac
import os
import time
from collections.abc import Sequence
from functools import partial
from typing import Final

import orjson

from khabar.consuming.delivery import Delivery
from khabar.errors import SinkError
from khabar.exporters.cloudevents import STRUCTURED, binary, structured
from khabar.sinks.base import Sink
from khabar.sinks.http import TRANSIENT, Server
from khabar.sinks.patience import PATIENCE_S, Unavailable, patiently
from khabar.sinks.refused import RefusedRecords

TARGETS: Final = ("http://", "https://")
SECRET: Final = "KHABAR_WEBHOOK_SECRET"  # noqa: S105 (the name of the setting)
_MODES: Final = ("structured", "binary")
# The record's fault; any other answer below 500 is the target's, and putting all records aside for it would help nobody.
_UNFIT: Final = frozenset({400, 409, 413, 415, 422})


class WebhookSink(Sink):
    """Posts each event by itself and waits for 2xx; a receiver that keeps `webhook-id` has each once."""

    def __init__(
        self, url: str, secret: bytes, *, mode: str = "structured", dead: str = "", patience_s: float = PATIENCE_S
    ) -> None:
        """Take the address; nothing is posted yet.

        Args:
            url: http:// or https://, with user and password where the receiver asks for them.
            secret: shared with the receiver.
            mode: structured or binary, as CloudEvents has it.
            dead: file for records that the receiver refuses; without it they stop the sink.
            patience_s: how long to try a receiver that is unreachable.

        Raises:
            SinkError: the URL, mode or file cannot be used.
        """
        if mode not in _MODES:
            raise SinkError(f"there is no mode {mode!r}; there are {', '.join(_MODES)}")
        self._server = Server(url)
        self._secret = secret
        self._is_binary = mode == "binary"
        self._patience_s = patience_s
        self._refused = RefusedRecords(dead, where=self._server.where)

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Post each; return when the receiver, or the file for refused records, has all of them."""
        for delivery in deliveries:
            try:
                reason = patiently(partial(self._post, delivery), where=self._server.where, patience_s=self._patience_s)
            except SinkError as error:
                if not (self._refused.has_file and "answers 500" in str(error)):
                    raise
                reason = "answers 500 to this record again and again"  # one that breaks the receiver must not stop all others
            if reason:
                self._refused.add({delivery.event.id: (delivery, reason)})

    def flush(self) -> None:
        """Nothing is left to do: what the receiver has answered is its own."""

    def close(self) -> None:
        """Close the connection."""
        self._server.close()
        self._refused.close()

    def _post(self, delivery: Delivery) -> str:
        """Post one event; return why it was refused, or nothing."""
        headers, body = (
            binary(delivery) if self._is_binary else ({"content-type": STRUCTURED}, orjson.dumps(structured(delivery)))
        )
        headers |= sign(self._secret, delivery.event.id, int(time.time()), body)
        answer = self._server.ask("POST", self._server.path + self._server.query, body, headers)
        if 200 <= answer.status < 300:
            return ""
        if answer.status in _UNFIT:
            return str(answer)
        if answer.status in TRANSIENT:
            raise Unavailable(str(answer), wait_s=answer.wait_s)
        raise SinkError(f"{self._server.where}: {answer}: correct the address or its access; no record was skipped")


def sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers of Standard Webhooks; the signature is HMAC-SHA256 over `id.timestamp.body`.

    Args:
        secret: shared with the receiver.
        message_id: the outcome's id.
        timestamp: seconds since 1970; receivers refuse what is older than some minutes.
        body: as it is posted.
    """
    digest = hmac.digest(secret, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def read_secret(text: str) -> bytes:
    """Read a secret: `whsec_` and base64 as Standard Webhooks writes it, else the text itself.

    Raises:
        SinkError: it is empty, or no base64.
    """
    if not text:
        raise SinkError(f"the webhook needs a secret to sign with: set {SECRET}, the same for the receiver")
    if not text.startswith("whsec_"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise SinkError(f"{SECRET} begins with whsec_ but the rest is not base64") from error


def sink(target: str, *, mode: str = "structured", dead: str = "", patience_s: float = PATIENCE_S) -> Sink:
    """Return the sink of this address; the secret is in the environment, as KHABAR_WEBHOOK_SECRET.

    Args:
        target: http:// or https:// URL.
        mode: structured (one JSON document) or binary (attributes in headers, the record as the body).
        dead: file for records that the receiver refuses (400, 409, 413, 415, 422); without it the first one stops the command.
        patience_s: seconds for which a receiver that is unreachable is tried again.
    """
    return WebhookSink(target, read_secret(os.environ.get(SECRET, "")), mode=mode, dead=dead, patience_s=patience_s)
