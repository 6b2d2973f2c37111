"""Manifests: the content of a shard or of a whole archive, with counts and hashes. Equal runs write equal bytes."""

import os
import secrets
from collections import Counter
from collections.abc import Sequence
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MANIFEST: Final = "manifest.json"
IDS: Final = "records.ids"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class File(_Part):
    """A file as it was when the manifest was written."""

    name: str = Field(description="Beside the manifest; of an input its path.")
    size_bytes: int
    sha256: str
    modified_ns: int | None = Field(default=None, description="Of an input: a cheap sign that it has changed.")

    @classmethod
    def of(cls, path: Path, *, name: str | None = None, is_input: bool = False) -> "File":
        """Measure size and hash of a file; reads all of it.

        Raises:
            OSError: it cannot be read.
        """
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
            found = os.fstat(file.fileno())
        return cls(
            name=name or path.name,
            size_bytes=found.st_size,
            sha256=digest,
            modified_ns=found.st_mtime_ns if is_input else None,
        )


class Making(_Part):
    """Everything besides the input that decides the bytes of the results."""

    khabar: str = Field(default_factory=lambda: version("khabar"))
    pipeline: str = Field(description="The pipeline's version: a part of every outcome id.")
    form: str = Field(description="Of the records: jsonl.zst, jsonl.gz, jsonl or parquet.")
    reading: str = Field(default="", description="Format, encoding, fields and items, where the user named them.")


class ShardManifest(_Part):
    """The results of one shard. They are complete if the manifest exists, because it is written last."""

    kind: Literal["shard"] = "shard"
    shard: str = Field(description="Its name.")
    making: Making
    input: File
    records: int
    rejections: dict[str, int] = Field(description="How many of each code.")
    files: list[File] = Field(description="The results.")
    ids: File = Field(description="The records' outcome ids, 16 bytes each, in the order of the records.")
    fault: str | None = Field(
        default=None, description="Why the input could be read no further; the next run tries again."
    )


class ArchiveManifest(_Part):
    """All shards of an archive, with sums over them."""

    kind: Literal["archive"] = "archive"
    making: Making
    shards: dict[str, str] = Field(description="Name of each shard -> SHA-256 of its manifest.")
    input_bytes: int
    output_bytes: int
    records: int
    rejections: dict[str, int]
    faults: dict[str, str] = Field(description="Shards whose input could not be read to its end, and why.")


def read_manifest(path: Path) -> ShardManifest | ArchiveManifest:
    """Read the manifest of a shard or of an archive.

    Raises:
        OSError: it cannot be read.
        ValueError: the file is not a manifest of either kind.
    """
    data = path.read_bytes()
    try:
        return ShardManifest.model_validate_json(data)
    except ValidationError:
        return ArchiveManifest.model_validate_json(data)


def shard_manifest(folder: Path) -> ShardManifest | None:
    """Return the manifest in a shard's folder; None if the manifest or a part of a file is missing."""
    try:
        manifest = ShardManifest.model_validate_json((folder / MANIFEST).read_bytes())
        is_whole = all(
            (folder / file.name).stat().st_size == file.size_bytes for file in (*manifest.files, manifest.ids)
        )
    except (OSError, ValueError):
        return None
    return manifest if is_whole else None


def write_manifest(manifest: BaseModel, path: Path) -> None:
    """Write the manifest under a temporary name, flush it to the disk, then rename it.

    Raises:
        OSError: the disk is full or broken.
    """
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with aside.open("wb") as file:
            file.write(manifest.model_dump_json(indent=1).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)


def summed(manifests: Sequence[ShardManifest], folder: Path) -> ArchiveManifest:
    """Sum up at least one shard into the archive's manifest.

    Raises:
        OSError: a manifest cannot be read.
    """
    rejections: Counter[str] = Counter()
    for each in manifests:
        rejections.update(each.rejections)
    return ArchiveManifest(
        making=manifests[0].making,
        shards={each.shard: File.of(folder / each.shard / MANIFEST).sha256 for each in manifests},
        input_bytes=sum(each.input.size_bytes for each in manifests),
        output_bytes=sum(file.size_bytes for each in manifests for file in each.files),
        records=sum(each.records for each in manifests),
        rejections=dict(sorted(rejections.items())),
        faults={each.shard: each.fault for each in manifests if each.fault},
    )
