"""What README and "Plug it in" show runs as it stands: the library's example, and every snippet against one service."""

import csv
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.keys.names import DEFAULT_REDIS_URL
from tests.acceptance.service import Service
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PLUG_IN = (ROOT / "docs" / "how-to" / "plug_in.md").read_text(encoding="utf-8")
SENTENCE = 'قال الوزير أحمد صالح إن "المشروع سيبدأ غدا" في عدن.'
SPIDER = f"""
import scrapy

class News(scrapy.Spider):
    name = "news"

    async def start(self):
        yield {{"title": "من سكرابي", "text": {SENTENCE!r}, "url": "https://example.org/scrapy"}}
"""


def snippets(page: str, title: str, language: str) -> list[str]:
    """Return a page's blocks of code of one language under a heading, up to the next one of its level or above."""
    level = title.partition(" ")[0]
    section = page.partition(f"\n{title}\n")[2]
    section = re.split(rf"^#{{1,{len(level)}}} ", section, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def test_the_library_s_example_finds_who_said_what() -> None:
    """It needs no service, and prints what it has found."""
    [code] = snippets(README, "## Use it from Python", "python")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "المشروع سيبدأ غدا" in done.stdout
    assert "عدن" in done.stdout


class Reader:
    """Somebody who pastes snippets beside a running service, in a folder of their own."""

    def __init__(self, folder: Path, service: Service) -> None:
        self.folder = folder
        self.service = service
        tools = [str(Path(sys.executable).parent), os.environ["PATH"]]
        self._env = os.environ | service.env | {"PATH": os.pathsep.join(tools)}

    def adapted(self, text: str) -> str:
        """Put this service in the place of README's."""
        return text.replace(DEFAULT_REDIS_URL, self.service.url).replace("-p 6390", f"-p {self.service.port}")

    def paste(self, text: str) -> str:
        """Run lines of a shell to their end, and return what they print."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.adapted(text)],
            cwd=self.folder,
            env=self._env,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *command: str) -> "subprocess.Popen[str]":
        """Run what does not end of itself."""
        return subprocess.Popen(command, cwd=self.folder, env=self._env, stderr=subprocess.PIPE, text=True)

    def waits_for(self, expected: int) -> bool:
        """Wait until so many articles are records."""
        return wait_until(lambda: self.service.client.xlen(self.service.names.records) == expected, timeout_s=60)

    def ends_after_all(self, group: str, command: list[str]) -> None:
        """Start a consumer that waits for ever, and end it by SIGTERM when its group has acknowledged every record."""
        client, names = self.service.client, self.service.names

        def is_through() -> bool:
            state = {
                each["name"]: (each["pending"], each["entries-read"]) for each in client.xinfo_groups(names.records)
            }
            return state.get(group.encode()) == (0, client.xlen(names.records))

        with self.start(*command) as consumer:
            wait_until(lambda: is_through() or consumer.poll() is not None, timeout_s=60)
            assert consumer.poll() is None  # it waits for more
            consumer.send_signal(signal.SIGTERM)
            consumer.communicate(timeout=60)
        assert consumer.returncode == 0


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reader")
    with Service(folder / "var", children=1, layers="quotations") as service:
        yield Reader(folder, service)


@pytest.mark.timeout(400)
@pytest.mark.skipif(
    not (shutil.which("redis-cli") and shutil.which("jq")),
    reason="redis-cli or jq is not here; Debian's packages redis-tools and jq have them",
)
def test_every_snippet_of_plug_it_in_runs(reader: Reader) -> None:
    """In the page's order: each producer brings articles, and each consumer finds all of them."""
    _articles_in(reader)
    _records_out(reader)


def _articles_in(reader: Reader) -> None:
    files, relay, redis_cli = snippets(PLUG_IN, "## Articles in", "sh")
    settings, publisher = snippets(PLUG_IN, "## Articles in", "python")
    (reader.folder / "crawl").mkdir()
    (reader.folder / "crawl" / "one.json").write_text(
        json.dumps({"title": "ملف", "text": SENTENCE, "url": "https://example.org/file"})
    )
    (reader.folder / "export.csv").write_text(
        f"العنوان,المحتوى,نشر_في\nجدول,{json.dumps(SENTENCE, ensure_ascii=False).replace(chr(92), chr(34))},2026-09-16\n"
    )
    paragraphs = "".join(
        f"<p>{SENTENCE} وأضاف أن العمل في المرحلة {number} يجري كما هو مقرر.</p>" for number in "12345"
    )
    (reader.folder / "page.html").write_text(f"<html><title>من صفحة</title><article>{paragraphs}</article></html>")
    reader.paste(files)
    reader.waits_for(3)

    (reader.folder / "scrapy.cfg").write_text("[settings]\ndefault = settings\n")
    (reader.folder / "settings.py").write_text(reader.adapted(settings), encoding="utf-8")
    (reader.folder / "spider.py").write_text(SPIDER, encoding="utf-8")
    reader.paste("scrapy runspider spider.py")
    reader.waits_for(4)

    item = json.dumps({"title": "من قائمة", "text": SENTENCE, "url": "https://example.org/list"})
    reader.service.client.rpush("myspider:items", item)
    with reader.start(*relay.split()) as moving:
        reader.waits_for(5)
        moving.send_signal(signal.SIGTERM)
        _, errors = moving.communicate(timeout=60)
    assert (moving.returncode, errors) == (0, "1 accepted, 0 rejected\n")

    reader.paste(redis_cli)
    reader.waits_for(6)
    publisher = reader.adapted(publisher).replace('"text": "…"', f'"text": {SENTENCE!r}')
    reader.paste(f"{shlex.quote(sys.executable)} -c {shlex.quote(publisher)}")
    reader.waits_for(7)
    assert reader.service.client.xlen(reader.service.names.dead) == 0


def _records_out(reader: Reader) -> None:
    files, quoted = snippets(PLUG_IN, "## Records out", "sh")
    [stream] = snippets(PLUG_IN, "## Records out", "python")
    ending, following = [
        [line for line in files.splitlines() if ("--follow" in line) is follows] for follows in (False, True)
    ]
    reader.paste("\n".join(ending))
    lines = (reader.folder / "archive.jsonl").read_text(encoding="utf-8").splitlines()
    titles = {json.loads(line)["data"]["article"]["title"] for line in lines}
    assert (len(lines), titles) == (7, {"ملف", "جدول", "من صفحة", "من سكرابي", "من قائمة", "وصول الوفد", "…"})
    assert list((reader.folder / "news.parquet").glob("*.parquet"))

    said = [line.split("\t") for line in reader.paste(quoted).splitlines()]
    assert ["أحمد صالح", "المشروع سيبدأ غدا"] in said

    reader.ends_after_all("tables", following[0].split())
    with (reader.folder / "tables.csv" / "articles.csv").open(encoding="utf-8", newline="") as file:
        assert {row["title"] for row in csv.DictReader(file)} == titles
    reader.ends_after_all("monitor", [sys.executable, "-c", reader.adapted(stream)])
