"""Write docs/reference/programs.md: program, version, how many were accepted, and which fields they have."""

import sys
import tempfile
from pathlib import Path

from tests.broker import Broker
from tests.programs.run import FIELDS, NotInstalled, run
from tests.programs.scripts import PROGRAMS
from tests.programs.site import TITLES

PAGE = Path(__file__).parents[2] / "docs" / "reference/programs.md"
HEAD = """# What programs send, and what khabar reads

Each program was run for real on three pages of a small Arabic site, and its output read unchanged. The figures say how many of
three articles have the field. `-` means that the program's output does not have it for these pages. `make programs` writes this
page.

"""


def main() -> int:
    """Run all programs; 0 where every one that installs has all its articles accepted."""
    rows = [["program", "version", "accepted", *("text" if field == "body" else field for field in FIELDS)]]
    good = True
    with tempfile.TemporaryDirectory() as place:
        broker = Broker(Path(place) / "broker").start()
        try:
            for number, program in enumerate(PROGRAMS):
                print(program.name, file=sys.stderr, flush=True)
                try:
                    result = run(program, Path(place) / "environments", Path(place) / str(number), broker)
                except NotInstalled as error:
                    rows.append([program.name, "", f"not installed: {error}", *("" for _ in FIELDS)])
                    continue
                except AssertionError as error:  # the program itself failed
                    good = False
                    rows.append(
                        [program.name, "", f"failed: {str(error).strip().splitlines()[-1][:80]}", *("" for _ in FIELDS)]
                    )
                    continue
                count = len(result.articles)
                good = good and count == len(TITLES)
                figures = ["-" if field in program.lacks else str(result.filled(field)) for field in FIELDS]
                rows.append([program.name, result.version, f"{count} of {len(TITLES)}", *figures])
        finally:
            broker.kill()
    rows.insert(1, ["---"] * len(rows[0]))
    PAGE.write_text(HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
