"""What the documentation points at is there: links, paths, and every folder that README explains."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    path.relative_to(ROOT)
    for path in [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("*/README.md"),
        *ROOT.glob("examples/*/README.md"),
    ]
)
LINK = re.compile(r"\]\(([^)#\s]+)")
# A path of the repository in running text: its first folder is one of ours, and it names a file or a folder in it.
FOLDERS = "client|producers|consumers|worker|command|models|training|benchmarks|examples|tests|docs|khabar"
PATH = re.compile(rf"(?<![\w/.<-])((?:{FOLDERS})/[\w./-]*\w)")
MODULE = re.compile(r"(?<![\w./])(?:python -m )((?:khabar|training|benchmarks|tests)(?:\.\w+)*)")


def exists(path: str) -> bool:
    """Tell whether there is such a file or folder; one below khabar/ may lie in any of the roots."""
    if path.startswith("khabar/"):
        return any((root / path).exists() for root in ROOT.iterdir() if (root / "khabar").is_dir())
    return (ROOT / path).exists()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    """A reader who follows one must not end nowhere."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in LINK.findall(text) if not link.startswith(("http:", "https:", "mailto:"))]
    lost = [link for link in links if not (ROOT / page.parent / link).exists()]
    if page.name != "CHANGELOG.md":  # it names what was
        lost += [path for path in PATH.findall(re.sub(r"\]\([^)]*\)", "]", text)) if not exists(path.removesuffix("/"))]
        modules = [module.replace(".", "/") for module in MODULE.findall(text)]
        lost += [module for module in modules if not (exists(f"{module}.py") or exists(module))]
    assert lost == []


def test_pages_that_code_names_are_there() -> None:
    """Messages, settings and comments send readers to pages; a page that moves takes them along."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not files:
        pytest.skip("no git checkout")
    kinds = (".py", ".toml", ".yml", ".txt", ".lua", ".json", "Makefile", "Dockerfile")
    named = {
        (name, page)
        for name in files
        if name.endswith(kinds) and not name.startswith("tests/unit/messages/cases/") and (ROOT / name).is_file()
        for page in re.findall(r"(?<![\w/.])docs/[\w./-]+\.(?:md|json|yml)", (ROOT / name).read_text(encoding="utf-8"))
    }
    assert named
    assert sorted(f"{name}: {page}" for name, page in named if not (ROOT / page).exists()) == []


def test_readme_explains_every_folder_of_the_top() -> None:
    """A stranger reads there what each is for."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not listed:
        pytest.skip("no git checkout")
    folders = {path.partition("/")[0] for path in listed if "/" in path and not path.startswith(".")}
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The folders")[2]
    assert folders
    assert {folder for folder in folders if f"{folder}/" not in section} == set()


def test_the_recipe_counts_each_voice_once_an_article() -> None:
    """docs/how-to/recipes.md as a reader would run it."""
    recipe = (
        (ROOT / "docs/how-to/recipes.md").read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    )

    def said(name: str, gender: str | None) -> dict[str, object]:
        return {"speaker": {"name": name, "gender": gender}}

    article = {"source": "الرأي", "published_at": "2024-05-03T10:00:00Z", "scraped_at": None}
    records = [
        {"article": article, "quotations": [said("هند", "f"), said("هند", "f"), {"speaker": None}], "statements": None},
        {"article": article, "quotations": [], "statements": [said("كريم", "m"), said("الوزارة", None)]},
    ]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    done = subprocess.run([sys.executable, "-c", recipe], input=lines, capture_output=True, text=True, check=True)
    assert done.stdout == "الرأي\t2024-05\t50.0 %\tof 2\n"


def quoted_records() -> str:
    """Return two records as lines: one person in two spellings, one without a Latin name, one body."""

    def one(key: str, kind: str, name: str, latin: str | None) -> dict[str, object]:
        text = {"text": latin, "basis": "known"} if latin else None
        return {"id": "e1" if kind == "PER" else "e2", "type": kind, "key": key, "name": name, "name_latin": text}

    def said(*entities: str | None) -> list[dict[str, object]]:
        return [{"speaker": {"entity": entity} if entity else None} for entity in entities]

    body = one("وزاره", "ORG", "وزارة", "Ministry")
    records = [
        {
            "entities": [one("احمد", "PER", "أحمد", "Ahmed"), body],
            "quotations": said("e1", "e2"),
            "statements": said("e1"),
        },
        {
            "entities": [one("احمد", "PER", "احمد", "Ahmed"), body],
            "quotations": said("e1", None),
            "statements": said("e2"),
        },
        {"entities": [one("كشيمير", "PER", "كشيمير", None)], "quotations": said("e1"), "statements": said(None)},
    ]
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def test_the_recipe_of_duckdb_counts_the_quoted_people(tmp_path: Path) -> None:
    """docs/how-to/recipes.md as a reader would run it: a body does not count, spelling variants do together."""
    import duckdb

    query = (ROOT / "docs/how-to/recipes.md").read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    records = tmp_path / "records.jsonl"
    records.write_text(quoted_records(), encoding="utf-8")
    found = duckdb.sql(query.replace("records.jsonl", str(records))).fetchall()
    assert found == [("Ahmed", 3), ("كشيمير", 1)]


def test_the_recipe_of_jq_counts_the_quoted_people(tmp_path: Path) -> None:
    """docs/how-to/recipes.md as a reader would run it."""
    if shutil.which("jq") is None:
        pytest.skip("no jq")
    command = (ROOT / "docs/how-to/recipes.md").read_text(encoding="utf-8").partition("```sh\n")[2].partition("```")[0]
    (tmp_path / "records.jsonl").write_text(quoted_records(), encoding="utf-8")
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "3\tAhmed\n1\tكشيمير\n"
