"""A real PostgreSQL for the tests of its sink."""

from collections.abc import Iterator

import pytest

from tests.postgres import Postgres, running


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for all; skipped where it is not installed."""
    with running(tmp_path_factory.mktemp("postgres") / "server") as server:
        yield server
