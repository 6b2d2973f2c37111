"""Which pages are made, by name."""

from collections.abc import Callable, Mapping

from manual.commands import commands_page
from manual.exit_codes import exit_codes_page
from manual.messages import record_page
from manual.metrics import metrics_page
from manual.settings import settings_page

PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "exit_codes.md": exit_codes_page,
    "metrics.md": metrics_page,
    "record.md": record_page,
    "settings.md": settings_page,
}
