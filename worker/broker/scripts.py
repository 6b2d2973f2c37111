"""Server-side scripts: each a .lua file beside the module that calls it, with its keys and arguments written out."""

from importlib.resources import files
from typing import Any

from redis import Redis
from redis.commands.core import Script


def load_script(client: "Redis", package: str, name: str) -> "Script":
    """Register `<package>/<name>.lua`; it is sent to the server when it is first needed, and again after a restart."""
    return client.register_script(files(package).joinpath(f"{name}.lua").read_text(encoding="utf-8"))


def text(value: Any) -> str:
    """Return a reply's bytes as text; bytes that are none (a foreign group's name, say) are shown escaped."""
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)
