"""`khabar` and `python -m khabar`: says what to install where the command's packages are missing."""

import sys

from khabar.entities.one_thread import keep_process_to_one_thread


def main() -> None:
    """Run the command."""
    keep_process_to_one_thread()
    try:
        from khabar.cli import app
    except ModuleNotFoundError as error:
        sys.exit(f"khabar: the command needs {error.name}, which is not installed; run: pip install khabar")
    app.main()


if __name__ == "__main__":
    main()
