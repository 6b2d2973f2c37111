"""Compiles the rooms in which most of an article's time goes, with mypyc. Pure Python is the reference; records are equal.

    HATCH_BUILD_HOOKS_ENABLE=1 pip install .  a wheel for this Python and platform, with the compiled modules in it
    python hatch_build.py build/compiled      a copy of worker/khabar with them: PYTHONPATH=build/compiled/worker khabar ...

Needs a C compiler and some minutes. `make compiled` compares records with and without, byte for byte.
"""

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
# One group: calls from one of its modules to another are calls in C.
ROOMS = (
    "worker/khabar/reference/*.py",
    "worker/khabar/statements/*.py",
)
# A subclass of tuple, which mypyc cannot make; its work is done in C anyway.
INTERPRETED = ("worker/khabar/reference/weights.py",)
GROUP = "khabar_compiled"
NEEDED = ["mypy[mypyc]>=2.4", "setuptools>=65"]


class CustomBuildHook(BuildHookInterface[Any]):
    """Adds the compiled modules to a wheel where HATCH_BUILD_HOOKS_ENABLE asks for them."""

    def dependencies(self) -> list[str]:
        """Return what is needed to compile."""
        return NEEDED

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put the modules beside their sources."""
        if version == "editable":
            return
        folder = ROOT / "build" / "wheel"
        shutil.rmtree(folder, ignore_errors=True)
        for module in compile_into(folder):
            build_data["force_include"][str(module)] = module.relative_to(folder).as_posix().removeprefix("worker/")
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def compile_into(folder: Path) -> list[Path]:
    """Compile the rooms into a folder and return the modules, under worker/ as their sources are."""
    from mypyc.build import mypycify
    from setuptools import Distribution

    os.chdir(ROOT)  # a module's name is its path from here
    os.environ["CFLAGS"] = f"{os.environ.get('CFLAGS', '')} -g0"  # symbols for a debugger are two thirds of the size
    os.environ["MYPYPATH"] = ":".join(name for name in ("worker", "client", "models") if Path(name).is_dir())
    sources = [
        str(path)
        for room in ROOMS
        for path in sorted(Path().glob(room))
        if path.name != "__init__.py" and path.as_posix() not in INTERPRETED
    ]
    flags = ["--config-file=", "--namespace-packages", "--explicit-package-bases", "--follow-imports=silent"]
    flags += ["--ignore-missing-imports", *sources]
    modules = mypycify(
        flags, opt_level="2", group_name=GROUP, target_dir="build/c"
    )  # build/khabar would look like a root
    with TemporaryDirectory() as temporary:
        distribution = Distribution({"name": GROUP, "ext_modules": modules})
        command = distribution.get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(folder / "worker"), temporary
        command.ensure_finalized()
        command.run()
    return sorted((folder / "worker").rglob("*.so")) + sorted((folder / "worker").rglob("*.pyd"))


def main(folder: Path) -> None:
    """Write a copy of worker/ with the compiled modules beside their sources."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "worker", folder / "worker", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for module in compile_into(folder.absolute()):
        sys.stdout.write(f"{module}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
