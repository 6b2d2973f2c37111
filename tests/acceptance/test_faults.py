"""Nothing is lost and nothing doubled, whatever dies: the short form of each row of the fault campaign, on both brokers.

`make faults` runs them in full; docs/reliability.md has the last table.
"""

import os
from pathlib import Path

import pytest

from tests.broker import DEBIAN, debian_redis
from tests.faults.campaign import all_rows, brokers, label, run_row
from tests.faults.row import Row, Scale

ROWS = [pytest.param(row, id=f"row{row.number}") for row in all_rows()]


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("broker", ["valkey", DEBIAN])
def test_every_accepted_article_has_one_outcome_and_the_row_its_bars(row: Row, broker: str, tmp_path: Path) -> None:
    """0 missing, 0 doubled, 0 pending, and what the row asks besides."""
    binary = debian_redis() if broker == DEBIAN else brokers()["valkey"]
    assert binary is not None
    result = run_row(row, tmp_path, broker=label(broker, binary), binary=binary, scale=Scale.SHORT)
    if result.passed is None:
        reason = "; ".join(result.broken)
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    assert result.passed, result.line()
