"""`khabar` and `python -m khabar`: says what to install where the command's packages are missing."""

import os
import signal
import sys

INTERRUPTED = 130  # khabar.errors.Exit.INTERRUPTED, which is not imported yet


def main() -> None:
    """Run the command."""
    # Imports take a second. Until they are done there is nothing to end in order, and Ctrl-C would be a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        from khabar.entities.one_thread import keep_process_to_one_thread

        keep_process_to_one_thread()
        from khabar.cli import app
    except ModuleNotFoundError as error:
        sys.exit(f"khabar: the command needs {error.name}, which is not installed; run: pip install khabar")
    app.main()


if __name__ == "__main__":
    main()
