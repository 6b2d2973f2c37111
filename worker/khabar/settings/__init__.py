"""Every setting of the service, in five groups: one frozen model, read once, from KHABAR_* in the environment."""

from khabar.errors import InvalidSettings
from khabar.settings.model import GROUPS, Settings, each_of, load_settings

__all__ = ["GROUPS", "InvalidSettings", "Settings", "each_of", "load_settings"]
