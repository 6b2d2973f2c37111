"""Builds the tables of names: python -m training.names.build --index FILE --people FILE --pairs FILE [--out FOLDER].

The files are names.sqlite3 of the package arabic-name-romanizer 0.2, ArWikiCats/jsons/people/peoples.json of arwikicats 0.2 and
data/dict_FINAL.json of arabnamer 0.1. One minute on one core.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from khabar.latin.letters import spell
from khabar.latin.persons import romanize
from khabar.latin.table import small_table, table
from khabar.models import NAMES
from training.names.align import align, latin_letters
from training.names.letters import learn
from training.names.sources import ARAB, Spellings, capital, famous, foreign_parts, spellings, wholes
from training.names.tells import fit_tells

REGIONS: Final = {"": ("arab", 1.0, 0.3), "m": ("maghreb", 1.0, 0.1)}
AGREES: Final = 1.0  # votes of the letters for a spelling
LEAST_FAMOUS: Final = 2  # well-known bearers of a part of a foreign name
SMALL: Final = frozenset(["al", "bin", "da", "de", "del", "di", "ibn", "of", "the", "van", "von"])
SHORTENED: Final = (("ال", "L"), ("ابو", "B"))  # العربي is Larbi in Algeria alone, and أبو زيد is not Bouzid


def main() -> int:
    """Write the tables; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name in ("index", "people", "pairs"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=NAMES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    found = sound(spellings(options.index))
    letters = {**_letters(found, "arab", ""), **_letters(found, "maghreb", "m")}
    write(options.out / "letters.tsv", letters)
    foreign = foreign_names(options.people)
    arabic = parts(found)
    write(options.out / "parts.tsv", arabic | {f"f{key}": value for key, value in foreign.items()})
    others = [unit for unit, latin in foreign_parts(options.pairs) if unit not in foreign]
    write(options.out / "tells.tsv", fit_tells([*arabic], [*foreign, *others]))
    write(options.out / "people.tsv", people(options.index, options.people))
    return 0


def sound(found: Spellings) -> Spellings:
    """Return the spellings that the letters bear out."""
    kept: Spellings = defaultdict(lambda: defaultdict(Counter))
    for unit, regions in found.items():
        for region, counts in regions.items():
            for latin, count in counts.items():
                is_short = any(unit.startswith(head) and latin.startswith(short) for head, short in SHORTENED)
                if not is_short and align(unit, latin.replace("-", "")) is not None:
                    kept[unit][region][latin] += count
    return kept


def _letters(found: Spellings, region: str, mark: str) -> dict[str, str]:
    every = [(unit, latin, n) for unit, regions in found.items() for latin, n in regions[region].items()]
    return learn(every, mark)


def parts(found: Spellings) -> dict[str, str]:
    """Return unit -> its usual spelling, `|` and that of the Maghreb where it differs."""
    made: dict[str, str] = {}
    for unit, regions in sorted(found.items()):
        if not (regions["arab"] or regions["maghreb"]):
            continue  # of Iranians and Pakistanis alone: spelled by other habits
        usual = [_usual(unit, regions, mark) for mark in REGIONS]
        made[unit] = "|".join(dict.fromkeys(usual))
    return made


def _usual(unit: str, regions: Mapping[str, Counter[str]], mark: str) -> str:
    votes: Counter[str] = Counter()
    first, own, others = REGIONS[mark]
    for region, counts in regions.items():
        for latin, count in counts.items():
            votes[latin] += count * (own if region == first else others)  # type: ignore[assignment]
    if (spelled := spell(unit, mark)) in votes:
        votes[str(spelled)] += AGREES  # type: ignore[assignment]
    best = max(votes, key=lambda latin: (votes[latin], latin))
    return re.sub("-[AEU]l-(?=[A-Z])", " al-", best)


def foreign_names(people: Path) -> dict[str, str]:
    """Return parts of the names of well-known foreigners that they spell in one way alone."""
    every: dict[str, Counter[str]] = defaultdict(Counter)
    for key, latin in famous(people):
        arabic, english = key.split(), latin_letters(latin).split()
        if len(arabic) == len(english):
            for one, other in zip(arabic, english, strict=True):
                every[one][capital(other)] += 1
    return {
        unit: max(counts, key=lambda latin: (counts[latin], latin))
        for unit, counts in sorted(every.items())
        if len(unit) > 1 and max(counts.values()) >= max(LEAST_FAMOUS, 0.8 * sum(counts.values()))
    }


def people(index: Path, well_known: Path) -> dict[str, str]:
    """Return whole names that are written otherwise than their parts, and well-known foreigners."""
    every: dict[str, Counter[str]] = defaultdict(Counter)
    for whole in wholes(index):
        words, units = whole.latin.split(), whole.key.split()
        plain = latin_letters(whole.latin).replace("-", "").replace(" ", "")
        is_arab, usual = whole.country in ARAB, romanize(whole.key, "")
        if len(units) < 2 or len(words) < 2 or align("".join(units), plain) is None or (usual and not is_arab):
            continue
        every[whole.key][" ".join(words)] += 1
        if usual and _loose(usual) == _loose(whole.latin):
            every[whole.key][usual] += 99  # it needs no list
    made = {key: max(counts, key=lambda latin: (counts[latin], latin)) for key, counts in every.items()}
    made = {key: latin for key, latin in made.items() if latin != romanize(key, "")}
    return made | {key: " ".join(map(_word, latin.split())) for key, latin in famous(well_known)}


def _word(word: str) -> str:
    """Return a word of a name that stands in small letters, with its capitals."""
    if word in SMALL or word.startswith("al-"):
        return word
    return (
        word.upper() if set(word) <= set("ivx") else "-".join(part[:1].upper() + part[1:] for part in word.split("-"))
    )


def _loose(latin: str) -> str:
    return latin_letters(latin).lower().replace("-", "").replace(" ", "")


def write(path: Path, rows: Mapping[str, str]) -> None:
    """Write a table sorted by the bytes of its keys, and let khabar read it anew."""
    kept = sorted((key.encode(), value.encode()) for key, value in rows.items() if "\t" not in key)
    path.write_bytes(b"".join(key + b"\t" + value + b"\n" for key, value in kept))
    table.cache_clear()
    small_table.cache_clear()
    spell.cache_clear()
    sys.stdout.write(f"{path.name}: {len(kept)} rows, {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    sys.exit(main())
