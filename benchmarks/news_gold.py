"""Scores the records of khabar against annotated articles, with the errors by kind: the tables of docs/explanation/quality.md.

    python -m benchmarks.news_gold [--gold DIR] [--scorer FILE] [--misses LAYER]

The annotated articles and their scorer are not part of khabar; without them it says so and ends with 2.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson

from khabar.bootstrap import build_pipeline
from khabar.messages.article import Article
from khabar.pipeline.assemble import record_bytes
from khabar.settings import Settings

SHARED = Path(__file__).resolve().parents[2] / "shared"
GOLD = SHARED / "data" / "news_gold"
SCORER = SHARED / "tools" / "score_news_gold.py"
Claim = dict[str, Any]


def main() -> int:
    """Make the records, print the scorer's table and the errors by kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.news_gold", description=__doc__.splitlines()[0])
    parser.add_argument("--gold", type=Path, default=GOLD, help="folder of *.gold.json and *.article.json")
    parser.add_argument("--scorer", type=Path, default=SCORER)
    parser.add_argument("--misses", metavar="LAYER", help="print what was missed and what is spurious in a layer")
    options = parser.parse_args()
    for path in (options.gold, options.scorer):
        if not path.exists():
            print(f"{path} is missing; give --gold and --scorer", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "records.jsonl"
        records.write_bytes(b"".join(line + b"\n" for line in make_records(options.gold, options.scorer)))
        score = [sys.executable, str(options.scorer), str(options.gold), str(records)]
        if options.misses:
            return subprocess.run([*score, "--misses", options.misses], check=False).returncode
        print(f"khabar {version('khabar')}, {datetime.now(UTC):%Y-%m-%d}, {options.gold.name}\n", flush=True)
        subprocess.run(score, check=True)
        print(errors(options.gold, load(options.scorer), records))
    return 0


def make_records(gold: Path, scorer: Path) -> Iterator[bytes]:
    """Yield the record of each annotated article, as the deployed pipeline makes it."""
    pipeline = build_pipeline(Settings())
    listing = [sys.executable, str(scorer), str(gold), "--articles"]
    for line in subprocess.run(listing, capture_output=True, check=True).stdout.splitlines():
        yield record_bytes(pipeline(Article.model_validate_json(line)))


@cache
def load(path: Path) -> ModuleType:
    """Return the scorer as a module: what counts as a match is said in one place."""
    spec = importlib.util.spec_from_file_location("scorer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def errors(gold: Path, scorer: ModuleType, records: Path) -> str:
    """Return a markdown table: layer, kind of error, how many."""
    found = {record["article"]["id"]: record for record in map(orjson.loads, records.read_bytes().splitlines())}
    counts: dict[str, Counter[str]] = {layer: Counter() for layer in KINDS}
    for path in sorted(gold.glob("*.gold.json")):
        annotated = json.loads(path.read_text(encoding="utf-8"))
        for layer, kinds in KINDS.items():
            count(counts[layer], annotated[layer], found[annotated["id"]].get(layer) or [], scorer, kinds)
    lines = ["", "| layer | kind of error | n |", "|---|---|---:|"]
    lines += [f"| {layer} | {kind} | {n} |" for layer, kinds in counts.items() for kind, n in kinds.most_common()]
    return "\n".join(lines)


def count(
    counts: "Counter[str]",
    gold: list[Claim],
    claims: list[Claim],
    scorer: ModuleType,
    kinds: dict[str, Callable[[Claim, Claim], bool]],
) -> None:
    """Add the errors of one article's layer; doubtful annotations count neither way."""
    unsure = [g for g in gold if g.get("unsure")]
    sure = [g for g in gold if not g.get("unsure")]
    claims = [claim for claim in claims if not any(scorer.relaxed(g, claim) for g in unsure)]
    pairs = scorer.match(sure, claims, scorer.relaxed)
    counts["right"] += sum(all(right(g, p) for right in kinds.values()) and scorer.exact(g, p) for g, p in pairs)
    counts["missed"] += len(sure) - len(pairs)
    counts["spurious"] += len(claims) - len(pairs)
    counts["other boundaries"] += sum(not scorer.exact(g, p) for g, p in pairs)
    for kind, right in kinds.items():
        counts[f"wrong {kind}"] += sum(not right(g, p) for g, p in pairs)


def same(key: str) -> Callable[[Claim, Claim], bool]:
    """Compare one key."""
    return lambda g, p: g.get(key) == p.get(key)


def spelling(text: str | None) -> str:
    """Return a name as the scorer compares names."""
    return str(load(SCORER).canonical(text)) if text else ""


def same_speaker(g: Claim, p: Claim) -> bool:
    """Compare the speakers' names."""
    return spelling(g.get("speaker")) == spelling((p.get("speaker") or {}).get("name"))


def same_cue(g: Claim, p: Claim) -> bool:
    """Compare the cues' words."""
    return spelling(g.get("cue")) == spelling((p.get("cue") or {}).get("text"))


def same_numbers(g: Claim, p: Claim) -> bool:
    """Compare value, or bounds where the value is null."""
    keys = ("value",) if g.get("value") is not None else ("value", "lower", "upper")
    return all(
        (g.get(key) is None and p.get(key) is None)
        or (None not in (g.get(key), p.get(key)) and abs(g[key] - p[key]) <= 1e-6 * max(1.0, abs(g[key])))
        for key in keys
    )


KINDS: dict[str, dict[str, Callable[[Claim, Claim], bool]]] = {
    "quotations": {"speaker": same_speaker, "cue": same_cue, "kind": same("kind"), "pro-drop": same("pro_drop")},
    "quantities": {
        "value": same_numbers,
        "modifier": same("modifier"),
        "category": same("category"),
        "unit": lambda g, p: spelling(g.get("unit")) == spelling(p.get("unit")),
    },
    "temporal": {"type": same("type"), "value": same("value"), "mod": same("mod")},
}

if __name__ == "__main__":
    sys.exit(main())
