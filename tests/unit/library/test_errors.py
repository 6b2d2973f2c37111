"""One root for all that khabar raises for its users."""

import ast
from pathlib import Path

import pytest

import khabar
from khabar.engines.farasa_embedded.errors import FarasaModelError
from khabar.entities.accurate.encoder import EncoderUnavailable
from khabar.errors import (
    BrokerRefused,
    BrokerUnavailable,
    Exit,
    GroupDetached,
    InvalidSettings,
    NotInstalled,
    QueueFull,
    SourceError,
    TransientError,
)

ROOT = Path(__file__).parents[3]
# Caught where they are raised for, so that no user meets them.
INTERNAL = {
    "ArticleTimedOut",  # ends an attempt in a worker, which counts it
    "InvalidModelError",  # a model directory is converted anew
    "NotReady",  # `up` and `demo` end with its sentence
    "OutOfMemory",  # the publisher waits, then raises QueueFull
    "Refused",  # a queue message is dropped, and named in the log
    "Busy",  # a shard is left to the runner that is at it
    "Lost",  # the stories service begins again from its state
    "Unreadable",  # a state of the stories that is made anew
    "Starved",  # ends an attempt that the machine gave no time, which counts none
    "Unread",  # a shard's input cannot be read; the command goes on with the others and says so
    "TooFewReplicas",  # an outage, waited out by the publisher's caller
    "UnfitValue",  # a layer's failure, named in its record
    "UnreadableTags",  # a layer's failure, named in its record
    "Unavailable",  # waited out by a sink, then becomes a SinkError
    "_TooLong",  # becomes a RejectedArticle or a SourceError
    "Unfit",  # becomes a RejectedArticle with the field's name
}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidSettings, Exit.USAGE),
        (NotInstalled, Exit.USAGE),
        (FarasaModelError, Exit.FAILED),
        (EncoderUnavailable, Exit.FAILED),
        (SourceError, Exit.UNREADABLE),
        (QueueFull, Exit.QUEUE_FULL),
        (BrokerRefused, Exit.NO_BROKER),
        (BrokerUnavailable, Exit.NO_BROKER),
        (GroupDetached, Exit.FAILED),
        (TransientError, Exit.FAILED),
        (khabar.RejectedArticle, Exit.ALL_REJECTED),
    ],
)
def test_one_root_with_the_exit_code_catches_them(error: type[khabar.KhabarError], code: Exit) -> None:
    """A script that wants one sentence and an exit code needs one except clause."""
    assert issubclass(error, khabar.KhabarError)
    assert error.exit_code is code


def test_every_error_of_the_house_has_the_root_or_stays_inside() -> None:
    """A new class of its own would pass every except clause that its users have."""
    roots = ("client", "producers", "consumers", "worker", "command", "models")
    bases: dict[str, set[str]] = {}
    for path in (path for root in roots for path in (ROOT / root / "khabar").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {ast.unparse(base).rpartition(".")[2] for base in node.bases}

    def ancestors(name: str) -> set[str]:
        return {name}.union(*(ancestors(base) for base in bases.get(name, ())))

    def is_error(name: str) -> bool:
        return any(base.endswith("Error") or base in ("Exception", "BaseException") for base in ancestors(name))

    outside = {name for name in bases if is_error(name) and "KhabarError" not in ancestors(name)}
    assert outside <= INTERNAL, outside - INTERNAL


def test_an_address_that_cannot_be_one_is_caught_by_the_root() -> None:
    """Before anything is sent: the address comes from a user's configuration."""
    with pytest.raises(khabar.KhabarError):
        khabar.ArticlePublisher("nonsense")
