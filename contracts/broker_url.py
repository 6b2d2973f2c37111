"""A broker's URL, fit to be shown."""

from urllib.parse import urlsplit, urlunsplit


def hide_password(url: str) -> str:
    """Write the URL with *** for its password and without its query, which may hold one too."""
    try:
        parts = urlsplit(url)
        if parts.password is None:
            return urlunsplit(parts._replace(query=""))
        user, host = parts.username or "", parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{user}:***@{host}", query=""))
    except ValueError:
        return "the broker"
