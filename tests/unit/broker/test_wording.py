"""What a log says of an error: the broker's words, and no article's."""

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, ResponseError

from khabar.broker.wording import describe_failure


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ResponseError("WRONGTYPE Operation against a key"), "ResponseError: WRONGTYPE Operation against a key"),
        (RedisConnectionError("Error 111 connecting"), "ConnectionError: Error 111 connecting"),
        (ResponseError("Command # 1 (XADD a * event خبر) of pipeline caused error: OOM no"), "ResponseError: OOM no"),
        (
            ResponseError("ERR unknown command 'X', with args beginning with: 'نص' "),
            "ResponseError: ERR unknown command 'X', ",
        ),
        (ResponseError("ERR خبر\n\x1b[2J"), "ResponseError: ERR ?????[2J"),
        (InvalidResponse("Protocol Error: b'text'"), "InvalidResponse"),
        (ValueError("words of the article"), "ValueError"),
        (ResponseError("x" * 500), "ResponseError: " + "x" * 185),
    ],
)
def test_an_error_is_said_in_its_own_words_but_for_an_articles(error: Exception, said: str) -> None:
    """An operator has nothing else to go by; and logs hold no text."""
    assert describe_failure(error) == said
