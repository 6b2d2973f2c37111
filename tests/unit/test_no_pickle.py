"""Nothing that comes from outside is unpickled."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("client", "producers", "worker", "consumers", "command", "models")
UNSAFE = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib", "yaml"}
# Reads the data files of the package PyFarasa, built-in containers only (tests of the engine hold that).
# Reads the tables that khabar itself wrote beside its code; whoever can change them can change the code.
ALLOWED = {"worker/khabar/engines/farasa_embedded/source.py", "worker/khabar/lexicons/kept.py"}


def test_only_what_reads_our_own_files_imports_pickle() -> None:
    """Of the two, one refuses every name and the other reads nothing but what stands in khabar's own folder."""
    importers = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)) if any(name in text for name in UNSAFE) else ():
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                if UNSAFE & {name.partition(".")[0] for name in names}:
                    importers.add(str(path.relative_to(ROOT)))
    assert importers == ALLOWED


def test_celery_accepts_json_alone() -> None:
    """For tasks and for results, whatever a later default says."""
    from khabar.host.celery_app import create_app
    from khabar.settings import Settings

    conf = create_app(Settings()).conf
    assert (conf.accept_content, conf.result_accept_content, conf.task_serializer) == (["json"], ["json"], "json")
