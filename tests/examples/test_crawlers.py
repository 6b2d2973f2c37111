"""The Scrapy project and the relay from scrapy-redis: real crawls of the examples' own site, through a real service."""

import shutil
from pathlib import Path

import pytest

from tests.acceptance.service import Service
from tests.broker import Broker, free_port
from tests.examples.shell import copied, run

TITLES = {
    "افتتاح محطة المياه الجديدة في عدن",
    "السيول تقطع الطريق الساحلي قرب المكلا",
    "مدرسة جديدة تستقبل ٤٥٠ تلميذا في تعز",
}


@pytest.mark.skipif(
    not (shutil.which("redis-cli") and shutil.which("jq")),
    reason="redis-cli or jq is not here; Debian's packages redis-tools and jq have them",
)
def test_crawled_articles_are_records(tmp_path: Path) -> None:
    """Both ways into one service; the site has another port for the second, so its articles are others."""
    crawlers = Broker(tmp_path / "crawlers").start()
    try:
        with Service(tmp_path / "var", children=1) as service:
            env = service.env
            project = copied("scrapy_project", tmp_path)
            printed, said = run("scrapy_project", project, env=env, instead={"8000": str(free_port())})
            assert set(printed.splitlines()) == TITLES
            assert "'khabar/accepted': 3" in said

            relay = copied("scrapy_redis_relay", tmp_path)
            instead = {"8000": str(free_port()), "6379": str(crawlers.port), "--limit 3": "--limit 6"}
            printed, said = run("scrapy_redis_relay", relay, env=env, instead=instead)
            assert printed.splitlines()[0] == "1"  # redis-cli's answer: one address waits
            assert sorted(printed.splitlines()[1:]) == sorted([*TITLES, *TITLES])
            assert "3 accepted, 0 rejected" in said
            with crawlers.client() as client:
                assert client.keys("paper:items*") == []
    finally:
        crawlers.kill()
