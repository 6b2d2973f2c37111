"""Write the tables that are kept in the package (khabar.lexicons.kept) anew: `make tables`."""

from khabar.extractors.registry import load
from khabar.latin.persons import person
from khabar.lexicons.kept import FOLDER, TABLES


def load_tables() -> None:
    """Load every module that has a table, and what is read at the first name only."""
    load(None)
    person("سامح شكري")


def main() -> None:
    """Write every table anew, and remove those that nothing reads."""
    load_tables()
    for left in FOLDER.glob("*.pickle"):
        left.unlink()
    for name, table in TABLES.items():
        table.keep(name)


if __name__ == "__main__":
    main()
