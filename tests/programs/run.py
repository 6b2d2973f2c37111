"""Run a program in an environment of its own, and read what it made."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.messages.article import Article, parse_article
from khabar.publishing.publisher import ArticlePublisher
from khabar.relaying.relay import ListRelay
from khabar.sources import open_source
from tests.broker import Broker
from tests.programs import site
from tests.programs.scripts import Program

FIELDS: Final = ("title", "body", "url", "published_at", "authors", "source", "section", "tags", "description", "image")
INSTALL_S: Final = 600
RUN_S: Final = 120


class NotInstalled(Exception):
    """pip cannot install the program here; the message is its last line."""


@dataclass(frozen=True)
class Result:
    """What khabar made of a program's output.

    Attributes:
        version: of the program.
        articles: that khabar accepted.
        refused: reasons for those that it did not.
    """

    version: str
    articles: list[Article]
    refused: list[str]

    def filled(self, field: str) -> int:
        """How many articles have a field."""
        return sum(bool(getattr(article, field)) for article in self.articles)


def install(program: Program, folder: Path) -> Path:
    """Return the Python of an environment with the program; one a set of requirements.

    Raises:
        NotInstalled: pip cannot.
    """
    if program.through == "ledger":
        return Path(sys.executable)  # it needs khabar beside it
    place = folder / "-".join(sorted(program.requires)).replace("[", "_").replace("]", "_").replace("<", "_")
    python = place / "bin" / "python"
    if not (place / "installed").exists():
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", *program.requires]
        done = subprocess.run(pip, capture_output=True, text=True, timeout=INSTALL_S)
        if done.returncode:
            raise NotInstalled((done.stderr.strip().splitlines() or ["pip failed"])[-1][:200])
        (place / "installed").touch()
    return python


def run(program: Program, environments: Path, work: Path, broker: Broker) -> Result:
    """Run a program on the site and read its output as `khabar push` would.

    Raises:
        NotInstalled: pip cannot install it.
    """
    python = install(program, environments)
    (work / "out").mkdir(parents=True)
    site.write(work)
    script = f"BROKER = {broker.url!r}\n{program.script}"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-c", script], cwd=work, env=environment, capture_output=True, text=True, timeout=RUN_S
    )
    assert done.returncode == 0, done.stderr[-2000:]
    asked = f"from importlib.metadata import version; print(version({program.package!r}))"
    version = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
    articles, refused = _read_folder(work / "out") if program.through == "file" else _read_ledger(program, broker)
    return Result(version, articles, refused)


def _read_folder(folder: Path) -> tuple[list[Article], list[str]]:
    articles, refused = [], []
    for item in open_source(folder).items():
        try:
            if item.error is not None:
                raise item.error
            articles.append(parse_article(item.raw))
        except Exception as error:
            refused.append(str(error))
    return articles, refused


def _read_ledger(program: Program, broker: Broker) -> tuple[list[Article], list[str]]:
    with ArticlePublisher(broker.url) as publisher:
        if program.through == "list":
            ListRelay(broker.url, "news:items", publisher).run(until_empty=True)
        refused = [one.reason for one in publisher.report.refused]
    with broker.client() as client:
        entries = client.xrange(Names().ledger(Lane.LIVE))
        client.flushall()
    return [parse_article(entry[ARTICLE_FIELD]) for _, entry in entries], refused
