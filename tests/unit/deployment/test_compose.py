"""docker-compose.yml is what Compose accepts, and starts commands that exist; without a Docker engine."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from khabar.broker.url import SentinelUrl
from khabar.cli.app import COMMANDS
from khabar.cli.commands.up import Only
from khabar.cli.tree import build
from khabar.errors import Exit
from khabar.supervision.supervisor import SOFT_STOP_S

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = ROOT / "docker-compose.yml"
SENTINEL = ROOT / "docs" / "sentinel" / "docker-compose.yml"


def services(path: Path = COMPOSE) -> dict[str, dict[str, Any]]:
    """Return the services with anchors and merges resolved."""
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))["services"])


@pytest.mark.parametrize("path", [COMPOSE, SENTINEL], ids=["one broker", "sentinel"])
def test_it_is_valid_by_the_compose_schema(path: Path) -> None:
    """The Compose specification's own schema, which check-jsonschema brings."""
    checker = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run([checker, "--builtin-schema", "vendor.compose-spec", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_broker_worker_and_producer_are_there_with_health_checks() -> None:
    """Whoever waits for another waits for its health, not for its start."""
    found = services()
    assert set(found) == {"redis", "dispatcher", "worker", "stories", "producer", "prometheus", "grafana"}
    for name in set(found) - {"producer"}:
        assert found[name]["healthcheck"]["test"], name
    for name in ("dispatcher", "worker", "stories", "producer"):
        assert found[name]["depends_on"] == {"redis": {"condition": "service_healthy"}}


def test_the_broker_keeps_what_it_accepts() -> None:
    """Without these three an article that was accepted could vanish."""
    command = services()["redis"]["command"]
    assert all(
        option in command for option in ("--appendonly yes", "--maxmemory-policy noeviction", "--appendfsync always")
    )


@pytest.mark.parametrize("path", [COMPOSE, SENTINEL], ids=["one broker", "sentinel"])
def test_no_container_has_what_it_does_not_need(path: Path) -> None:
    """A worker reads texts of strangers, and a broker's port is open to all containers of its network."""
    for name, service in services(path).items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["mem_limit"], name
        assert service["tmpfs"] == ["/tmp"], name  # else a read-only root stops whatever makes a temporary file
        if service["image"].startswith("valkey/"):
            assert service["user"] == "valkey", name


def test_metrics_start_only_when_asked_for_and_are_published_for_this_host_alone() -> None:
    """Grafana begins with a password that everybody knows."""
    found = services()
    for name in ("prometheus", "grafana"):
        assert found[name]["profiles"] == ["metrics"]
        assert all(port.startswith("127.0.0.1:") for port in found[name]["ports"])
    assert not any("ports" in service for name, service in found.items() if name not in ("prometheus", "grafana"))
    scraped = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    (names,) = scraped["scrape_configs"][0]["dns_sd_configs"]
    assert set(names["names"]) == {"dispatcher", "worker", "stories"}
    assert all(found[name]["environment"]["KHABAR_METRICS"].endswith(f":{names['port']}") for name in names["names"])
    mounted = [volume.partition(":")[0] for name in ("prometheus", "grafana") for volume in found[name]["volumes"]]
    assert all((ROOT / path).is_dir() for path in mounted if path.startswith("."))


@pytest.mark.parametrize("path", [COMPOSE, SENTINEL], ids=["one broker", "sentinel"])
def test_images_of_others_are_exact(path: Path) -> None:
    """`9-alpine` of today is not that of tomorrow."""
    images = {service["image"] for service in services(path).values()} - {"khabar:latest"}
    assert images
    assert all(re.search(r":v?\d+\.\d+\.\d+|@sha256:[0-9a-f]{64}$", image) for image in images)


def test_the_image_is_built_on_a_digest() -> None:
    """In both stages, or the interpreter of the second would not be the one that the first compiled for."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^ARG BASE=python:\d+\.\d+\.\d+-\S+@sha256:[0-9a-f]{64}$", text, re.MULTILINE)
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${BASE}", "${BASE}"]


def test_no_broker_takes_a_value_that_a_dispatcher_could_not_hold() -> None:
    """The server's own limit is 512 MB, and an original of 90 MB of NUL is 540 MB of JSON."""
    assert "--proto-max-bulk-len 64mb" in services()["redis"]["command"]
    assert "proto-max-bulk-len 64mb" in (SENTINEL.parent / "redis.conf").read_text(encoding="utf-8").splitlines()


def copied_into_the_image() -> set[str]:
    """Return the names that the Dockerfile copies from the checkout."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copies = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    return {name for names in copies for name in names}


def test_the_image_copies_every_package_and_only_what_exists() -> None:
    """A package that is forgotten fails at the first article, not at the build."""
    copied = copied_into_the_image()
    assert all((ROOT / name).exists() for name in copied)
    packages = {path.parent.name for path in ROOT.glob("[!.]*/khabar")}
    assert packages
    assert packages <= copied


def test_the_build_sees_what_the_image_copies_and_nothing_else() -> None:
    """Tests, training and documents have no business in the build; a folder left out of it would stop the build."""
    everything, *patterns = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert everything == "*"
    assert {pattern.removeprefix("!") for pattern in patterns if pattern.startswith("!")} == copied_into_the_image()


def test_under_sentinel_three_servers_and_three_sentinels_each_keep_their_data() -> None:
    """Two servers would leave a primary without a replica after a failover, and then nothing is accepted."""
    found = services(SENTINEL)
    assert set(found) == {"dispatcher", "worker", *(f"{kind}-{n}" for kind in ("redis", "sentinel") for n in (1, 2, 3))}
    for name in ("dispatcher", "worker"):
        environment = found[name]["environment"]
        url = SentinelUrl.parse(environment["KHABAR_REDIS_URL"])
        assert [host for host, _ in url.hosts] == ["sentinel-1", "sentinel-2", "sentinel-3"]
        assert environment["KHABAR_WAIT_REPLICAS"] == "1"
    for name in set(found) - {"dispatcher", "worker"}:
        kind = name.partition("-")[0]
        assert {f"./{kind}.conf:/{kind}.conf:ro", f"{name}:/data"} == set(found[name]["volumes"])
        assert found[name]["healthcheck"]["test"]


def test_every_command_is_one_that_khabar_takes() -> None:
    """A misspelt option would show when the container starts, and its health check when nobody looks."""
    commands = typer.main.get_command(build(COMMANDS))
    roles = [(str(role), str(role)) for role in Only]  # `stories` where this version has it
    for name, role in (*roles, ("producer", None)):
        service = services()[name]
        checks_itself = role and service["healthcheck"]["test"][1] == "khabar"
        lines = [service["command"]] + ([service["healthcheck"]["test"][1:]] if checks_itself else [])
        for khabar, command, *arguments in lines:
            assert khabar == "khabar"
            with commands.commands[command].make_context(command, list(arguments)) as context:  # type: ignore[attr-defined]
                if role:
                    assert role in (context.params.get("only"), context.params.get("role"))
        if checks_itself:
            assert "--here" in service["healthcheck"]["test"]


def test_the_commands_of_the_sentinel_sample_are_modules_that_run() -> None:
    """A module that has moved would show when the container starts."""
    for name, arguments in (("dispatcher", ["dispatch"]), ("worker", [])):
        python, option, module, *rest = services(SENTINEL)[name]["command"]
        assert (python, option, rest) == ("python", "-m", arguments)
        assert find_spec(f"{module}.__main__")


def test_the_engine_waits_longer_than_a_stop_takes() -> None:
    """Or it would kill what is just finishing its batch."""
    for name in ("dispatcher", "worker", "stories"):
        assert int(services()[name]["stop_grace_period"].removesuffix("s")) > SOFT_STOP_S + 2


def test_the_image_runs_the_supervisor_as_its_first_process() -> None:
    """In the form without a shell, which would keep the signals to itself."""
    [command] = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("CMD ")]
    assert command == 'CMD ["khabar", "up", "--only", "worker"]'


def test_the_deployment_guide_names_every_answer_of_a_health_check() -> None:
    """Whoever writes a check reads it there."""
    guide = (ROOT / "docs" / "how-to/deployment.md").read_text(encoding="utf-8")
    for code in (Exit.OK, Exit.NO_BROKER, Exit.UNHEALTHY, Exit.STALLED, Exit.AILING):
        assert f"| {code.value} |" in guide
