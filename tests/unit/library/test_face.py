"""`import khabar`: a few names, cheap to have, and what is said where the service is not installed."""

import ast
import os
import sysconfig
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType

import pytest

import khabar

ROOT = Path(__file__).parents[3]
HEAVY = ("celery", "kombu", "marisa_trie", "numpy", "onnxruntime", "orjson", "pydantic", "redis", "threadpoolctl")
# The client as it is installed alone: its own three folders and the packages, without the path files of a development checkout.
CLIENT_ALONE = f"""
import sys
sys.path += {[str(ROOT / part) for part in ("client", "producers", "consumers")] + [sysconfig.get_path("purelib")]!r}
import khabar
"""


def test_importing_khabar_imports_nothing_heavy(python: Callable[..., str]) -> None:
    """A scraper that only catches an error, or a command line that only shows its help, must not wait for numpy."""
    code = f"import khabar, sys; khabar.KhabarError; print([name for name in {HEAVY} if name in sys.modules])"
    assert python(code) == "[]"


@pytest.mark.parametrize("name", khabar.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """A table of names can name what is not there any more."""
    assert getattr(khabar, name) is not None
    assert name in dir(khabar)


def test_the_version_is_that_of_the_installed_service() -> None:
    """The client knows its own; both are released together."""
    assert khabar.__version__ == version("khabar") == version("khabar-client")


def test_no_module_takes_a_public_name() -> None:
    """Python sets `khabar.extract` to a module of that name whenever it is imported; the function would be gone."""
    modules = {module.name for module in iter_modules(khabar.__path__)}
    assert modules.isdisjoint(khabar.__all__)


def test_extract_stays_the_function_whatever_is_imported() -> None:
    """There are modules called extract deeper in the house."""
    for module in ("khabar.pipeline.extract", "khabar.cli.commands.extract", "khabar.extractors.registry"):
        import_module(module)
    assert isinstance(khabar.extract, FunctionType)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    """hasattr, and every tool that asks for what may be there, rely on it."""
    assert not hasattr(khabar, "extrakt")


def test_type_checkers_see_the_names_that_are_there() -> None:
    """What is imported for type checkers alone is run by nobody, so it could say anything."""
    tree = ast.parse(Path(khabar.__file__ or "").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    typed = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert typed == khabar._MODULES
    assert {*typed, "__version__"} == set(khabar.__all__)
    assert sorted(khabar.__all__) == khabar.__all__


@pytest.mark.parametrize(
    "use", ["khabar.extract", "khabar.open_pipeline", "khabar.Extractor", "from khabar import extract"]
)
def test_the_client_alone_says_what_extraction_needs(python: Callable[..., str], use: str) -> None:
    """A name that fails without a reason sends people to the source."""
    code = f"{CLIENT_ALONE}\ntry:\n    {use}\nexcept ImportError as error:\n    print(error)"
    name = use.rpartition(".")[2].rpartition(" ")[2]
    assert python(code, "-I", "-S") == (
        f"khabar.{name} needs the package khabar, because it extracts in this process; only khabar-client is installed; "
        "run: pip install khabar"
    )


def test_the_client_alone_has_all_that_speaks_to_the_queue(python: Callable[..., str]) -> None:
    """Whoever sends and reads must not have to install the service."""
    names = [name for name in khabar.__all__ if name not in ("Extractor", "extract", "open_pipeline")]
    code = f"{CLIENT_ALONE}\nprint(all(getattr(khabar, name) for name in {names}), 'numpy' in sys.modules)"
    assert python(code, "-I", "-S", PATH=os.environ["PATH"]) == "True False"
