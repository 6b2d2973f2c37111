"""Server-side scripts: each a .lua file beside the module that calls it, with its keys and arguments written out."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any, TypeVar

from redis import Redis
from redis.commands.core import Script
from redis.exceptions import NoScriptError

T = TypeVar("T")
TRIES = (
    5  # each failure means another restart or failover within milliseconds; a broker that keeps no scripts fails all
)


def load_script(client: "Redis", package: str, name: str) -> "Script":
    """Make a script of `<package>/<name>.lua`; it is sent to the server when it is first needed, and again after a restart."""
    return KeptScript(client, files(package).joinpath(f"{name}.lua").read_text(encoding="utf-8"))


class KeptScript(Script):
    """redis-py's script, also where the broker forgets it a second time: between being given it and running it."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Run the script; in a pipeline, queue it."""
        return with_scripts(lambda: super(KeptScript, self).__call__(*args, **options))


def with_scripts(run: Callable[[], T]) -> T:
    """Run a pipeline of scripts, again where the broker lost them in between.

    redis-py makes sure of the scripts before it sends a pipeline, not when it sends it again after an outage.

    Args:
        run: builds and executes the pipeline; it must be harmless twice.
    """
    for _ in range(TRIES - 1):
        try:
            return run()
        except NoScriptError:
            continue
    return run()
