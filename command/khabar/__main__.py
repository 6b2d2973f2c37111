"""`khabar` and `python -m khabar`."""

import os
import signal

INTERRUPTED, TERMINATED = 130, 143  # as in khabar.errors.Exit, which is not imported yet


def main() -> None:
    """Run the command."""
    # Until imports are done there is nothing to end in order, and Ctrl-C would be a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    signal.signal(
        signal.SIGTERM, lambda *_: os._exit(TERMINATED)
    )  # without a handler, a container's first process ignores it
    from khabar.cli import app
    from khabar.entities.one_thread import keep_process_to_one_thread

    keep_process_to_one_thread()
    app.main()


if __name__ == "__main__":
    main()
