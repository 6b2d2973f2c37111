"""deploy/systemd is what systemd accepts, and starts commands that exist."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from khabar.cli.app import COMMANDS
from khabar.cli.commands.up import Only
from khabar.cli.tree import build
from khabar.settings import load_settings
from khabar.supervision.supervisor import SOFT_STOP_S

ROOT = Path(__file__).resolve().parents[3]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
INSTALLED = "/opt/khabar/bin/khabar"


def read(unit: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    parser.read_string(unit.read_text(encoding="utf-8"))
    return parser


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """A name that is misspelt is passed over with a warning, and its confinement with it."""
    copies = []
    for unit in UNITS:
        copies.append(tmp_path / unit.name)
        text = unit.read_text(encoding="utf-8").replace(INSTALLED, str(Path(sys.executable).with_name("khabar")))
        copies[-1].write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", *copies], capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if "khabar-" in line]
    assert (done.returncode, told) == (0, [])


@pytest.mark.parametrize("role", Only)
def test_a_unit_starts_its_role_and_stops_it_in_order(role: Only) -> None:
    """SIGTERM is for the first process alone, and systemd waits longer than a stop takes."""
    service = read(ROOT / "deploy" / "systemd" / f"khabar-{role}.service")["Service"]
    installed, command, *arguments = service["ExecStart"].split()
    assert installed == INSTALLED
    commands = typer.main.get_command(build(COMMANDS))
    with commands.commands[command].make_context(command, list(arguments)) as context:  # type: ignore[attr-defined]
        assert context.params["only"] == role
    assert service["KillMode"] == "mixed"
    assert int(service["TimeoutStopSec"]) > SOFT_STOP_S + 2
    assert "WatchdogSec" not in service


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_has_no_more_than_it_needs(unit: Path) -> None:
    """No root, nothing writable but what is named, no password in a file that everybody reads."""
    service = read(unit)["Service"]
    assert service["User"] == "khabar"
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["PrivateTmp"]) == ("strict", "yes", "yes")
    assert service["CapabilityBoundingSet"] == ""
    assert service["ReadWritePaths"] == "/dev/shm"
    assert service["MemoryMax"]
    assert "REDIS_URL=" not in unit.read_text(encoding="utf-8")
    found = dict(re.findall(r"(KHABAR_\w+)=(\S+)", service["Environment"]))
    load_settings(**{name.removeprefix("KHABAR_").lower(): value for name, value in found.items()})
