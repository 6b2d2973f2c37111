"""`python -m manual.site FOLDER`: what the site is built from. A link that leaves docs/ works there too.

The pages of docs/ are copied; of the pages beside it (SECURITY.md and others) copies stand in `repository/`. A link to another
file of the repository becomes the file's path: the site does not have it.
"""

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
LINK: Final = re.compile(r"\[([^\]]*)\]\((?!\w+:)([^)#\s]+)(#[^)\s]*)?\)")
IS_SITES: Final = {".md", ".png", ".json", ".mjs", ".yml", ".conf"}


def stage(folder: Path) -> None:
    """Copy pages and configuration into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DOCS, folder / "docs")
    shutil.copy(ROOT / "zensical.toml", folder)
    (folder / "docs" / "repository").mkdir()
    for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        place = placed(page)
        (folder / "docs" / place).write_text(relinked(page, page.read_text(encoding="utf-8")), encoding="utf-8")


def placed(file: Path) -> Path:
    """Return the place of a repository page in the site."""
    return file.relative_to(DOCS) if file.is_relative_to(DOCS) else Path("repository") / file.name


def relinked(page: Path, text: str) -> str:
    """Return a page's text with its links as the site needs them."""

    def link(found: re.Match[str]) -> str:
        words, target, anchor = found[1], Path(os.path.normpath(page.parent / found[2])), found[3] or ""
        is_inside = target.is_relative_to(DOCS) and target.suffix in IS_SITES
        if is_inside or (target.parent == ROOT and target.suffix == ".md"):
            return f"[{words}]({os.path.relpath(placed(target), placed(page).parent)}{anchor})"
        path = str(target.relative_to(ROOT))
        return words if words in {path, target.name} else f"{words} (`{path}`)"

    return LINK.sub(link, text)


if __name__ == "__main__":
    stage(Path(sys.argv[1]))
