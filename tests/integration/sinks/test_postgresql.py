"""The sink of PostgreSQL against a real server: its views, its outages, and what the server has no room for."""

from threading import Timer

import psycopg
import pytest

from khabar.errors import SinkError
from khabar.sinks.registry import open_sink
from tests.broker import free_port
from tests.postgres import Postgres
from tests.unit.sinks.made import EMOJI, PLAIN, delivery


def write(url: str, table: str, *ids: str, **changes: object) -> None:
    """Open, write, flush, close."""
    sink = open_sink("postgresql", url, {"table": table})
    try:
        sink.write([delivery(each, **changes) for each in ids])
        sink.flush()
    finally:
        sink.close()


def test_views_have_types_and_both_times(postgres: Postgres) -> None:
    """A question in SQL needs no cast; a date without a zone is no moment in UTC."""
    sink = open_sink("postgresql", postgres.url, {"table": "typed"})
    sink.write([delivery("a"), delivery("b", event=PLAIN), delivery("a")])
    sink.flush()
    sink.close()
    with psycopg.connect(postgres.url) as db:
        rows = db.execute(
            "SELECT outcome_id, published_at::text, published_at_utc = '2026-08-14 07:30+00' FROM typed ORDER BY 1"
        ).fetchall()
        assert rows == [("a", "2026-08-14 09:30:00", True), ("b", None, None)]
        (total,) = db.execute("SELECT sum(value) FROM typed_quantities WHERE category = 'money'").fetchone()
        assert total == 15000
        mentions = sum(len(entity["mentions"]) for each in (EMOJI, PLAIN) for entity in each["data"]["entities"])
        assert db.execute('SELECT count(*), bool_and("end" > start) FROM typed_mentions').fetchone() == (mentions, True)


def test_a_character_that_jsonb_lacks_costs_no_record(postgres: Postgres) -> None:
    """U+0000 becomes U+FFFD, one code point as well, so offsets stay right; the six characters that spell it stay."""
    write(postgres.url, "nul", "a", title="a\0b", section="\\u0000")
    with psycopg.connect(postgres.url) as db:
        (record,) = db.execute("SELECT record FROM nul").fetchone()
        assert (record["article"]["title"], record["article"]["section"]) == ("a\ufffdb", "\\u0000")


def test_views_of_an_earlier_version_are_made_anew(postgres: Postgres) -> None:
    """A minor version adds keys, and so columns; a view on which another stands is left, and the records go in."""
    write(postgres.url, "old", "a")
    with psycopg.connect(postgres.url) as db:
        db.execute("DROP VIEW old_temporal, old_quantities")
        db.execute("CREATE VIEW old_temporal AS SELECT 1 AS start")
        db.execute("CREATE VIEW old_quantities AS SELECT 1 AS start")
        db.execute("CREATE VIEW mine AS SELECT * FROM old_quantities")
    write(postgres.url, "old", "a", "b")
    with psycopg.connect(postgres.url) as db:
        assert db.execute("SELECT count(outcome_id) > 0 FROM old_temporal").fetchone() == (True,)
        assert db.execute("SELECT * FROM mine").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM old").fetchone() == (2,)


def test_a_restart_of_the_server_is_waited_out(postgres: Postgres) -> None:
    """The same records go in again on a new connection; no command ends."""
    sink = open_sink("postgresql", postgres.url, {"table": "restarted"})
    sink.write([delivery("a")])
    sink.flush()
    postgres.stop()
    sink.write([delivery("b")])
    starts = Timer(0.3, postgres.start)
    starts.start()
    sink.flush()
    starts.join()
    sink.close()
    with psycopg.connect(postgres.url) as db:
        assert db.execute("SELECT outcome_id FROM restarted ORDER BY 1").fetchall() == [("a",), ("b",)]


def test_wrong_targets_are_one_sentence(postgres: Postgres) -> None:
    """Which target, what it says, and what to do; never a password."""
    port = free_port()
    for url, reason in [
        (postgres.url.removesuffix("postgres") + "nowhere", 'PostgreSQL: refuses: .*database "nowhere" does not exist'),
        (
            f"postgresql://postgres:word@127.0.0.1:{port}/x",
            "PostgreSQL: cannot be reached: .*Connection refused.*start it",
        ),
        ("postgresql://host/x?nonsense=1", "the target is not a connection string of PostgreSQL"),
    ]:
        with pytest.raises(SinkError, match=reason) as caught:
            open_sink("postgresql", url, {"patience_s": "0.1"})
        assert "word" not in str(caught.value).replace("password", "")
