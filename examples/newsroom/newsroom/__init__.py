"""Our newsroom's additions to khabar."""
