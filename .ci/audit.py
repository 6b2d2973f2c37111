"""Known vulnerabilities of the locked packages, by pip-audit; `make audit`.

If the service knows none of the packages (a mirror that answers 404, for example), pip-audit says "No known vulnerabilities
found" and exits with 0. So this script counts the packages that the service knew. Exit 1: a finding. Exit 0: nothing known, or
nothing could be asked; the latter is printed in capitals.
"""

import json
import subprocess
import sys
from pathlib import Path

LOCKS = ("requirements.lock", "requirements-dev.lock")


def audit(lock: str) -> int:
    """Audit one lock file; return the number of findings."""
    command = [
        str(Path(sys.executable).with_name("pip-audit")),
        "--disable-pip",
        "--require-hashes",
        "--format",
        "json",
    ]
    done = subprocess.run(  # noqa: S603  # our own command line
        [*command, "--requirement", lock, "--timeout", "20", "--progress-spinner", "off"],
        capture_output=True,
        text=True,
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"{lock}: NOT AUDITED, the advisory service could not be asked ({reason[:200]})")
        return 0
    asked = [package for package in packages if "skip_reason" not in package]
    findings = [(package, problem) for package in asked for problem in package["vulns"]]
    for package, problem in findings:
        fixed = ", ".join(problem["fix_versions"]) or "no version yet"
        print(f"{lock}: {package['name']} {package['version']}: {problem['id']}, fixed in {fixed}")
    if not asked:
        print(f"{lock}: NOT AUDITED, the advisory service knew none of {len(packages)} packages")
    elif not findings:
        unknown = f", {len(packages) - len(asked)} UNKNOWN to the service" if len(asked) < len(packages) else ""
        print(f"{lock}: {len(asked)} packages audited, nothing known{unknown}")
    return len(findings)


if __name__ == "__main__":
    sys.exit(1 if sum(audit(lock) for lock in LOCKS) else 0)
