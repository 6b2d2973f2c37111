"""Rules and board name metrics and labels that `/metrics` gives; promtool agrees with all three."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.core import CollectorRegistry, Metric
from prometheus_client.parser import text_string_to_metric_families

from khabar.metrics.deployment import deployment_metrics
from khabar.metrics.host import host_metrics
from khabar.settings import load_settings
from khabar.supervision.supervisor import Service
from tests.unit.metrics.looks import full_look

ROOT = Path(__file__).resolve().parents[3]
PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES = PROMETHEUS / "khabar.rules.yml"
BOARD = ROOT / "deploy" / "grafana" / "dashboards" / "khabar.json"
OPERATIONS = ROOT / "docs" / "how-to/operations.md"
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here: Debian's package prometheus has it")
NAMES = re.compile(r"\bkhabar_\w+")
MATCHERS = re.compile(r"\b(khabar_\w+)\{([^}]*)\}")
GROUPINGS = re.compile(r"\b(?:by|on) ?\(([^)]*)\)")
GREATEST = re.compile(r"\bmax\b(?: by \(([^)]*)\))?")
GIVEN_ELSEWHERE = {"job", "instance", "le", "ledger"}  # by Prometheus, or where there are several ledgers


class Given(CollectorRegistry):
    """All that `/metrics` can give."""

    def collect(self) -> Iterator[Metric]:
        """Of a deployment, of a host, and whether the broker answers."""
        service = Service("worker", ["sleep", "60"], None, {"PATH": "/usr/bin:/bin"})
        service.start()
        try:
            yield from host_metrics([service], ROOT)
        finally:
            service.kill()
        yield from deployment_metrics(full_look(), load_settings())
        family = Metric("khabar_broker_up", "as the source gives it", "gauge")
        family.add_sample("khabar_broker_up", {}, 1.0)
        yield family


@pytest.fixture(scope="module")
def text() -> str:
    return generate_latest(Given()).decode()


@pytest.fixture(scope="module")
def given(text: str) -> dict[str, set[str]]:
    """Name of each sample -> its labels."""
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def expressions() -> dict[str, str]:
    """Return every expression of rules and board by where it stands."""
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"][0]["rules"]
    found = {rule["alert"]: rule["expr"] for rule in rules}
    for panel in json.loads(BOARD.read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            found[f"{panel['title']} {target['refId']}"] = target["expr"]
    return found


def run(*arguments: str | Path, input: str | None = None) -> None:
    done = subprocess.run([str(PROMTOOL), *map(str, arguments)], input=input, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("place", expressions())
def test_an_expression_names_what_there_is(place: str, given: dict[str, set[str]]) -> None:
    """A metric that was renamed leaves an alarm that can never ring."""
    expression = expressions()[place]
    named = set(NAMES.findall(expression))
    assert named, place
    assert named <= set(given)
    for metric, matchers in MATCHERS.findall(expression):
        labels = {matcher.partition("=")[0].strip("!~ ") for matcher in re.split(r",\s*", matchers)}
        assert labels <= given[metric] | GIVEN_ELSEWHERE, metric
    known = set().union(*(given[metric] for metric in named)) | GIVEN_ELSEWHERE
    for grouping in GROUPINGS.findall(expression):
        assert {label.strip() for label in grouping.split(",") if label.strip()} <= known


@pytest.mark.parametrize("place", expressions())
def test_the_greatest_of_several_endpoints_is_never_that_of_several_ledgers(place: str) -> None:
    """Of two brokers, one that is down or full would hide behind the other."""
    if "reading_stopped" in expressions()[place]:
        return  # one that has stopped is the greatest
    for labels in GREATEST.findall(expressions()[place]):
        assert "ledger" in labels.split(", "), place


def test_every_metric_is_on_the_board_or_in_a_rule(given: dict[str, set[str]]) -> None:
    """A figure that nobody shows is nobody's."""
    shown = set(NAMES.findall(" ".join(expressions().values())))
    histograms = {name.removesuffix("_bucket") for name in given if name.endswith("_bucket")}
    single = {
        name
        for name in given
        if not any(name in (f"{each}_{end}" for end in ("bucket", "count", "sum")) for each in histograms)
    }
    unshown = single - shown - {"khabar_info", "khabar_service_up", "khabar_processor_seconds_total"}
    assert not unshown
    assert all(any(name.startswith(each) for name in shown) for each in histograms)


def test_every_alarm_says_in_the_operations_page_what_to_do() -> None:
    """An alarm at night without a next step is noise."""
    page = OPERATIONS.read_text(encoding="utf-8")
    for rule in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"][0]["rules"]:
        assert f"### {rule['alert']}\n" in page


@needs_promtool
def test_promtool_accepts_the_metrics(text: str) -> None:
    """Prometheus' own linter: names, units, help, and labels that need escapes."""
    run("check", "metrics", input=text)


@needs_promtool
def test_promtool_accepts_rules_and_configuration() -> None:
    """A file with a fault keeps Prometheus from starting."""
    run("check", "rules", RULES)
    run("check", "config", PROMETHEUS / "prometheus.yml")


@needs_promtool
def test_alarms_ring_when_they_should_and_else_not(tmp_path: Path) -> None:
    """Written histories: two endpoints that give the same figures count as one, and a quiet day rings nothing."""
    test = (Path(__file__).parent / "rules.test.yml").read_text(encoding="utf-8").replace("RULES", str(RULES))
    (tmp_path / "rules.test.yml").write_text(test, encoding="utf-8")
    run("test", "rules", tmp_path / "rules.test.yml")
