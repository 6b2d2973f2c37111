"""The pages in headless Chromium: on a phone and a desktop, light and dark, by axe-core's rules, and with hostile records.

PICTURES=FOLDER writes a picture of each.
"""

import html
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from khabar.browsing.index import Index
from khabar.page.page import record_frame, record_page
from khabar.pipeline.left_out import left_out
from tests.unit.browsing.test_pages import STORY, Site, hostile
from tests.unit.page.conftest import FLOOD
from tests.unit.page.poison import POISON

HERE = Path(__file__).parent
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
LACKING = [
    what
    for what, there in {
        "Chromium (Debian's package chromium)": CHROMIUM,
        "Node.js": shutil.which("node"),
        "the packages in tests/browser/node_modules": (HERE / "node_modules").is_dir(),
    }.items()
    if not there
]
pytestmark = [
    pytest.mark.skipif(bool(LACKING), reason=f"`make browser` installs and runs it; lacking: {', '.join(LACKING)}"),
    pytest.mark.timeout(1200),
]
RECORD: dict[str, Any] = json.loads(FLOOD.read_text(encoding="utf-8"))


def look(**pages: str) -> dict[str, Any]:
    """Open pages in the browser; return what was found, by name."""
    command = ["node", str(HERE / "look.mjs"), str(CHROMIUM), os.environ.get("PICTURES", "-")]
    done = subprocess.run(
        [*command, *(f"{name}={address}" for name, address in pages.items())], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def assert_fine(found: dict[str, Any]) -> None:
    """Require that nothing is wrong with a page, and that axe-core looked at it."""
    assert (found["violations"], found["errors"], found["requests"], found["wide"]) == ([], [], [], [])
    assert found["passes"] > 40


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`khabar browse` over the sample article, a story, and hostile records."""
    index = Index(tmp_path_factory.mktemp("browse") / "index.sqlite", keep=1000)
    index.add([(None, each, 0) for each in [RECORD, *(hostile(RECORD, poison) for poison in POISON)]])
    index.add_stories([STORY | {"id": "s1"}])
    made = Site(index)
    yield made
    made.close()
    index.close()


def test_the_page_of_a_record(tmp_path: Path) -> None:
    """Readable, reachable by keyboard, and told by a finger, a pointer or the keyboard what each mark says."""
    path = tmp_path / "page.html"
    path.write_text(record_page(RECORD, left_out(RECORD)), encoding="utf-8")
    found = look(record=path.as_uri())["record"]
    assert_fine(found)
    for width in ("390", "1280"):
        card = found["cards"][width]
        assert "هيئة الطرق والجسور" in card["pointed"]
        assert "Organisations" in card["pointed"]
        assert (card["inside"], card["after"]) == (True, False)
        assert card["focused"] != ""


def test_the_pages_of_browse(site: Site) -> None:
    """Search, record, stories, a story, and the overview."""
    at = f"http://127.0.0.1:{site.port}"
    key = site.get("/?q=%22Port+Sudan%22")[2].split('href="/record/')[1].partition('"')[0]
    found = look(
        search=f"{at}/?q=%D8%A7%D9%84%D8%B7%D8%B1%D9%8A%D9%82&person=x&place=",
        records=f"{at}/",
        one=f"{at}/record/{key}",
        stories=f"{at}/stories",
        story=f"{at}/story/s1",
        overview=f"{at}/overview?days=all",
    )
    for each in found.values():
        assert_fine(each)


def test_hostile_records_run_nothing_and_ask_for_nothing(tmp_path: Path) -> None:
    """What a parser finds inert is tried in what it is meant for."""
    pages = {}
    for number, poison in enumerate(POISON):
        path = tmp_path / f"{number}.html"
        path.write_text(record_page(hostile(RECORD, poison) | {"custom": {"x": {poison: poison}}}), encoding="utf-8")
        pages[f"p{number}"] = path.as_uri()
    found = look(**dict(list(pages.items())[:6]))
    for each in found.values():
        assert (each["errors"], each["requests"], each["violations"], each["wide"]) == ([], [], [], [])


def test_a_frame_in_a_notebook_leaves_the_notebook_alone(tmp_path: Path) -> None:
    """Its style reaches nothing outside, and the notebook's reaches nothing inside."""
    path = tmp_path / "notebook.html"
    outside = "<style>h1 { display: none }</style><h2 id=said>mine</h2>"
    path.write_text(
        f"<!doctype html><html lang=en><title>x</title><main>{outside}{record_frame(RECORD)}</main>", encoding="utf-8"
    )
    found = look(notebook=path.as_uri())["notebook"]
    assert found["errors"] == []
    assert [each for each in found["requests"] if each != "about:srcdoc"] == []
    assert html.escape(RECORD["article"]["title"]) in path.read_text(encoding="utf-8")
