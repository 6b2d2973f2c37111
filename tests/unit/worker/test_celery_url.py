"""What Celery is told of the broker's URL."""

import pytest

from khabar.errors import UnusableUrl
from khabar.host.celery_url import for_celery


@pytest.mark.parametrize(
    ("url", "celery", "use_ssl"),
    [
        ("redis://h", "redis://h:6379/0", None),
        ("redis://:a;b%2Fc@h:1/3", "redis://:a%3Bb%2Fc@h:1/3", None),
        ("redis://u:p@h:1/0?db=7&timeout=5", "redis://u:p@h:1/7", None),
        ("redis://[::1]:1/0", "redis://[::1]:1/0", None),
        ("rediss://h:1/0", "rediss://h:1/0", {"ssl_cert_reqs": "required"}),
        ("rediss://h:1/0?ssl_ca_certs=/x", "rediss://h:1/0", {"ssl_cert_reqs": "required", "ssl_ca_certs": "/x"}),
        ("rediss://h:1/0?ssl_cert_reqs=none", "rediss://h:1/0", {"ssl_cert_reqs": "none"}),
        ("unix:///run/s?db=3", "redis+socket:///run/s?virtual_host=3", None),
    ],
)
def test_celery_is_told_what_redis_py_understands(url: str, celery: str, use_ssl: dict[str, str] | None) -> None:
    """By itself it reads the same URL as TLS without checks, as two URLs, or as none."""
    told = for_celery(url)
    assert (told.url, told.use_ssl) == (celery, use_ssl)


def test_a_url_that_is_none_is_not_quoted() -> None:
    """Python quotes the password when it stands where a port should."""
    with pytest.raises(UnusableUrl, match="the broker has no usable URL") as caught:
        for_celery("redis://:geheim/x@h:1/0")
    assert "geheim" not in str(caught.value)
