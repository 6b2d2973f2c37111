"""KHABAR_STALL_S: an article that waits for as long as it may is no stall; one that works shows that its worker gets on."""

import pytest

from khabar.settings import InvalidSettings, load_settings


def test_a_stall_shorter_than_an_article_may_wait_is_refused() -> None:
    """Otherwise a worker with such articles would be restarted in the middle of them, over and over."""
    with pytest.raises(
        InvalidSettings, match=r"KHABAR_STALL_S \(6\) must be above what an article may wait without working \(6\.25 s"
    ):
        load_settings(stall_s=6)
    assert load_settings(stall_s=7).stall_s == 7
