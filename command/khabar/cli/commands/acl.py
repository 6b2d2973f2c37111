"""`khabar acl`: the broker's users and what each may do."""

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console

from khabar.errors import CommandError, Exit
from khabar.keys.access import Role, acl_lines, password_hash, roles_without_password
from khabar.keys.names import DEFAULT_PREFIX


def acl(
    passwords: Annotated[
        str | None,
        typer.Option(metavar="FILE|-", help="Lines of role=password. Without it the file has placeholders."),
    ] = None,
    lists: Annotated[
        list[str] | None,
        typer.Option(
            "--list", metavar="KEY", help="A list that `khabar relay` empties; adds the user relay. Repeatable."
        ),
    ] = None,
    prefix: Annotated[
        str,
        typer.Option(envvar="KHABAR_PREFIX", help="First part of every key in the broker, and of the users' names."),
    ] = DEFAULT_PREFIX,
) -> None:
    """Print an ACL file for Redis 7 or Valkey: each role gets its own user, and no more rights than its work needs.

    The roles are producer, worker, stories, consumer, browser and operator; relay with --list. The browser is optional.

    The file holds hashes, never passwords. It also switches off access without a user, so add a line for your administrator.

    Load it by the line `aclfile /etc/valkey/users.acl` of the server's configuration, later changes by ACL LOAD.
    Then each process has its user in its URL: KHABAR_REDIS_URL=rediss://khabar-worker:PASSWORD@HOST:PORT/0.

    Examples:
        for role in producer worker stories consumer browser operator; do echo "$role=$(openssl rand -hex 24)"; done > passwords

        khabar acl --passwords passwords > users.acl

        khabar acl --passwords passwords --list myspider:items > users.acl
    """
    hashes = _read(passwords) if passwords else {}
    if Role.RELAY in hashes and not lists:
        raise CommandError("the passwords have a line for relay, but its list is not named: add --list KEY", Exit.USAGE)
    try:
        lines = acl_lines(prefix, hashes, lists or ())
    except ValueError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    typer.echo("\n".join(lines))
    if missing := roles_without_password(hashes, lists or ()):
        Console(stderr=True).print(
            f"no password for {', '.join(missing)}: the broker refuses this file until --passwords gives them",
            highlight=False,
            soft_wrap=True,
        )


def _read(path: str) -> dict[Role, str]:
    try:
        if path == "-":
            return _hashes(sys.stdin.buffer)
        with Path(path).open("rb") as file:
            return _hashes(file)
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror}", Exit.UNREADABLE) from error


def _hashes(file: BinaryIO) -> dict[Role, str]:
    hashes = {}
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        role, equals, password = line.strip().decode(errors="replace").partition("=")
        # The whole line may be a password, so no part of it is shown.
        if not equals or role not in list(Role) or not password:
            raise CommandError(
                f"line {number} of the passwords is not role=password; roles are {', '.join(Role)}", Exit.USAGE
            )
        hashes[Role(role)] = password_hash(password)
    return hashes
