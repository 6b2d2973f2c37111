"""A real PostgreSQL for the tests of its sink."""

from collections.abc import Iterator

import pytest

from tests.postgres import Postgres, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all; skipped where it is not installed."""
    with running() as server:
        yield server
