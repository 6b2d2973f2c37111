"""`khabar remember`: what an archive has a record of is a duplicate in the queue."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from khabar.archive.manifest import MANIFEST, ArchiveManifest, ShardManifest, read_manifest
from khabar.bootstrap import build_pipelines
from khabar.broker.first_contact import connected
from khabar.cli.connect import DEFAULT_URL, BrokerUrl
from khabar.cli.visible import cell
from khabar.errors import CommandError, Exit
from khabar.keys.names import DEFAULT_PREFIX, Lane, Names
from khabar.results.known import KnownIds
from khabar.settings import load_settings


def remember(
    manifests: Annotated[
        list[Path],
        typer.Argument(
            metavar="MANIFEST…", help="Manifest of an archive or a shard of `khabar extract --shards`, or its folder."
        ),
    ],
    forget: Annotated[bool, typer.Option("--forget", help="Forget them: their articles become records again.")] = False,
    any_version: Annotated[
        bool,
        typer.Option(
            "--any-version", help="Accept an archive even if the service would make other records of its articles."
        ),
    ] = False,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Annotated[
        str, typer.Option(envvar="KHABAR_PREFIX", help="First part of every key in the broker.")
    ] = DEFAULT_PREFIX,
) -> None:
    """Make the broker remember an archive's records: the same articles in the queue then count as duplicates.

    Articles are the same if id, text and pipeline version are equal. Rejections are not remembered. An id takes 7 to 9 bytes of
    the broker's memory and is kept until --forget; running the command again changes nothing.

    Examples:
        khabar remember records/manifest.json

        khabar remember --forget records/manifest.json
    """
    shards = [shard for path in manifests for shard in _shards(path)]
    if not forget and not any_version:
        _check_versions({manifest.making.pipeline for _, manifest in shards})
    known = KnownIds(connected(redis_url), Names(prefix))
    ids = (_ids(folder, manifest) for folder, manifest in shards)
    total = sum(manifest.records for _, manifest in shards)
    changed = known.forget(ids) if forget else known.remember(ids)
    typer.echo(f"{total:,} records, {changed:,} {'forgotten' if forget else 'new'}; {known.count():,} remembered")


def _shards(path: Path) -> Iterator[tuple[Path, ShardManifest]]:
    """Give out the folder and the manifest of each shard that a manifest names.

    Raises:
        CommandError: a manifest is missing, cannot be read as one, or has changed since it was counted.
    """
    path = path / MANIFEST if path.is_dir() else path
    found = _read(path)
    if isinstance(found, ShardManifest):
        yield path.parent, found
        return
    for name, digest in found.shards.items():
        place = path.parent / name / MANIFEST
        shard = _read(place, digest)
        if isinstance(shard, ShardManifest):
            yield place.parent, shard


def _read(path: Path, digest: str | None = None) -> ShardManifest | ArchiveManifest:
    try:
        if digest is not None and sha256(path.read_bytes()).hexdigest() != digest:
            raise CommandError(
                f"{path}: is not the one that {MANIFEST} names; run `khabar extract --shards` again", Exit.UNREADABLE
            )
        return read_manifest(path)
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror or error}", Exit.UNREADABLE) from error
    except ValueError as error:
        raise CommandError(f"{path}: is not a manifest of `khabar extract --shards`", Exit.UNREADABLE) from error


def _ids(folder: Path, manifest: ShardManifest) -> bytes:
    path = folder / manifest.ids.name
    try:
        ids = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror or error}", Exit.UNREADABLE) from error
    if sha256(ids).hexdigest() != manifest.ids.sha256:
        raise CommandError(f"{path}: is damaged: its hash is not the one in {MANIFEST}", Exit.UNREADABLE)
    return ids


def _check_versions(versions: set[str]) -> None:
    """Refuse an archive that would make no article of the queue a duplicate.

    Raises:
        CommandError: the service's pipelines are others.
    """
    lanes = {lane: pipeline.version for lane, pipeline in build_pipelines(load_settings()).items()}
    ours = set(lanes.values())
    if others := versions - ours:
        Console(stderr=True).print(
            cell(f"archive: {min(others)}"), cell(f"service: {max(ours)}"), sep="\n", soft_wrap=True
        )
        raise CommandError(
            "the archive was made by another pipeline than the service's, so none of its articles would count as a duplicate; "
            "give the settings of the service (KHABAR_RECOGNIZER, KHABAR_LAYERS …), or --any-version",
            Exit.DIFFERENT,
        )
    if versions != {lanes[Lane.LIVE]}:
        Console(stderr=True).print(
            "the archive was made as the backfill lane makes records: the live lane makes better ones of the same articles",
            soft_wrap=True,
        )
