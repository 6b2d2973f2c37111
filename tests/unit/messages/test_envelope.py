"""Events: deterministic, unescaped, readable by later and earlier versions."""

import base64

import orjson
import pytest

from khabar.errors import Code, RejectedArticle
from khabar.keys.defaults import DEFAULT_MAX_BYTES
from khabar.keys.names import Lane
from khabar.messages.envelope import EventType, event_bytes, open_event, outcome_id, unreadable_id
from khabar.messages.rejection import KEPT_BYTES, Rejection, make_rejection

NO_TEXT = RejectedArticle(Code.NO_TEXT, field="body", reason="holds no words", place="validate")
TOO_LARGE = RejectedArticle(Code.TOO_LARGE, field=None, reason="is large", place="validate")


def test_same_outcome_same_id() -> None:
    """Consumers recognize a repeated event by its id."""
    assert outcome_id("a", "نص", "1.0") == outcome_id("a", "نص", "1.0")
    assert outcome_id("a", "نص", "1.0") != outcome_id("a", "نص", "1.1")


def test_parts_of_an_id_do_not_run_together() -> None:
    """("ab", "c") and ("a", "bc") are two articles."""
    assert outcome_id("ab", "c", "1") != outcome_id("a", "bc", "1")


def test_event_is_a_structured_cloudevent_without_a_clock() -> None:
    """The same article must give the same bytes."""
    rejection = make_rejection(NO_TEXT, "نص".encode(), article_id="a-1", lane=Lane.LIVE)
    event = orjson.loads(event_bytes(EventType.REJECTION, rejection, event_id="e", subject="a-1"))
    assert event == {
        "specversion": "1.0",
        "id": "e",
        "source": "khabar",
        "type": "khabar.rejection.v1",
        "subject": "a-1",
        "datacontenttype": "application/json",
        "data": rejection.model_dump(mode="json"),
    }


def test_record_bytes_are_embedded_as_they_are() -> None:
    """A record is serialized once, and Arabic stays Arabic."""
    data = '{"text": "نص",  "x": 1.0}'.encode()
    event = event_bytes(EventType.RECORD, data, event_id="e", subject="a")
    assert event.endswith(b'"data":' + data + b"}")


def test_opening_an_event_gives_back_the_rejection() -> None:
    """The dead-letter command works on it."""
    rejection = make_rejection(NO_TEXT, "نص".encode(), attempts=3)
    opened = open_event(event_bytes(EventType.REJECTION, rejection, event_id="e", subject=None))
    assert opened.subject is None
    assert opened.rejection() == rejection


def test_keys_of_later_versions_are_ignored() -> None:
    """A consumer may be older than the worker."""
    data = make_rejection(NO_TEXT, b"x").model_dump(mode="json") | {"later": 1}
    event = {"specversion": "1.0", "id": "e", "source": "khabar", "type": "khabar.rejection.v1", "data": data, "new": 1}
    assert open_event(orjson.dumps(event)).rejection().code is Code.NO_TEXT


@pytest.mark.parametrize("event", [b"", b"[]", b"{}", b'{"specversion":"0.3"}'])
def test_what_is_no_event_is_a_value_error(event: bytes) -> None:
    """One exception to catch, whatever came."""
    with pytest.raises(ValueError):
        open_event(event)


def test_bytes_that_are_not_utf8_travel_in_base64() -> None:
    """Nothing of the original is lost."""
    original = "نص".encode("cp1256")
    rejection = make_rejection(NO_TEXT, original)
    assert rejection.original is None
    assert base64.b64decode(rejection.original_base64 or "") == original == rejection.original_bytes


def test_an_original_over_the_limit_is_cut_between_characters() -> None:
    """What is too large to process is too large for the broker's memory too."""
    rejection = make_rejection(TOO_LARGE, b"x" + "ن".encode() * KEPT_BYTES, is_cut=True)
    assert rejection.original == "x" + "ن" * (KEPT_BYTES // 2 - 1)
    assert rejection.original_base64 is None


@pytest.mark.parametrize("original", [b"\0" * (8 << 20), b"x" * (13 << 20), b"\xff" * (10 << 20)])
def test_an_original_that_no_broker_would_take_is_cut_whoever_rejects_it(original: bytes) -> None:
    """90 MB of NUL became an event of 540 MB, and its entry was tried for ever."""
    rejection = make_rejection(NO_TEXT, original)
    assert rejection.is_cut
    assert rejection.original_bytes == original[:KEPT_BYTES]
    assert len(rejection.model_dump_json()) < 7 * KEPT_BYTES


@pytest.mark.parametrize("byte", [b"\0", b'"', b"x", b"\xff"])
def test_an_article_within_the_default_limit_is_kept_whole(byte: bytes) -> None:
    """It can be requeued, whatever it is made of."""
    rejection = make_rejection(NO_TEXT, byte * DEFAULT_MAX_BYTES)
    assert not rejection.is_cut
    assert rejection.original_bytes == byte * DEFAULT_MAX_BYTES


def test_a_rejection_survives_being_written() -> None:
    """It is requeued from what was written."""
    rejection = make_rejection(NO_TEXT, "نص".encode(), lane=Lane.BACKFILL)
    assert Rejection.model_validate_json(rejection.model_dump_json()) == rejection


def test_an_original_that_was_never_read_is_named_by_its_bytes() -> None:
    """It has no article id."""
    assert unreadable_id(b"{") == unreadable_id(b"{") != unreadable_id(b"[")
    assert len(unreadable_id(b"{")) == 32
