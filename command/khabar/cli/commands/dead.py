"""`khabar dead`: what could not become a record."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from khabar.broker.first_contact import connected
from khabar.cli.connect import DEFAULT_URL, BrokerUrl
from khabar.cli.visible import cell, write_json
from khabar.errors import Code, CommandError, Exit
from khabar.keys.names import DEFAULT_PREFIX, Names
from khabar.results.dead_letters import DeadLetter, DeadLetters
from khabar.settings import load_settings

LETTER_ID = re.compile(r"\d+(-\d+)?")  # a stream's entry id

app = typer.Typer(help="Dead letters: articles that could not become a record, with the reason.", no_args_is_help=True)

Prefix = Annotated[str, typer.Option(envvar="KHABAR_PREFIX", help="First part of every key in the broker.")]
Ids = Annotated[list[str] | None, typer.Argument(help="Ids as `khabar dead list` shows them.", metavar="ID…")]
All = Annotated[bool, typer.Option("--all", help="Every dead letter (of --code, if given).")]
OfCode = Annotated[Code | None, typer.Option("--code", help="Only those of this code.")]


@app.command("list")
def list_letters(
    code: OfCode = None,
    limit: Annotated[int, typer.Option(help="Most letters to show.", min=1)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line instead of a table.")] = False,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Prefix = DEFAULT_PREFIX,
) -> None:
    """List the dead letters, the oldest first.

    Examples:
        khabar dead list

        khabar dead list --code not_arabic --json
    """
    letters = _letters(redis_url, prefix)
    table = Table("id", "since", "code", "field", "reason", "attempts", "article", box=None)
    shown = 0
    for letter in _of_code(letters, code):
        if shown == limit:
            break
        shown += 1
        rejection = letter.rejection
        if as_json:
            fields = rejection.model_dump(mode="json", exclude={"original", "original_base64"})
            write_json({"id": letter.id} | fields)
        else:
            row = (
                rejection.code,
                rejection.field or "",
                rejection.reason,
                str(rejection.attempts),
                rejection.article_id or "",
            )
            table.add_row(*map(cell, (letter.id, _since(letter.id), *row)))
    if not as_json:
        Console().print(table if shown else "no dead letters")
    _tell_unreadable(letters)


@app.command()
def show(
    letter_id: Annotated[str, typer.Argument(metavar="ID", help="As `khabar dead list` shows it.")],
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Prefix = DEFAULT_PREFIX,
) -> None:
    """Show one dead letter with its original item.

    Example:
        khabar dead show 1767225600000-0
    """
    letter = _get(_letters(redis_url, prefix), letter_id)
    write_json(letter.rejection.model_dump(mode="json"), indent=True)


@app.command()
def requeue(
    ids: Ids = None,
    everything: All = False,
    code: OfCode = None,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Prefix = DEFAULT_PREFIX,
) -> None:
    """Put dead letters back into the ledger for another try; each is put back once, however often you run this.

    Examples:
        khabar dead requeue 1767225600000-0

        khabar dead requeue --all --code worker_lost
    """
    letters = _letters(redis_url, prefix)
    done, refused = 0, []
    for letter in _chosen(letters, ids, everything=everything, code=code):
        try:
            done += letters.requeue(letter)
        except ValueError as error:
            refused.append(str(error))
    typer.echo(f"{done} requeued")
    _tell_unreadable(letters)
    if refused:
        raise CommandError("; ".join(refused), Exit.FAILED)


@app.command()
def drop(
    ids: Ids = None,
    everything: All = False,
    code: OfCode = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Prefix = DEFAULT_PREFIX,
) -> None:
    """Delete dead letters with their originals; this cannot be undone.

    Examples:
        khabar dead drop 1767225600000-0

        khabar dead drop --all --code no_text --yes
    """
    letters = _letters(redis_url, prefix)
    unreadable = [letter_id for letter_id in ids or [] if _is_unreadable(letters, letter_id)]
    readable = [letter_id for letter_id in ids or [] if letter_id not in unreadable]
    chosen = list(_chosen(letters, readable, everything=everything, code=code)) if readable or not unreadable else []
    if (chosen or unreadable) and not yes:
        typer.confirm(f"Delete {len(chosen) + len(unreadable)} dead letters for good?", abort=True)
    dropped = sum(letters.drop(letter) for letter in chosen) + sum(map(letters.discard, unreadable))
    typer.echo(f"{dropped} dropped")
    if not unreadable:
        _tell_unreadable(letters)


def _since(letter_id: str) -> str:
    try:
        return datetime.fromtimestamp(int(letter_id.partition("-")[0]) / 1000, UTC).isoformat(" ", "seconds")
    except (ValueError, OverflowError, OSError):  # an id that somebody made up
        return "?"


def _is_unreadable(letters: DeadLetters, letter_id: str) -> bool:
    return bool(LETTER_ID.fullmatch(letter_id)) and letters.get(letter_id) is None and letter_id in letters.unreadable


def _tell_unreadable(letters: DeadLetters) -> None:
    if letters.unreadable:
        first = ", ".join(letters.unreadable[:3]) + (", …" if len(letters.unreadable) > 3 else "")
        typer.echo(
            f"{len(letters.unreadable)} entries are no dead letters that this version reads ({first}); "
            "they are left as they are. `khabar dead drop ID` deletes one",
            err=True,
        )


def _letters(redis_url: str, prefix: str) -> DeadLetters:
    settings = load_settings()
    return DeadLetters(connected(redis_url), Names(prefix), done_generation_s=settings.done_generation_s)


def _chosen(
    letters: DeadLetters, ids: list[str] | None, *, everything: bool, code: Code | None
) -> Iterable[DeadLetter]:
    if bool(ids) == everything:
        raise CommandError("give the ids of dead letters, or --all", Exit.USAGE)
    return _of_code(letters, code) if everything else [_get(letters, letter_id) for letter_id in ids or []]


def _of_code(letters: Iterable[DeadLetter], code: Code | None) -> Iterable[DeadLetter]:
    return (letter for letter in letters if code is None or letter.rejection.code == code)


def _get(letters: DeadLetters, letter_id: str) -> DeadLetter:
    letter = letters.get(letter_id) if LETTER_ID.fullmatch(letter_id) else None
    if letter is None and letters.unreadable:
        raise CommandError(
            f"{letter_id} is not a dead letter that this version can read; it was not changed", Exit.FAILED
        )
    if letter is None:
        raise CommandError(
            f"there is no dead letter {letter_id}; `khabar dead list` lists the existing ones", Exit.USAGE
        )
    return letter
