"""PostgreSQL: a table of records as jsonb, `outcome_id` its key, and a view for each layer whose items are rows."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import orjson

from khabar.consuming.delivery import Delivery
from khabar.errors import NotInstalled, SinkError
from khabar.exporters.dates import as_local, as_utc
from khabar.sinks.base import Sink
from khabar.sinks.patience import PATIENCE_S, Unavailable, patiently
from khabar.sinks.tables import MENTION, TABLES, Column

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.sql import Composed

TARGETS: Final = ("postgresql://", "postgres://")
TABLE: Final = "khabar_records"
_LOCK: Final = 0x6B68616261720001  # so that two processes do not make the same table at once
_CASTS: Final = {int: "::bigint", float: "::float8", bool: "::boolean"}

log = logging.getLogger(__name__)


class PostgreSqlSink(Sink):
    """Collects what is written and inserts it at the flush, in one transaction; several processes may write at once."""

    def __init__(self, url: str, *, table: str = TABLE, patience_s: float = PATIENCE_S) -> None:
        """Connect, and make the table and its views where they are missing or old.

        Args:
            url: a connection string of libpq; what it leaves out comes from PGUSER, PGPASSWORD, ~/.pgpass and the like.
            table: name of the table, and the beginning of the views' names.
            patience_s: how long to try a server that is unreachable.

        Raises:
            NotInstalled: psycopg is not installed.
            SinkError: the server does not let us in, or the user may not make a table.
        """
        try:
            import psycopg
        except ImportError as error:
            raise NotInstalled("this sink needs psycopg; run: pip install 'khabar-client[postgresql]'") from error
        self._psycopg = psycopg
        self._url = url
        self._table = table
        self._patience_s = patience_s
        self._where = "PostgreSQL"
        self._connection: Connection[Any] | None = None
        self._new: dict[str, Delivery] = {}
        patiently(self._prepare, where=self._where, patience_s=patience_s)

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Keep records for the next flush."""
        self._new |= {each.event.id: each for each in deliveries}

    def flush(self) -> None:
        """Insert them, and commit; an outcome that is there stays as it is."""
        if self._new:
            patiently(self._insert, where=self._where, patience_s=self._patience_s)
            self._new.clear()

    def close(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.close()

    def _connected(self) -> "Connection[Any]":
        """Return a connection that works.

        Raises:
            Unavailable: the server does not answer.
            SinkError: it refuses us.
        """
        if self._connection is None or self._connection.closed:
            try:
                self._connection = self._psycopg.connect(
                    self._url, connect_timeout=10, application_name="khabar", autocommit=True
                )
            except self._psycopg.ProgrammingError as error:
                raise SinkError(f"the target is not a connection string of PostgreSQL: {_said(error)}") from error
            except self._psycopg.OperationalError as error:
                # libpq names no code for what it says before a session is there.
                if any(
                    word in str(error) for word in ("password", "authentication", "does not exist", "no pg_hba.conf")
                ):
                    raise SinkError(f"{self._where}: refuses: {_said(error)}") from error
                raise Unavailable(f"cannot be reached: {_said(error)}") from error
            info = self._connection.info
            self._where = f"PostgreSQL {info.host}:{info.port}/{info.dbname}"
        return self._connection

    def _insert(self) -> None:
        from psycopg import sql

        query = sql.SQL(
            "INSERT INTO {} (outcome_id, article_id, url, source, published_at, published_at_utc, record) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (outcome_id) DO NOTHING"
        ).format(sql.Identifier(self._table))
        with self._transaction() as connection, connection.cursor() as cursor:
            cursor.executemany(query, [_row(each) for each in self._new.values()])

    def _prepare(self) -> None:
        from psycopg import sql

        table = sql.Identifier(self._table)
        with self._transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            (found,) = connection.execute("SELECT to_regclass(%s)", [table.as_string(connection)]).fetchone() or (None,)
            if found is None:
                connection.execute(
                    sql.SQL(
                        "CREATE TABLE {} (outcome_id text PRIMARY KEY, article_id text, url text, source text, "
                        "published_at timestamp, published_at_utc timestamptz, record jsonb NOT NULL)"
                    ).format(table)
                )
        for name, query in self._views():
            try:
                with self._transaction() as connection:
                    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
                    if not self._is_current(connection, name, query):
                        connection.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier(name)))
                        connection.execute(sql.SQL("CREATE VIEW {} AS {}").format(sql.Identifier(name), query))
            except SinkError as error:  # another's view stands on it, or the user may make none: records matter more
                log.warning("view %s stays as it is: %s", name, error, extra={"action": "view_kept"})

    def _is_current(self, connection: "Connection[Any]", name: str, query: "Composed") -> bool:
        from psycopg import sql

        relation = sql.Identifier(name).as_string(connection)
        (found,) = connection.execute("SELECT to_regclass(%s)", [relation]).fetchone() or (None,)
        if found is None:
            return False
        there = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(name))).description
        wanted = connection.execute(sql.SQL("SELECT * FROM ({}) AS q LIMIT 0").format(query)).description
        return [each[:2] for each in there or ()] == [each[:2] for each in wanted or ()]

    def _views(self) -> "Iterator[tuple[str, Composed]]":
        from psycopg import sql

        table = sql.Identifier(self._table)
        items = sql.SQL("SELECT r.outcome_id, {} FROM {} AS r, jsonb_array_elements(r.record->{}) AS item")
        for layer, found in TABLES.items():
            yield f"{self._table}_{layer}", items.format(_columns("item", found), table, sql.Literal(layer))
        mentions = sql.SQL(
            "SELECT r.outcome_id, e->>'id' AS entity, {} FROM {} AS r, jsonb_array_elements(r.record->'entities') AS e, "
            "jsonb_array_elements(e->'mentions') AS item"
        )
        yield f"{self._table}_mentions", mentions.format(_columns("item", MENTION), table)

    @contextmanager
    def _transaction(self) -> "Iterator[Connection[Any]]":
        """Give out a connection that works, in a transaction.

        Raises:
            Unavailable: another attempt may help.
            SinkError: none will.
        """
        connection = self._connected()
        try:
            with connection.transaction():
                yield connection
        except (self._psycopg.OperationalError, self._psycopg.InterfaceError) as error:
            # A full disk and too many connections are among them: they pass, as a restart does.
            raise Unavailable(_said(error)) from error
        except self._psycopg.Error as error:
            raise SinkError(f"{self._where}: table {self._table}: {_said(error)}") from error


def sink(target: str, *, table: str = TABLE, patience_s: float = PATIENCE_S) -> Sink:
    """Return the sink of this database.

    Args:
        target: postgresql://USER@HOST/DATABASE; keep a password in PGPASSWORD or ~/.pgpass.
        table: name of the table, and the beginning of the views' names.
        patience_s: seconds for which a server that is unreachable is tried again.
    """
    return PostgreSqlSink(target, table=table, patience_s=patience_s)


def _columns(item: str, found: Sequence[Column]) -> "Composed":
    from psycopg import sql

    parts = []
    for each in found:
        arrow = "#>" if each.kind in (list, dict) else "#>>"
        path = sql.Literal(list(each.path))
        value = sql.SQL("({} " + arrow + " {})" + _CASTS.get(each.kind, "")).format(sql.SQL(item), path)
        parts.append(sql.SQL("{} AS {}").format(value, sql.Identifier(each.name)))
    return sql.SQL(", ").join(parts)


def _row(delivery: Delivery) -> tuple[Any, ...]:
    record = delivery.event.data
    line = orjson.dumps(record)
    if rb"\u0000" in line:
        record = _without_nul(record)
        line = orjson.dumps(record)
    article = record.get("article") or {}
    published = article.get("published_at")
    known = (article.get("id"), article.get("url"), article.get("source"), as_local(published), as_utc(published))
    return (delivery.event.id, *known, line.decode())


def _without_nul(value: Any) -> Any:
    """Write U+FFFD for each U+0000, which PostgreSQL has no room for; offsets stay right."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(each) for key, each in value.items()}
    return [_without_nul(each) for each in value] if isinstance(value, list) else value


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
