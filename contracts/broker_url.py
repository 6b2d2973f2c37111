"""A broker's URL, fit to be shown."""

from urllib.parse import urlsplit, urlunsplit

UNSHOWN = "the broker"


def hide_password(url: str) -> str:
    """Write the URL with *** for its password and without its query; UNSHOWN where the password cannot be told from the rest."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where a password without a host stands in its place
        if (
            "@" in parts.path + parts.query + parts.fragment
        ):  # a password with an unquoted / ? or # has broken it in two
            return UNSHOWN
        if parts.password is None:
            return urlunsplit(parts._replace(query=""))
        user, host = parts.username or "", parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{user}:***@{host}", query=""))
    except ValueError:
        return UNSHOWN
