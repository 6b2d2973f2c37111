"""Errors as words for a log; redis-py's own repr leaves out the broker's answer."""

from redis.exceptions import InvalidResponse, RedisError

SHOWN_CHARS = 200


def describe_failure(error: BaseException) -> str:
    """Return `type: message` of an error of the broker's or the system's, the type of any other; at most 200 characters.

    Those messages quote names of keys, users and commands. Any other error's may quote an article, and is left out. So is what a
    broker quotes of a command's arguments, and of an answer that is no Redis; and whatever is not printable ASCII.
    """
    name = type(error).__name__
    if not isinstance(error, RedisError | OSError) or isinstance(error, InvalidResponse):
        return name
    # In a pipeline redis-py puts the beginning of the command before it: "Command # 1 (...) of pipeline caused error: ".
    said = str(error).rpartition(" caused error: ")[2].partition("with args beginning with")[0]
    said = "".join(character if " " <= character <= "~" else "?" for character in said)
    return f"{name}: {said}"[:SHOWN_CHARS]
