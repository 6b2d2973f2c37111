"""The programs that people scrape with: what they write is accepted, with every field that they have."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker import Broker
from tests.programs.run import FIELDS, NotInstalled, run
from tests.programs.scripts import PROGRAMS, Program
from tests.programs.site import PARAGRAPHS, TITLES

pytestmark = pytest.mark.skipif(
    "KHABAR_PROGRAMS" not in os.environ, reason="installs ten packages: KHABAR_PROGRAMS=1, make programs"
)


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs' environments."""
    return tmp_path_factory.mktemp("environments")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path / "valkey").start()
    yield running
    running.kill()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_programs_articles_are_accepted_with_their_fields(
    program: Program, environments: Path, tmp_path: Path, broker: Broker
) -> None:
    """Whoever has one of them has to write no adapter."""
    try:
        result = run(program, environments, tmp_path / "work", broker)
    except NotInstalled as error:
        pytest.skip(f"{program.package} does not install here: {error}")
    assert result.refused == []
    assert sorted(article.title or "" for article in result.articles) == sorted(TITLES)
    assert all(paragraph in article.body for article in result.articles for paragraph in PARAGRAPHS[:1])
    assert {field: result.filled(field) for field in FIELDS if field not in program.lacks} == {
        field: len(TITLES) for field in FIELDS if field not in program.lacks
    }
