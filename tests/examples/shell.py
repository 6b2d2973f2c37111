"""The commands of an example's README, run in a copy of its folder."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(name: str) -> list[str]:
    """Return the lines of README's one block of commands, without those that install what is here already."""
    [block] = BLOCK.findall((EXAMPLES / name / "README.md").read_text(encoding="utf-8"))
    return [line for line in block.splitlines() if not line.startswith("pip install ")]


def copied(name: str, folder: Path) -> Path:
    """Copy an example, and the site beside it, where its commands may write."""
    for each in (name, "site"):
        if not (folder / each).exists():
            shutil.copytree(EXAMPLES / each, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
    return folder / name


def run(
    name: str, folder: Path, *, env: Mapping[str, str], instead: Mapping[str, str], timeout_s: float = 120
) -> tuple[str, str]:
    """Run the README's commands in one shell, in order, and end what they have left in the background.

    Args:
        folder: of the copy.
        env: settings, beside those of this process.
        instead: parts of the commands -> what takes their place: ports, above all.

    Returns:
        What the commands printed, and what they said to standard error.
    """
    script = ["trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for line in commands(name):
        for part, other in instead.items():
            line = line.replace(part, other)
        script.append(line)
        if line.endswith(" &"):  # a person types the next line later than a script
            [port] = re.findall(r"\b\d{4,5}\b", line)
            script.append(f"until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.05; done")
    tools = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", os.environ["PATH"])])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(script)],
        cwd=folder,
        env={**os.environ, **env, "PATH": tools},
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr
