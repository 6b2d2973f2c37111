"""Scores Latin names against names that a reader judged: python -m training.names.evaluate [--errors].

judged.tsv has, a line each: kind, region of spelling, the Arabic name, the English one; empty where a reader would give none.
A person's name counts as right with other vowels, hyphens and articles (Mohammed, Muhammad; al-, El): families differ in these.
"""

import argparse
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from khabar.entities.clusters import Cluster
from khabar.entities.geo import Gazetteer
from khabar.latin.names import LatinNames
from khabar.messages.record import Geo
from training.names.align import latin_letters

JUDGED: Final = Path(__file__).with_name("judged.tsv")
TYPES: Final = {"arabic": "PER", "foreign": "PER", "organisation": "ORG", "place": "LOC"}
MAGHREB: Final = Geo(geonames_id=0, country="DZ", lat=0.0, lon=0.0)


def main() -> int:
    """Print for each kind how many names are given, and how many of those are right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    names = LatinNames(Gazetteer.load().english)
    seen, given, right = Counter[str](), Counter[str](), Counter[str]()
    for line in JUDGED.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        kind, region, arabic, english = line.split("\t")
        place = MAGHREB if region == "m" else None
        _, found = names.of([Cluster("LOC", "-", ()), Cluster(TYPES[kind], arabic, ())], [place, None])  # type: ignore[arg-type]
        seen[kind] += 1
        given[kind] += found is not None
        is_right = found is not None and _loose(found.text, kind) == _loose(english, kind)
        right[kind] += is_right
        if options.errors and found and not is_right:
            sys.stdout.write(f"{kind}\t{arabic}\t{found.text}\t{english}\n")
    for kind, n in seen.items():
        sys.stdout.write(
            f"{kind}: n {n}, given {given[kind] / n:.1%}, of these right {right[kind] / given[kind]:.1%}\n"
        )
    return 0


def _loose(latin: str, kind: str) -> str:
    plain = latin_letters(latin).lower()
    if kind != "arabic":
        return plain
    plain = re.sub(r"\b(?:al|el|abd[ue]l)[ -]", "", plain)
    return re.sub(r"[aeiouy -]|(.)(?=\1)", "", plain.replace("ch", "sh").replace("q", "k").replace("g", "j"))


if __name__ == "__main__":
    sys.exit(main())
