"""Nothing is lost and nothing doubled, whatever dies: the short form of each row of the fault campaign.

`make faults` runs each in full and on both brokers; docs/explanation/reliability.md has the last table. Here the row about what
a broker keeps when its power is cut runs on both, the others in turn on one or the other.
"""

import os
from pathlib import Path

import pytest

from tests.broker import DEBIAN, debian_redis
from tests.faults.campaign import all_rows, brokers, label, run_row
from tests.faults.row import Row, Scale

OF_BROKERS = (11,)
RUNS = [
    pytest.param(row, broker, id=f"{broker}-row{row.number}")
    for row in all_rows()
    for broker in (("valkey", DEBIAN) if row.number in OF_BROKERS else (("valkey", DEBIAN)[row.number % 2],))
]


@pytest.mark.every_broker
@pytest.mark.parametrize(("row", "broker"), RUNS)
def test_every_accepted_article_has_one_outcome_and_the_row_its_bars(row: Row, broker: str, tmp_path: Path) -> None:
    """0 missing, 0 doubled, 0 pending, and what the row asks besides."""
    binary = debian_redis() if broker == DEBIAN else brokers()["valkey"]
    assert binary is not None
    result = run_row(row, tmp_path, broker=label(broker, binary), binary=binary, scale=Scale.SHORT)
    if result.passed is None:
        reason = "; ".join(result.broken)
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    assert result.passed, result.line()
