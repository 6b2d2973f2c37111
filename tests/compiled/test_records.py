"""Records of the compiled modules and of pure Python: the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPILED = ROOT / "build" / "compiled" / "worker"
# Of other outlets, where they are; without them, articles that tests write.
OTHERS = ROOT.parents[1] / "shared" / "data" / "news_other" / "articles.jsonl.gz"


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("recognizer", "count"), [("fast", 600), ("accurate", 30)])
def test_compiled_modules_change_no_byte_of_a_record(recognizer: str, count: int, tmp_path: Path) -> None:
    """Who compiles khabar, or stops to, has no other records than before and need not make old ones anew."""
    if not list(COMPILED.rglob("openings.*.so")):
        pytest.skip("compiling takes minutes; `make compiled` does it and runs this test")
    if recognizer == "accurate":
        pytest.importorskip("onnxruntime", reason="the accurate recognizer needs onnxruntime")
    chosen = (str(OTHERS), str(count)) if OTHERS.is_file() else ()
    modules = {}
    for name, path in (("pure", ""), ("compiled", str(COMPILED))):
        command = [sys.executable, "-m", "tests.compiled.records", str(tmp_path / name), recognizer, *chosen]
        environment = os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": "0"}
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        modules[name] = done.stdout.split()[-1]
    assert modules["pure"].endswith(".py")
    assert modules["compiled"].endswith(".so")
    assert (tmp_path / "pure").read_bytes() == (tmp_path / "compiled").read_bytes()
