"""TLS by the URL alone, from the push to the records; and nothing goes to a server that cannot prove who it is."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu.exceptions import OperationalError

from khabar.errors import Exit
from khabar.host.celery_app import create_app
from khabar.settings import Settings
from tests.acceptance.service import Service, khabar
from tests.articles import json_lines
from tests.tls import TlsBroker, authority, signed
from tests.waiting import wait_until

PASSWORD = "geheim;und%2Fmehr"  # a semicolon parts two URLs for kombu, a quoted slash must stay one


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsBroker]:
    """A server with TLS and a password."""
    running = TlsBroker(tmp_path_factory.mktemp("tls") / "broker")
    running.broker.start()
    running.broker.client().config_set("requirepass", "geheim;und/mehr")
    yield running
    running.broker.kill()


def test_one_url_serves_every_process(tls: TlsBroker, tmp_path: Path) -> None:
    """Push, dispatcher, Celery, worker and consumer over TLS; the password is in no output and in no log."""
    url = tls.url(f"?ssl_ca_certs={tls.authority.cert}&ssl_cert_reqs=required", password=PASSWORD)
    with Service(tmp_path / "var", redis_url=url, children=1) as service:
        pushed = service.run("push", "-", input=json_lines(50))
        assert pushed.returncode == Exit.OK, pushed.stderr
        wait_until(lambda: service.settled() == 50)
        read = service.run("records", "--group", "archive")
        assert len(read.stdout.splitlines()) == 50
        status = service.run("status", "--json")
        assert status.returncode == Exit.OK, status.stderr
        ports = Counter(client["laddr"].rpartition(":")[2] for client in service.client.client_list())
        assert set(ports) == {str(tls.port)}
        assert ports[str(tls.port)] >= 4  # dispatcher, child, Celery's in both
        assert service.stop() == 0
    logs = "".join(path.read_text() for path in (tmp_path / "var" / "log").iterdir())
    said = service.said + logs + pushed.stderr + read.stderr + status.stdout + status.stderr
    assert "geheim" not in said


@pytest.mark.parametrize("command", [["push", "-"], ["status"], ["records"], ["up", "--redis-url"]], ids=" ".join)
@pytest.mark.parametrize("query", ["", "?ssl_ca_certs={other}"], ids=["no authority", "another authority"])
def test_a_server_of_unknown_authority_is_refused_in_one_sentence(
    tls: TlsBroker, tmp_path: Path, query: str, command: list[str]
) -> None:
    """Also where the URL says nothing of certificates: kombu alone would then check nothing."""
    url = tls.url(query.format(other=authority(tmp_path, "other").cert), password=PASSWORD)
    if command[0] == "up":
        command = [*command, url, "--var", str(tmp_path / "var")]
    done = khabar(*command, input=json_lines(1), env={"KHABAR_REDIS_URL": url})
    assert done.returncode == Exit.NO_BROKER, done.stderr
    [sentence] = done.stderr.strip().splitlines()[-1:]
    assert "its certificate is not accepted" in sentence
    assert "ssl_ca_certs" in sentence
    assert "Traceback" not in done.stderr
    assert "geheim" not in done.stderr


def test_celery_checks_the_server_too(tls: TlsBroker) -> None:
    """The worker's parent is Celery's; it must not hand batches or the password to whoever answers."""
    for query, is_let_in in (("", False), (f"?ssl_ca_certs={tls.authority.cert}", True)):
        app = create_app(Settings(redis_url=tls.url(query, password=PASSWORD)))
        with app.connection_for_write() as connection:
            if is_let_in:
                connection.default_channel.client.ping()
            else:
                with pytest.raises(OperationalError, match="certificate verify failed"):
                    connection.default_channel.client.ping()
        app.close()


def test_a_client_certificate_is_taken_from_the_url(tmp_path: Path) -> None:
    """Some servers want one; without it they refuse."""
    tls = TlsBroker(tmp_path / "broker", wants_clients=True)
    tls.broker.start()
    try:
        ca = f"?ssl_ca_certs={tls.authority.cert}"
        own = f"{ca}&ssl_certfile={tls.client.cert}&ssl_keyfile={tls.client.key}"
        with Service(tmp_path / "var", redis_url=tls.url(own), children=1) as service:
            assert service.run("push", "-", input=json_lines(5)).returncode == Exit.OK
            wait_until(lambda: service.settled() == 5)
        stranger = signed(tmp_path, "stranger", authority(tmp_path, "other"))
        for query in (ca, f"{ca}&ssl_certfile={stranger.cert}&ssl_keyfile={stranger.key}"):
            refused = khabar("status", env={"KHABAR_REDIS_URL": tls.url(query)})
            assert refused.returncode == Exit.NO_BROKER
            assert "Traceback" not in refused.stderr
    finally:
        tls.broker.kill()


def test_a_unix_socket_serves_as_well() -> None:
    """Nobody can reach that from another machine; a path limit of 108 bytes wants a short folder."""
    import tempfile

    from tests.broker import Broker

    with tempfile.TemporaryDirectory(prefix="kh-", dir="/tmp") as folder:
        broker = Broker(Path(folder) / "broker", None, "--unixsocket", f"{folder}/s", "--requirepass", "")
        broker.start()
        try:
            broker.client().config_set("requirepass", "geheim")
            with Service(Path(folder) / "var", redis_url=f"unix://:geheim@{folder}/s", children=1) as service:
                assert service.run("push", "-", input=json_lines(5)).returncode == Exit.OK
                wait_until(lambda: service.settled() == 5)
            logs = "".join(path.read_text() for path in (Path(folder) / "var" / "log").iterdir())
            assert "geheim" not in service.said + logs
        finally:
            broker.kill()
