"""The notebook, run by Jupyter itself."""

import json
from pathlib import Path
from typing import Any

from tests.examples.shell import copied, run


def test_the_notebook_runs_and_shows_the_record(tmp_path: Path) -> None:
    """A cell that raises ends the command; what the cells print is the record's."""
    example = copied("notebook", tmp_path)
    env = {
        "KHABAR_RECOGNIZER": "fast",
        "KHABAR_LAYERS": "entities,quotations,quantities,temporal",  # those that the cells ask for
        "IPYTHONDIR": str(tmp_path / "ipython"),  # nothing is left in the home of whoever runs the tests
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }
    run("notebook", example, env=env, instead={})
    cells = json.loads((example / "executed.ipynb").read_text(encoding="utf-8"))["cells"]
    outputs: list[dict[str, Any]] = [output for cell in cells for output in cell.get("outputs", [])]
    shown = "".join("".join(output.get("text", output.get("data", {}).get("text/plain", ""))) for output in outputs)
    assert "سلمى باوزير | فرق الإنقاذ وصلت إلى كل القرى" in shown
    assert "('أربعة أشخاص', 4.0, 'wounded')" in shown
    assert "('اليوم الخميس', '2026-09-17')" in shown
    assert "<iframe" in "".join(outputs[-1]["data"]["text/html"])
