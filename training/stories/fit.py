"""Fit the two decisions on records of the labelled pairs, and say what each window that is left out scores.

    python -m training.stories.fit RECORDS.jsonl [--keep]

RECORDS.jsonl holds the records of the articles that pairs.tsv names, and of others of the same days: their words are counted.
`--keep` keeps the table of how common terms are.
"""

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from khabar.messages.record import Record
from khabar.models import STORIES
from khabar.stories.decisions import BIAS, COPIED, LIKELY, can_be_copies
from khabar.stories.digest import Digest, day_of, digest
from khabar.stories.grouping import WINDOW_DAYS
from khabar.stories.pairs import features
from khabar.stories.terms import LiveRarity, Rarity, name_codes, place_code, word_codes
from khabar.stories.window import Window

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
PAIRS: Final = Path(__file__).with_name("pairs.tsv")
_DOUBTFUL: Final = 0.5  # a doubtful pair counts half
_TIMELESS: Final = "without a time"
_STEPS: Final = 50
_BOTH: Final = (
    "words", "words_told", "words_gap", "lead", "lead_gap", "title", "title_told", "figures", "figures_own", "days", "days_apart",
    "dateline_other", "gap", "same_day", "contained", "resemblance", "contained_outlet",
)  # fmt: skip
# What each decision looks at, and how strongly its weights are held back: chosen on the windows left out.
DECISIONS: Final = {
    "same": (
        "DS",
        (
            *_BOTH, "lead_told", "lead_own", "names_told", "places_told", "figures_shared", "dateline_same", "shorter", "ratio",
            "title_lead", "top_least", "lead_rare",
        ),
        30.0,
    ),
    "copy": (
        "D",
        (
            *_BOTH, "lead_outlet", "lead_least", "names", "outlet", "words_outlet", "contained_gap", "contained_names",
            "contained_figures", "terms", "names_rare", "ratio", "dateline_same",
        ),
        10.0,
    ),
}  # fmt: skip


class Pairs(NamedTuple):
    """N labelled pairs.

    Attributes:
        columns: feature -> (N,) values. label: (N,) of D, S, T, R, N. doubtful: (N,). window: (N,) names.
    """

    columns: dict[str, Values]
    label: NDArray[Any]
    doubtful: Flags
    window: NDArray[Any]


def main(arguments: Sequence[str]) -> int:
    """Fit, score, and write the weights."""
    digests = _digests(Path(arguments[0]), keep="--keep" in arguments)
    pairs = read_pairs(digests)
    print(f"{len(pairs.label)} pairs")  # noqa: T201
    for name, (wanted, columns, penalty) in DECISIONS.items():
        table = np.stack([pairs.columns[column] for column in columns], axis=1)
        truth = np.isin(pairs.label, list(wanted))
        weight = np.where(pairs.doubtful, _DOUBTFUL, 1.0)
        if name == "same":  # an article without a time has come from another year, perhaps
            weight *= pairs.window != _TIMELESS
        found = np.zeros(len(truth))
        for window in sorted(set(pairs.window)):
            out = pairs.window == window
            found[out] = likely(table[out], fit(table[~out], truth[~out], weight[~out], penalty=penalty))
        says_yes = (found >= COPIED) & can_be_copies(pairs.columns) if name == "copy" else found >= LIKELY
        for line in report(name, says_yes, truth, pairs):
            print(line)  # noqa: T201
        weights = fit(table, truth, weight, penalty=penalty)
        rows = [f"{BIAS}\t{weights[0]:.3f}\n"]
        rows += [f"{column}\t{value:.3f}\n" for column, value in zip(columns, weights[1:], strict=True)]
        (STORIES / f"{name}.tsv").write_text("".join(rows), encoding="utf-8")
    return 0


def fit(table: Values, truth: Flags, weight: Values, *, penalty: float) -> Values:
    """Return bias and weights of a logistic regression, by Newton's method over standardized features."""
    mean, spread = table.mean(0), table.std(0) + 1e-6
    rows = np.column_stack([np.ones(len(table)), (table - mean) / spread])
    ridge = np.eye(rows.shape[1]) * penalty
    ridge[0, 0] = 1e-6
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        guess = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (weight * (guess - truth)) + ridge @ weights
        curve = (rows * (weight * guess * (1 - guess))[:, None]).T @ rows + ridge
        weights -= np.linalg.solve(curve, slope)
    plain = weights[1:] / spread
    return np.concatenate([[weights[0] - plain @ mean], plain])


def likely(table: Values, weights: Values) -> Values:
    """Return how likely each row is."""
    return np.asarray(1 / (1 + np.exp(-(weights[0] + table @ weights[1:]))))


def report(name: str, found: Flags, truth: Flags, pairs: Pairs) -> Iterator[str]:
    """Say precision and recall: of all pairs, of those without doubt, of each window, and of simple rules beside it."""
    everything = np.ones(len(truth), np.bool_) if name == "copy" else pairs.window != _TIMELESS
    yield f"{name}, all: {_score(found, truth, everything)}; without doubt: {_score(found, truth, everything & ~pairs.doubtful)}"
    for window in sorted(set(pairs.window[everything])):
        chosen = pairs.window == window
        yield f"  {window}: {_score(found, truth, chosen)}; without doubt: {_score(found, truth, chosen & ~pairs.doubtful)}"
    for column in ("words", "contained", "resemblance"):  # as they would do alone
        limits = np.unique(pairs.columns[column])
        best = max(limits, key=lambda limit: _f1(pairs.columns[column] >= limit, truth))
        yield f"  {column} >= {best:.2f} alone, fitted on all: {_score(pairs.columns[column] >= best, truth, everything)}"


def _score(found: Flags, truth: Flags, chosen: Flags) -> str:
    right = (found & truth & chosen).sum()
    precision, recall = right / max(1, (found & chosen).sum()), right / max(1, (truth & chosen).sum())
    return f"P {100 * precision:.1f} R {100 * recall:.1f} (n {chosen.sum()}, {(truth & chosen).sum()} yes)"


def _f1(found: Flags, truth: Flags) -> float:
    return float(2 * (found & truth).sum() / max(1, found.sum() + truth.sum()))


def _digests(path: Path, *, keep: bool) -> dict[str, Digest]:
    """Return the digests as a grouping makes them, whose window knows the articles of the seven days before."""
    if not keep:
        Rarity.count(terms(record) for record in _records(path)).save(STORIES)
    wanted = {name for line in _lines() for name in line[:2]}
    rarity = LiveRarity(Rarity.load())
    window, kept, found = Window(rarity), deque[tuple[float, int]](), {}
    for record in sorted(_records(path), key=_day):
        day = _day(record)
        while kept and kept[0][0] < day - WINDOW_DAYS:
            window.drop(kept.popleft()[1])
        made = digest(record, rarity)
        kept.append((day, window.add(made, day=day)))
        if record.article.id in wanted:
            found[record.article.id] = made
    return found


def _day(record: Record) -> float:
    moment = record.article.published_at or record.article.scraped_at
    return day_of(moment) if moment else 0.0


def terms(record: Record) -> Iterator[int]:
    """Yield the codes of the terms of a record that the table counts."""
    yield from word_codes(record.text)
    for entity in record.entities or ():
        if entity.type == "LOC":
            yield place_code(entity.key)
        else:
            yield from name_codes(entity.key)


def _records(path: Path) -> Iterator[Record]:
    with path.open("rb") as file:
        yield from map(Record.model_validate_json, file)


def _lines() -> list[list[str]]:
    rows = PAIRS.read_text(encoding="utf-8").splitlines()
    return [row.split("\t") for row in rows if not row.startswith("#")]


def read_pairs(digests: dict[str, Digest]) -> Pairs:
    """Return the features of the pairs both of whose articles have a digest."""
    window = Window(LiveRarity(Rarity.load()))
    lines = [line for line in _lines() if line[0] in digests and line[1] in digests]
    found: list[dict[str, Any]] = []
    names = []
    for first, second, *_ in lines:
        one, other = digests[first], digests[second]
        day, its_day = one.day or other.day or 0.0, other.day or one.day or 0.0  # one without a time comes as it is new
        row = window.add(other, day=its_day)
        found.append(features(one, day, window.gather([row])))
        window.drop(row)
        names.append(_window_of(one))
    columns = {name: np.array([float(each[name][0]) for each in found]) for name in found[0]}
    return Pairs(
        columns, np.array([line[2] for line in lines]), np.array([line[3] == "1" for line in lines]), np.array(names)
    )


def _window_of(one: Digest) -> str:
    """Return the window that is left out as a whole: months of Saudi papers, parts of 2018, other outlets' years."""
    if one.day is None:
        return _TIMELESS
    month = str(np.datetime64(int(one.day or 0), "D"))[:7]
    if month.startswith("2018"):
        return "2018, to May" if month < "2018-06" else "2018, from June"
    if month < "2011":
        return "BBC and CNN, 2009 and 2010"
    if month.startswith("2021"):
        return "an Algerian site, 2021"
    return {"2015-07": "Saudi papers, July 2015", "2015-08": "Saudi papers, August 2015"}.get(month, "other years")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
