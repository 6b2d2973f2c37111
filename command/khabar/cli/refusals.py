"""The first refusals, as they happen, for the commands that send articles."""

from rich.console import Console

from khabar.cli.visible import cell
from khabar.sources.items import Refused

SHOWN_REFUSALS = 5


class Refusals:
    """Shows the first refusals as they happen; all of them are among the dead letters."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._count = 0

    def __call__(self, refused: Refused) -> None:
        """Show a refusal; after the first few, say once that more follow."""
        self._count += 1
        if self._count <= SHOWN_REFUSALS:
            field = f"{refused.field}: " if refused.field else ""
            where = refused.where or f"item {refused.number}"
            line = f"rejected {where} ({refused.code}): {field}{refused.reason}"
            self._console.print(cell(line), soft_wrap=True)
        elif self._count == SHOWN_REFUSALS + 1:
            self._console.print("more are rejected; `khabar dead list` shows them all", highlight=False)
