"""The settings: groups, names in the environment, and one sentence for each value that cannot be used."""

import inspect

import pytest

from khabar.publishing.publisher import ArticlePublisher
from khabar.settings import GROUPS, InvalidSettings, Settings, load_settings


def test_every_setting_stands_in_one_group() -> None:
    """`khabar status` shows them by group: one outside is never seen, one in two groups twice."""
    grouped = [name for group in GROUPS.values() for name in group.model_fields]
    assert grouped == list(Settings.model_fields)


def test_every_setting_says_what_it_does() -> None:
    """`khabar status` is the list of settings that an operator reads."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_setting_is_read_under_its_plain_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups are for readers of the code: no deployment's environment knows of them."""
    for name, value in (("REDIS_URL", "redis://one:1/0"), ("LEASE_S", "3"), ("ENGINE", "farasapy"), ("CHILDREN", "7")):
        monkeypatch.setenv(f"KHABAR_{name}", value)
    settings = load_settings(stall_s=100)
    assert (settings.redis_url, settings.lease_s, settings.engine, settings.children) == (
        "redis://one:1/0",
        3,
        "farasapy",
        7,
    )


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("engine", "'embedded' or 'farasapy'"),
        ("recognizer", "'auto', 'fast', 'accurate' or 'farasa'"),
        ("backfill_recognizer", "'auto', 'fast', 'accurate' or 'farasa'"),
        ("log_level", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ],
)
def test_a_choice_that_there_is_not_is_refused_with_those_that_there_are(name: str, choices: str) -> None:
    """Whoever mistypes one need not look it up."""
    with pytest.raises(InvalidSettings, match=f"KHABAR_{name.upper()}: Input should be {choices}$"):
        load_settings(**{name: "nosuch"})


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://one/0", r"http://one/0 has no usable URL \(URL scheme should be 'redis' or 'rediss'\)"),
        ("redis://:geheim/x@one:1/0", r"the broker has no usable URL \(its host and port cannot be read"),
        ("redis://:geheim@one:99999/0", r"the broker has no usable URL \(its host and port cannot be read"),
        ("redis://:geheim@o ne/0", r"redis://:\*\*\*@o ne/0 has no usable URL \(.*invalid domain character\)"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str, reason: str) -> None:
    """It is printed, and logged by whatever starts the service."""
    with pytest.raises(InvalidSettings, match=f"^these settings cannot be used: KHABAR_REDIS_URL: {reason}") as caught:
        load_settings(redis_url=url)
    assert "geheim" not in str(caught.value)


def test_producers_and_the_service_agree_without_being_told() -> None:
    """A producer elsewhere has no KHABAR_* of the service: its defaults are the service's."""
    defaults = {name: option.default for name, option in inspect.signature(ArticlePublisher).parameters.items()}
    settings = load_settings()
    assert defaults["broker"] == settings.redis_url
    assert defaults["prefix"] == settings.prefix
    assert defaults["max_ledger"] == settings.max_ledger
    assert defaults["wait_replicas"] == settings.wait_replicas
    assert defaults["max_bytes"] == settings.max_article_bytes
    assert defaults["done_generation_s"] == settings.done_generation_s
    assert defaults["full_memory_share"] == settings.full_memory_share
