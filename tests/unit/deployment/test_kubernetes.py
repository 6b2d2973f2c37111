"""deploy/kubernetes is what Kubernetes and KEDA accept, and confines its containers; without a cluster."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer.main
import yaml

from khabar.cli.app import COMMANDS
from khabar.cli.commands.up import Only
from khabar.cli.tree import build
from khabar.keys.names import GROUP, Lane, Names
from khabar.settings import load_settings
from khabar.supervision.supervisor import SOFT_STOP_S

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "deploy" / "kubernetes"
# The oldest that clouds still ran in 2026, and the newest that the package knows.
VERSIONS = ("1.31", "1.35")
CLAIMS = {"/tmp", "/dev/shm"}


def manifests() -> dict[str, dict[str, Any]]:
    """Return every manifest by file, kind and name."""
    return {
        f"{path.name} {found['kind']} {found['metadata'].get('name', '')}": found
        for path in sorted(FOLDER.glob("*.yml"))
        for found in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    }


def pods() -> dict[str, dict[str, Any]]:
    """Return the pods' specifications by their container's name."""
    templates = [
        found["spec"]["template"]["spec"] for found in manifests().values() if "template" in found.get("spec", {})
    ]
    return {pod["containers"][0]["name"]: pod for pod in templates}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", [name for name in manifests() if "ScaledObject" not in name])
def test_it_is_valid_by_the_schema_of_kubernetes(name: str, version: str) -> None:
    """Strictly: a field that is misspelt is no field, and would be dropped in silence."""
    import kubernetes_validate

    kubernetes_validate.validate(manifests()[name], version, strict=True)


def test_the_scaler_is_valid_and_asks_about_the_ledger() -> None:
    """The lag of the ledger's own group, of both lanes; a stream that is misspelt has none, and nothing ever scales."""
    (scaled,) = [found for found in manifests().values() if found["kind"] == "ScaledObject"]
    schema = json.loads((Path(__file__).parent / "scaled_object.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(scaled, schema)
    asked = [trigger["metadata"] for trigger in scaled["spec"]["triggers"]]
    assert [each["stream"] for each in asked] == [Names().ledger(lane) for lane in Lane]
    assert {each["consumerGroup"] for each in asked} == {GROUP}
    assert f"Deployment {scaled['spec']['scaleTargetRef']['name']}" in " ".join(manifests())
    service = manifests()["redis.yml Service redis"]
    port = service["spec"]["ports"][0]["port"]
    assert {each["address"] for each in asked} == {
        f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc:{port}"
    }


@pytest.mark.parametrize("name", pods())
def test_no_pod_has_what_it_does_not_need(name: str) -> None:
    """No root, no write to its image, no capability, no token of the cluster, an end of memory; what is writable has a size."""
    pod = pods()[name]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    confined = container["securityContext"]
    assert (confined["readOnlyRootFilesystem"], confined["allowPrivilegeEscalation"]) == (True, False)
    assert confined["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"]
    assert all(volume["emptyDir"]["sizeLimit"] for volume in pod["volumes"] if "emptyDir" in volume)
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert "/tmp" in mounted
    if name in list(Only):
        assert mounted >= CLAIMS


@pytest.mark.parametrize("name", [*Only, "push"])
def test_every_command_is_one_that_khabar_takes(name: str) -> None:
    """A misspelt option would show when the pod starts."""
    khabar, command, *arguments = pods()[name]["containers"][0]["args"]
    commands = typer.main.get_command(build(COMMANDS))
    with commands.commands[command].make_context(command, list(arguments)) as context:  # type: ignore[attr-defined]
        assert khabar == "khabar"
        assert name in (context.params.get("only"), "push")


def test_settings_are_those_of_khabar_and_probes_ask_its_port() -> None:
    """An unknown setting is passed over in silence."""
    data = manifests()["khabar.yml ConfigMap khabar"]["data"]
    settings = load_settings(**{name.removeprefix("KHABAR_").lower(): value for name, value in data.items()})
    assert {name.removeprefix("KHABAR_").lower() for name in data} <= set(type(settings).model_fields)
    for role in Only:
        container = pods()[role]["containers"][0]
        (port,) = container["ports"]
        assert str(settings.metrics).endswith(f":{port['containerPort']}")
        assert container["readinessProbe"]["httpGet"] == {"path": "/healthz", "port": port["name"]}
        assert pods()[role]["terminationGracePeriodSeconds"] > SOFT_STOP_S + 2


def test_the_broker_keeps_what_it_accepts() -> None:
    """As docker-compose.yml has it."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["redis"]
    container = pods()["redis"]["containers"][0]
    assert container["image"] == compose["image"]
    assert (
        " ".join(container["args"]).replace("--dir /data ", "").replace("--save  ", '--save "" ') == compose["command"]
    )
