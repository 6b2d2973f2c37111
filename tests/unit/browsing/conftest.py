"""Records of the sample article."""

import json
from typing import Any

import pytest

from tests.unit.page.conftest import FLOOD


@pytest.fixture
def flood_twice() -> list[dict[str, Any]]:
    """The sample article, and a copy of it in another outlet an hour later."""
    first = json.loads(FLOOD.read_text(encoding="utf-8"))
    article = first["article"] | {"id": "copy", "source": "الرأي", "published_at": "2026-08-14T01:00:00"}
    return [first, first | {"article": article, "outcome_id": "o-copy"}]
