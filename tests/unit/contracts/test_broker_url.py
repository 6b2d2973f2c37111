"""A broker's URL as it is shown: whatever is wrong with it, its password is not in it."""

import pytest

from contracts.broker_url import UNSHOWN, hide_password
from worker.broker.celery_url import for_celery


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://127.0.0.1:6390/0", "redis://127.0.0.1:6390/0"),
        ("redis://:geheim@host:1/3", "redis://:***@host:1/3"),
        ("rediss://user:geheim@host:1/3?ssl_ca_certs=/x&password=geheim", "rediss://user:***@host:1/3"),
        ("redis://:ge@geheim@host/0", "redis://:***@host/0"),
        ("unix://:geheim@/run/redis.sock?db=3", "unix://:***@/run/redis.sock"),
        ("redis://:geheim/x@host:1/0", UNSHOWN),
        ("redis://:x/geheim@host:1/0", UNSHOWN),
        ("redis://:x#geheim@host:1/0", UNSHOWN),
        ("redis://:x?geheim@host:1/0", UNSHOWN),
        ("redis://:geheim", UNSHOWN),
        ("redis://[geheim@host", UNSHOWN),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    """A password with a slash ends the host for every URL reader, and would come out in the error."""
    assert hide_password(url) == shown
    assert "geheim" not in hide_password(url)


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
    with pytest.raises(ValueError, match="KHABAR_REDIS_URL") as caught:
        for_celery("redis://:geheim/x@h:1/0")
    assert "geheim" not in str(caught.value)
