"""`khabar` and `python -m khabar`: says what to install where the command's packages are missing."""

import sys


def main() -> None:
    """Run the command."""
    try:
        from khabar.cli import app
    except ModuleNotFoundError as error:
        sys.exit(f"khabar: the command needs {error.name}, which is not installed; run: pip install khabar")
    app.main()


if __name__ == "__main__":
    main()
