"""Several ledgers as their user meets them: the commands of one broker, with the URLs of two."""

import json
from collections import Counter
from pathlib import Path

from khabar.errors import Exit
from khabar.keys.names import Names
from tests.acceptance.service import Service
from tests.articles import json_lines
from tests.broker import Broker
from tests.waiting import wait_until

COUNT = 40


def test_two_ledgers_with_one_command_line_are_one_service(tmp_path: Path) -> None:
    """Each article becomes one record on one of them, the bytes of `khabar extract`; a second push doubles none."""
    servers = [Broker(tmp_path / name).start() for name in ("a", "b")]
    clients = [server.client() for server in servers]
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json_lines(COUNT), encoding="utf-8")

    def counted(outcome: str) -> int:
        return sum(int(client.hget(Names().counters, outcome) or 0) for client in clients)

    try:
        urls = ",".join(server.url for server in servers)
        with Service(tmp_path / "var", redis_url=urls, children=2) as service:
            done = service.run("push", str(articles))
            assert f"{COUNT} accepted, 0 rejected" in done.stderr
            wait_until(lambda: counted("record") == COUNT)
            assert all(client.xlen(Names().records) > COUNT / 4 for client in clients)

            done = service.run("push", "--again", str(articles))
            assert f"{COUNT} accepted" in done.stderr
            wait_until(lambda: counted("duplicate") == COUNT)

            found = service.run("records", "--group", "g").stdout.splitlines()
            assert Counter(found) == Counter(service.run("extract", str(articles)).stdout.splitlines())
            assert sorted(service.run("records").stdout.splitlines()) == sorted(found)

            state = json.loads(service.run("status", "--json").stdout)
            assert state["healthy"]
            assert [each["settings"]["redis_url"] for each in state["ledgers"]] == [server.url for server in servers]
            shown = service.run("status")
            assert shown.returncode == Exit.OK
            assert all(server.url in shown.stdout for server in servers)

            refused = service.run("dead", "list")
            assert refused.returncode != Exit.OK
            assert "are 2 brokers, and this is about one" in refused.stderr
    finally:
        for client, server in zip(clients, servers, strict=True):
            client.close()
            server.kill()
