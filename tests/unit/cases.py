"""Cases as data: one JSON object a line."""

import json
from pathlib import Path
from typing import Any


def load_cases(path: Path) -> list[dict[str, Any]]:
    """Read a file of cases; lines that begin with `#` tell about them."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if not line.startswith("#")]
