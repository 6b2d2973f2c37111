"""Several ledgers as their user meets them: the commands of one broker, with the URLs of two."""

import json
import re
from collections import Counter
from pathlib import Path
from urllib.request import urlopen

from khabar.errors import Exit
from khabar.keys.names import Names
from tests.acceptance.service import Service
from tests.articles import json_lines
from tests.broker import Broker, free_port
from tests.waiting import PATIENCE_S, wait_until

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
        urls, port = ",".join(server.url for server in servers), free_port()
        with Service(tmp_path / "var", redis_url=urls, children=2, stories=True, metrics=port) as service:
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

            wait_until(lambda: clients[0].xlen(Names().stories) >= COUNT)
            assert not clients[1].exists(Names().stories), "the first ledger has the stories of all"
            assert service.run("stories", "--json", "--limit", str(COUNT)).stdout

            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_S) as answer:
                told = answer.read().decode()
            counts = re.findall(r'khabar_articles_total{code="",lane="live",ledger="(.)",outcome="record"} (\S+)', told)
            assert {ledger for ledger, _ in counts} == {"1", "2"}
            assert sum(float(count) for _, count in counts) == COUNT
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_S) as answer:
                assert answer.read() == b"well\n"

            state = json.loads(service.run("status", "--json").stdout)
            assert state["healthy"]
            assert [each["settings"]["redis_url"] for each in state["ledgers"]] == [server.url for server in servers]
            shown = service.run("status")
            assert shown.returncode == Exit.OK
            assert all(server.url in shown.stdout for server in servers)

            refused = service.run("dead", "list")
            assert refused.returncode != Exit.OK
            assert "are 2 brokers, but this works on one" in refused.stderr
    finally:
        for client, server in zip(clients, servers, strict=True):
            client.close()
            server.kill()
