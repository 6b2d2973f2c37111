"""docs/reference/settings.md: every KHABAR_… setting with default, bounds and meaning, by group."""

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from khabar.settings import GROUPS
from khabar.settings.model import PREFIX
from manual.markdown import code, page, table
from manual.types import shown_type

ABOUT = """
A setting is an environment variable. `khabar status --settings` shows the values in force, and a start with values that
cannot be used names each of them. Names may be in either case. Producers and consumers in Python take the same values as
arguments.
"""
_SIGNS = ((Ge, "ge", "at least"), (Gt, "gt", "above"), (Le, "le", "at most"), (Lt, "lt", "below"))


def settings_page() -> str:
    """Return the page."""
    parts = [ABOUT]
    for name, group in GROUPS.items():
        rows = [
            (code(f"{PREFIX}{field.upper()}"), _values(info), _default(info), info.description or "")
            for field, info in group.model_fields.items()
        ]
        about = (group.__doc__ or "").partition("\n")[0]
        parts += [f"## {name.capitalize()}", about, table(("setting", "values", "default", "meaning"), rows)]
    return page("Settings", *parts)


def _values(info: FieldInfo) -> str:
    bounds = [
        f"{words} {getattr(bound, name):,}"
        for kind, name, words in _SIGNS
        for bound in info.metadata
        if isinstance(bound, kind)
    ]
    return ", ".join([shown_type(info.annotation), *bounds])


def _default(info: FieldInfo) -> str:
    if info.default_factory is not None:
        return "by the machine"
    default = info.default
    if isinstance(default, bool):
        default = str(default).lower()
    return "unset" if default is None else code(f"{default:g}" if isinstance(default, float) else default)
