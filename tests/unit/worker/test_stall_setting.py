"""KHABAR_STALL_S: an article that takes as long as it may is no stall."""

import pytest

from khabar.settings import InvalidSettings, load_settings


def test_a_stall_shorter_than_the_largest_article_is_refused() -> None:
    """Otherwise a worker with slow articles would be restarted in the middle of them, over and over."""
    with pytest.raises(
        InvalidSettings, match=r"KHABAR_STALL_S \(13\) must be above what the largest article may take \(13\.1"
    ):
        load_settings(stall_s=13)
    assert load_settings(stall_s=14).stall_s == 14
