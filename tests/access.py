"""A broker whose users are those of `khabar acl`, and an administrator to look at what they did."""

from collections.abc import Sequence
from pathlib import Path

import redis

from khabar.keys.access import Role, acl_lines, password_hash, user_name
from khabar.keys.names import DEFAULT_PREFIX
from tests.broker import Broker

ADMIN = "admin"


class GuardedBroker:
    """A broker with an ACL file; nobody gets in without a user."""

    def __init__(
        self, folder: Path, *, binary: str | None = None, prefix: str = DEFAULT_PREFIX, lists: Sequence[str] = ()
    ) -> None:
        folder.mkdir(parents=True)
        hashes = {role: password_hash(self.password(role)) for role in Role}
        lines = [*acl_lines(prefix, hashes, lists), f"user {ADMIN} on >{self.password(ADMIN)} ~* &* +@all"]
        file = folder / "users.acl"
        file.write_text("\n".join(lines) + "\n")
        self.prefix = prefix
        # DEBUG would be refused to everybody, before the users are asked, and a test would prove nothing.
        options = ("--aclfile", str(file), "--enable-debug-command", "yes")
        self.broker = Broker(folder, None, *options, binary=binary)

    @staticmethod
    def password(user: str) -> str:
        """Return a user's password, one that a URL has to quote."""
        return f"geheim/{user}@1"

    def url(self, role: Role | None = None) -> str:
        """Return the URL of a role's user, of the administrator without one."""
        user = user_name(role, self.prefix) if role else ADMIN
        password = self.password(role or ADMIN).replace("/", "%2F").replace("@", "%40")
        return f"redis://{user}:{password}@127.0.0.1:{self.broker.port}/0"

    def client(self, role: Role | None = None) -> redis.Redis:
        """A new client that answers in text; close it."""
        return redis.Redis.from_url(self.url(role), decode_responses=True, protocol=2)

    def refusals(self) -> list[dict[str, object]]:
        """Return what the broker has refused to anybody, but for a name that redis-py would like to give itself."""
        with self.client() as admin:
            log = admin.execute_command("ACL", "LOG")
        entries = [
            entry if isinstance(entry, dict) else dict(zip(entry[::2], entry[1::2], strict=True)) for entry in log
        ]
        return [entry for entry in entries if entry["object"] != "client|setinfo"]
