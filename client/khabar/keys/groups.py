"""The registry of consumer groups: what the broker's own groups do not say, their policy and their history.

The broker's groups are the truth about who is owed what; an entry here adds to it, and its loss costs nothing but history.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class GroupPolicy(StrEnum):
    """How to treat a dead group: one that is owed records and has shown no sign of life for KHABAR_GROUP_DEAD_S."""

    ALERT = "alert"  # a warning, and nothing else: its records are kept until it comes back or somebody decides
    ARCHIVE = "archive"  # `khabar janitor` writes what it is owed to a file, then moves the group past it
    DETACH = "detach"  # `khabar janitor` takes the group out; trimming waits for it no longer


class _Part(BaseModel):
    # allow: what a later version has noted survives an older one's rewriting
    model_config = ConfigDict(frozen=True, extra="allow")


class Detached(_Part):
    """Where a group stood when it was taken out; enough to put it back as it was."""

    at: int = Field(description="When, ms since 1970, by the broker's clock.")
    last_delivered: str = Field(description="Id of the last record that it was given.")
    entries_read: int | None = Field(default=None, description="How many those were since the stream began, if known.")
    pending: list[str] = Field(description="Ids of the records that it was given and had not acknowledged.")
    unread: int = Field(description="Records that it was not given yet.")
    entries_added: int = Field(description="How many records the stream had ever held by then.")


class Archive(_Part):
    """One file of records that a dead group was owed, from before it was moved past them."""

    at: int = Field(description="When, ms since 1970, by the broker's clock.")
    file: str = Field(description="Path on the machine where the janitor ran.")
    records: int
    until: str = Field(description="Id of the last record that the group was moved past.")


class GroupEntry(_Part):
    """One group of the registry."""

    registered_at: int = Field(description="When the group was first seen, ms since 1970, by the broker's clock.")
    active_at: int = Field(
        description="Last sign of life from one of its consumers, in ms; kept when the consumer is gone."
    )
    # A later version's policy is kept as it stands; this one then keeps the records, whatever it would do.
    policy: GroupPolicy | str = Field(default=GroupPolicy.ALERT, union_mode="left_to_right")
    alerted_at: int | None = Field(default=None, description="When it was found to be dead; it is reported once.")
    gone_at: int | None = Field(default=None, description="When it was missing in the broker without a detach.")
    detached: Detached | None = None
    archives: list[Archive] = Field(default_factory=list, description="The latest files, the oldest first.")
