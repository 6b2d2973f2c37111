"""docs/reference/exit_codes.md: how commands end, and why an article is rejected."""

from khabar.errors import MACHINE_CODES, Code, Exit
from manual.markdown import code, page, table


def exit_codes_page() -> str:
    """Return the page."""
    ends = [(code(each.value), each.name.lower().replace("_", " "), each.meaning) for each in Exit]
    reasons = [(code(each.value), "yes" if each in MACHINE_CODES else "", each.meaning) for each in Code]
    return page(
        "Exit codes and rejections",
        "## Exit codes",
        "Every `khabar` command ends with one of these. `khabar --help` names them too; scripts may rely on the numbers.",
        table(("code", "name", "meaning"), ends),
        "## Rejections",
        "An article that cannot become a record ends as a rejection on the stream `khabar:dead`, with one of these codes, the\n"
        "field at fault and a reason. `khabar dead list` shows them. The codes are never renamed. A code that is the machine's\n"
        "fault says nothing against the article: requeue it with `khabar dead requeue`.",
        table(("code", "the machine's fault", "meaning"), reasons),
    )
