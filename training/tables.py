"""Write the tables that are kept in the package (khabar.lexicons.kept) anew: `make tables`."""

from khabar.bootstrap import build_pipeline
from khabar.lexicons.kept import FOLDER, TABLES
from khabar.settings import Settings


def main() -> None:
    """Load every module that has a table, and write each."""
    build_pipeline(Settings.model_validate({"recognizer": "fast"}))
    for left in FOLDER.glob("*.pickle"):
        left.unlink()
    for name, table in TABLES.items():
        table.keep(name)


if __name__ == "__main__":
    main()
