"""docs/develop/adding.md: its command is one that works."""

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from khabar.cli.tree import build

PAGE = (Path(__file__).parents[3] / "docs" / "develop" / "adding.md").read_text(encoding="utf-8")
[(NAME, SOURCE)] = re.findall(r"^`(\w+)\.py`\n\n```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_command_of_the_guide_counts_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who copies it has a command among the others, with help for each argument."""
    (tmp_path / f"{NAME}.py").write_text(SOURCE, encoding="utf-8")
    spec = spec_from_file_location(f"khabar.cli.commands.{NAME}", tmp_path / f"{NAME}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # its place in the folder, without writing there
    spec.loader.exec_module(module)
    articles = tmp_path / "articles.jsonl"
    articles.write_text('{"text": "نص"}\n{"text": "نص آخر"}\n', encoding="utf-8")
    command = build(("segment", NAME))
    with pytest.raises(SystemExit) as ended:
        command([NAME, str(articles)])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"{articles}\t2\n")
    with pytest.raises(SystemExit):
        command([NAME, "--help"])
    assert "Files in any form that khabar reads." in capsys.readouterr().out
